import { RuntimeError } from '../runtime-error.js';
import { runProgram, type Command } from './run-program.js';

/** A Compose that can be used. */
export interface ComposeProgram {
  readonly generation: 1 | 2;
  /** Such as `2.26.1`. */
  readonly version: string;
  readonly command: Command;
}

/** The oldest Compose 1 whose files the overlay can be read with. */
const LEAST_V1 = [1, 29] as const;

const ASK_MS = 15_000;

const SPELLINGS: readonly Command[] = [
  ['docker', 'compose'],
  ['docker-compose'],
];

/**
 * Finds Compose: `docker compose` before `docker-compose`, whose program may be
 * of either generation.
 *
 * @throws RuntimeError NOT_AVAILABLE with what was found
 */
export async function findCompose(
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal
): Promise<ComposeProgram> {
  const seen: string[] = [];
  for (const command of SPELLINGS) {
    const version = await versionOf(command, env, signal);
    const judged = judgeCompose(command, version);
    if (typeof judged !== 'string') return judged;
    seen.push(judged);
  }
  throw new RuntimeError(`no usable Docker Compose: ${seen.join('; ')}`, {
    code: 'NOT_AVAILABLE',
    suggestion:
      'install it: https://docs.docker.com/compose/install/ (2.x, or 1.29)',
  });
}

/**
 * What a program said of its version. Pure.
 *
 * @param version null: there is no such program
 * @returns why it cannot be used, in words
 */
export function judgeCompose(
  command: Command,
  version: string | null
): ComposeProgram | string {
  const name = command.join(' ');
  if (version === null) return `no ${name}`;
  const match = /^v?(\d+)\.(\d+)(\S*)/.exec(version);
  if (match === null) return `${name} says no version`;
  const [, major = '', minor = '', rest = ''] = match;
  const bare = `${major}.${minor}${rest}`;
  if (Number(major) >= 2) return { generation: 2, version: bare, command };
  if (Number(major) < LEAST_V1[0] || Number(minor) < LEAST_V1[1]) {
    return `${name} ${bare} is older than ${LEAST_V1.join('.')}`;
  }
  return { generation: 1, version: bare, command };
}

async function versionOf(
  command: Command,
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal
): Promise<string | null> {
  try {
    const { code, stdout } = await runProgram(
      [...command, 'version', '--short'],
      { env, signal, deadlineMs: ASK_MS }
    );
    return code === 0 ? (stdout.trim().split('\n')[0] ?? '') : null;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RuntimeError) return null;
    throw error;
  }
}

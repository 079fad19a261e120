import { RuntimeError } from '../runtime-error.js';
import type { ComposeProgram } from './compose-program.js';
import {
  composeCommand,
  filesOf,
  type StackFiles,
  type StackView,
} from './compose-stack.js';
import { runProgram, type ProgramEnd } from './run-program.js';

/** How Compose is called. */
export interface ComposeCall {
  readonly view: StackView;
  readonly args: readonly string[];
  /** Variables besides this process's own; they win over `.env`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
}

/** Calls Compose, whatever its exit code. @throws as runProgram */
export async function callCompose(
  program: ComposeProgram,
  stack: StackFiles,
  { view, args, variables, ...options }: ComposeCall
): Promise<ProgramEnd> {
  // Files and project are said on the command line, and nothing may say more.
  const { COMPOSE_FILE: _, COMPOSE_PROJECT_NAME: __, ...env } = process.env;
  return await runProgram(composeCommand(program, stack, view, args), {
    ...options,
    cwd: stack.envFolder,
    env: { ...env, ...variables },
  });
}

/**
 * Calls Compose, which has to succeed.
 *
 * @throws RuntimeError COMPOSE_FAILED with its last lines
 */
export async function runCompose(
  program: ComposeProgram,
  stack: StackFiles,
  call: ComposeCall
): Promise<string> {
  const { code, stdout, lastLines } = await callCompose(program, stack, call);
  if (code === 0) return stdout;
  const quoted = lastLines
    .slice(-8)
    .map((line) => `\n  | ${line.slice(0, 300)}`);
  const name = [...program.command, ...call.args].join(' ');
  throw new RuntimeError(
    `${name} ended with ${code ?? 'a signal'}:${quoted.join('')}`,
    {
      code: 'COMPOSE_FAILED',
      suggestion: `look at the compose files: ${filesOf(stack, call.view).join(', ')}`,
    }
  );
}

import { engineFacts } from '../../runtime/docker/engine-facts.js';
import { openEngine } from '../../runtime/docker/engine.js';
import { RuntimeError } from '../../runtime/runtime-error.js';
import type { Prerequisite, PrerequisiteFinding } from './prerequisite.js';
import { askProgram, type ProgramAnswer } from './run-program.js';

/** What Docker's programs said of their versions. */
export interface DockerAnswers {
  /** The engine's version. */
  readonly engine: ProgramAnswer;
  /** `docker compose`, else `docker-compose`: where both are, v2 is used. */
  readonly compose: ProgramAnswer;
}

/** Docker and Compose, where they are there. */
export const dockerVersions: Prerequisite = {
  id: 'docker',
  name: 'Docker',
  check: async ({ signal }) => {
    const [engine, compose] = await Promise.all([
      askEngineVersion(signal),
      askCompose(signal),
    ]);
    return describeDocker({ engine, compose });
  },
};

/** Where the program gets no answer, the engine itself is asked why. */
async function askEngineVersion(signal: AbortSignal): Promise<ProgramAnswer> {
  const args = ['version', '--format', '{{.Server.Version}}'];
  const answer = await askProgram('docker', args, signal);
  if (answer.kind !== 'failed') return answer;
  try {
    await engineFacts(openEngine());
    return answer;
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    const { message, suggestion } = error;
    const next = suggestion === undefined ? '' : ` (${suggestion})`;
    return { kind: 'failed', text: message + next };
  }
}

/** The program of v1 is slow to start, so it is asked only without v2. */
async function askCompose(signal: AbortSignal): Promise<ProgramAnswer> {
  const args = ['version', '--short'];
  const v2 = await askProgram('docker', ['compose', ...args], signal);
  if (v2.kind === 'said') return v2;
  return await askProgram('docker-compose', args, signal);
}

/** What is there, in words; the embedded runtime needs none of it. Pure. */
export function describeDocker({
  engine,
  compose,
}: DockerAnswers): PrerequisiteFinding {
  if (engine.kind === 'missing' && compose.kind === 'missing') {
    return { status: 'info', detail: 'not installed' };
  }
  const version =
    compose.kind === 'said'
      ? `Compose ${compose.text.replace(/^v/, '')}`
      : 'no Compose';
  return { status: 'info', detail: `${engineText(engine)}, ${version}` };
}

function engineText(engine: ProgramAnswer): string {
  switch (engine.kind) {
    case 'said':
      return `Engine ${engine.text}`;
    case 'missing':
      return 'no docker program';
    case 'failed':
      return engine.text;
  }
}

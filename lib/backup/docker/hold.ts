import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readyProbe, waitFor } from '../../health/index.js';
import type { ContainerFacts } from '../../runtime/docker/container.js';
import { inspectContainer } from '../../runtime/docker/container.js';
import type { Engine } from '../../runtime/docker/engine.js';
import { stopContainer } from '../../runtime/docker/index-container.js';
import type { RuntimeUrls } from '../../runtime/index.js';
import { freeze } from './freeze.js';
import { clearHeld, writeHeld, type Hold } from './held-record.js';
import { letGo } from './let-go.js';

/** How long the guard may take until it watches (ms): it starts Node. */
const GUARD_MS = 30_000;
/** How long a server that was stopped may take until it answers (ms). */
const ANSWER_MS = 300_000;

/** What was done meanwhile, and how long the API was away. */
export interface Held<T> {
  readonly value: T;
  readonly awayMs: number;
}

/** What is held up, and how. */
export interface HoldOptions {
  readonly engine: Engine;
  readonly container: ContainerFacts;
  readonly hold: Hold;
  /** Where it is written down: `held.json`. */
  readonly file: string;
  /** Where a container is asked from here; null: it cannot be. */
  readonly urlsOf: (container: ContainerFacts) => RuntimeUrls | null;
  readonly signal: AbortSignal;
}

/**
 * Does something while the index's container is frozen, or cleanly stopped, and
 * lets it go at once, whatever happens: when this process is killed a program
 * of its own does, when that is killed too the next run.
 *
 * @param work has to end when the signal fires
 * @throws what the work throws; BackupError NOT_FROZEN; the engine's error; the signal's reason, once
 *   the container goes on
 */
export async function whileHeld<T>(
  { engine, container, hold, file, urlsOf, signal }: HoldOptions,
  work: () => Promise<T>
): Promise<Held<T>> {
  const { id } = container;
  const guard = await startGuard(id, hold);
  try {
    await writeHeld(file, hold, id);
    const begunMs = performance.now();
    let value: T;
    try {
      if (hold === 'paused') {
        await freeze(engine, id, signal);
      } else {
        await stopContainer(engine, container, {});
      }
      signal.throwIfAborted();
      value = await work();
    } finally {
      await letGo(engine, id, hold);
      // Left there, it would start what an operator has stopped since.
      await clearHeld(file);
    }
    if (hold === 'stopped') await untilItAnswers(engine, id, urlsOf, signal);
    const awayMs = Math.round(performance.now() - begunMs);
    return { value, awayMs };
  } finally {
    await guard.end();
  }
}

async function untilItAnswers(
  engine: Engine,
  id: string,
  urlsOf: HoldOptions['urlsOf'],
  signal: AbortSignal
): Promise<void> {
  const container = await inspectContainer(engine, id);
  const urls = container === null ? null : urlsOf(container);
  if (urls === null) return;
  await waitFor(readyProbe(urls.api, '/'), { deadlineMs: ANSWER_MS, signal });
}

/** In a process group of its own: Ctrl-C is not for it. */
async function startGuard(
  id: string,
  hold: Hold
): Promise<{ readonly end: () => Promise<void> }> {
  const module = fileURLToPath(new URL('./let-go-guard.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), module, id, hold],
    { stdio: ['pipe', 'pipe', 'ignore'], detached: true }
  );
  await once(child.stdout, 'data', { signal: AbortSignal.timeout(GUARD_MS) });
  return {
    end: async () => {
      const ended = once(child, 'exit');
      child.stdin.end('done\n');
      await ended;
    },
  };
}

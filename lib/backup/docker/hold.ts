import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readyProbe, waitFor } from '../../health/index.js';
import type { ContainerFacts } from '../../runtime/docker/container.js';
import { containerUrls } from '../../runtime/docker/container-urls.js';
import { inspectContainer } from '../../runtime/docker/container.js';
import { askEngine, type Engine } from '../../runtime/docker/engine.js';
import { stopContainer } from '../../runtime/docker/index-container.js';
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

/**
 * Does something while the index's container is frozen, or cleanly stopped, and
 * lets it go at once, whatever happens: when this process is killed a program
 * of its own does, when that is killed too the next run.
 *
 * @param file where it is written down: `held.json`
 */
export async function whileHeld<T>(
  engine: Engine,
  container: ContainerFacts,
  hold: Hold,
  file: string,
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
        await askEngine(engine, (docker) => docker.getContainer(id).pause());
      } else {
        await stopContainer(engine, container, {});
      }
      value = await work();
    } finally {
      await letGo(engine, id, hold);
    }
    if (hold === 'stopped') await untilItAnswers(engine, id);
    const awayMs = Math.round(performance.now() - begunMs);
    await clearHeld(file);
    return { value, awayMs };
  } finally {
    await guard.end();
  }
}

async function untilItAnswers(engine: Engine, id: string): Promise<void> {
  const container = await inspectContainer(engine, id);
  const api = container === null ? null : containerUrls(container)?.api;
  if (api === null || api === undefined) return;
  await waitFor(readyProbe(api, '/'), { deadlineMs: ANSWER_MS });
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

/**
 * A backup of an index in a container: how long its API is away, how long it
 * takes and how large it is. Part of `npm run bench:backup` where a Docker
 * engine answers; alone:
 *
 *   npx tsx benchmarks/backup-docker.ts [MIB]
 *
 * The index is RocksDB in the tests' stand-in for the real
 * server, with that one's size of tables in memory, and is written to as hard as
 * it goes meanwhile.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { formatBytes, formatDuration } from '../lib/cli/index.js';
import { startSimulator } from '../microcosm-bridge/jetstream-simulator/index.js';
import {
  docker,
  removeProject,
  run,
  succeed,
} from '../tests/fixtures/docker/engine.js';
import { buildRocksImage } from '../tests/fixtures/docker/rocks-image.js';
import { bridgeAddress } from '../tests/fixtures/docker/rocks-load.js';
import { freePort } from '../tests/fixtures/free-port.js';

/** RocksDB's own default, and the real server's. */
const WRITE_BUFFER_KIB = 64 * 1024;
const POLL_MS = 500;
const ROOT = new URL('..', import.meta.url).pathname;
const PROJECT = `benchbackup-${process.pid}`;

/** Whether there is an engine to measure on. */
export async function hasEngine(): Promise<boolean> {
  const asked = await run(['docker', 'info']).catch(() => ({ code: 127 }));
  return asked.code === 0;
}

/**
 * Measures it.
 *
 * @param row - told each figure
 */
export async function measureDocker(
  sizeMib: number,
  row: (what: string, measured: string) => void
): Promise<void> {
  const state = mkdtempSync(path.join(tmpdir(), 'bench-backup-docker-'));
  const simulator = await startSimulator({
    host: await bridgeAddress(),
    sample: true,
    withoutCursor: 'oldest',
    live: { eventsPerSecond: 20 },
  });
  const [port, metricsPort] = [await freePort(), await freePort()];
  const api = `http://127.0.0.1:${port}`;
  const script = async (name: string, ...args: readonly string[]) =>
    await succeed(
      [
        ...([process.execPath, '--import', 'tsx'] as const),
        ...[`scripts/${name}.ts`, ...args, '--state', state],
      ],
      { cwd: ROOT, env: { CONSTELLATION_IMAGE: PROJECT } }
    );
  const ask = async (where: string): Promise<unknown> =>
    await (await request(`${api}${where}`)).body.json();
  try {
    await buildRocksImage(PROJECT, WRITE_BUFFER_KIB);
    await script(
      ...(['setup', '--yes', '--runtime', 'docker', '--no-bridge'] as const),
      ...['--project-name', PROJECT, '--jetstream', simulator.url],
      ...['--port', `${port}`, '--metrics-port', `${metricsPort}`]
    );
    await ask('/_load/start');
    while ((await volumeMib()) < sizeMib) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const asking = askAllTheTime(api);
    const made = JSON.parse(await script('backup', 'create', '--json')) as Made;
    const longestMs = await asking.stop();
    await ask('/_load/stop');
    const { manifest } = made;
    const sum = (of: 'sizeBytes' | 'storedBytes'): number =>
      manifest.files.reduce((total, file) => total + file[of], 0);
    row('docker: API away', formatDuration(manifest.snapshot.pauseMs));
    row(
      'docker: longest time between two answers of the API',
      formatDuration(longestMs)
    );
    row(
      'docker: backup and its verification, in all',
      formatDuration(made.durationMs)
    );
    row('docker: size of the index', formatBytes(sum('sizeBytes')));
    row('docker: size of the backup', formatBytes(sum('storedBytes')));
  } finally {
    await removeProject(PROJECT);
    await run(['docker', 'rmi', '-f', PROJECT]);
    await simulator.close();
    rmSync(state, { recursive: true, force: true });
  }
}

interface Made {
  readonly durationMs: number;
  readonly manifest: {
    readonly snapshot: { readonly pauseMs: number };
    readonly files: ReadonlyArray<{
      readonly sizeBytes: number;
      readonly storedBytes: number;
    }>;
  };
}

async function volumeMib(): Promise<number> {
  const text = await docker(
    ...['run', '--rm', '-v', `${PROJECT}_constellation-data:/data:ro`],
    ...['--entrypoint', 'du', PROJECT, '-sm', '/data']
  );
  return Number(text.split('\t')[0]);
}

/** @returns the longest time between two answers (ms), when it is told to stop */
function askAllTheTime(api: string): { readonly stop: () => Promise<number> } {
  let isOver = false;
  const asking = (async () => {
    let [longestMs, lastMs] = [0, performance.now()];
    while (!isOver) {
      const answer = await request(`${api}/links/count?target=x`);
      await answer.body.dump();
      const nowMs = performance.now();
      longestMs = Math.max(longestMs, nowMs - lastMs);
      lastMs = nowMs;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return longestMs;
  })();
  return {
    stop: async () => {
      isOver = true;
      return await asking;
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await measureDocker(Number(process.argv[2] ?? 1024), (what, measured) => {
    process.stdout.write(`${what}: ${measured}\n`);
  });
}

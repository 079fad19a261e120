import {
  linkSync,
  mkdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { IndexDisk } from '../../../microcosm-bridge/constellation-client/disk/index-disk.js';
import { measureData } from '../../../microcosm-bridge/constellation-client/disk/measure-data.js';
import { startTestBridge } from '../../fixtures/bridge.js';
import { CountServer, health } from '../../fixtures/client/count-server.js';
import { ManualClock } from '../../fixtures/client/manual-clock.js';
import { testFolder } from '../../fixtures/test-folder.js';

const HOUR_MS = 3_600_000;
const GENERATION = 'generation-20260502T000000Z-0a1b2c';

/** A store of one file. */
function store(folder: string, sizeBytes: number): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, '000001.sst');
  writeFileSync(file, '');
  truncateSync(file, sizeBytes);
  return file;
}

t.test('the index that is served is measured, each file once', async (t) => {
  const folder = testFolder(t);
  const file = store(folder, 5000);
  linkSync(file, path.join(folder, '000001-again.sst'));
  mkdirSync(path.join(folder, '.backup'));
  linkSync(file, path.join(folder, '.backup', '000001.sst'));
  store(path.join(folder, '.restoring'), 30);
  store(path.join(folder, GENERATION), 700);
  const own = await measureData(folder);
  t.match(own, { size: { dataPath: folder, sizeBytes: 5000 }, problem: null });
  t.ok((own.space?.freeBytes ?? 0) > 0);
  t.ok((own.space?.totalBytes ?? 0) >= (own.space?.freeBytes ?? 0));

  writeFileSync(path.join(folder, '.generation'), `${GENERATION}\n`);
  const served = path.join(folder, GENERATION);
  t.match(await measureData(folder), {
    size: { dataPath: served, sizeBytes: 700 },
  });
});

t.test('what cannot be read is said, and is no error', async (t) => {
  const folder = testFolder(t);
  t.match(await measureData(path.join(folder, 'none')), {
    space: null,
    size: null,
    problem: /none cannot be measured: there is no such folder/,
  });
  const closed = path.join(folder, 'closed');
  mkdirSync(closed, { mode: 0o000 });
  const isRoot = process.geteuid?.() === 0;
  // Root may read everything.
  if (isRoot) process.seteuid?.(10_001);
  const seen = await measureData(closed).finally(() => {
    if (isRoot) process.seteuid?.(0);
  });
  t.match(seen, { size: null, problem: /cannot be measured: EACCES/ });
});

t.test('days to full, by looks over some hours', async (t) => {
  const folder = testFolder(t);
  const file = store(folder, 1000);
  const index = await CountServer.start();
  const clock = new ManualClock();
  const lines: string[] = [];
  const bridge = await startTestBridge(
    {
      CONSTELLATION_URL: index.url,
      CONSTELLATION_FALLBACK_URL: 'off',
      BRIDGE_INDEX_DATA_PATH: folder,
    },
    { clock, log: (_level, text) => lines.push(text) }
  );
  t.teardown(async () => {
    await bridge.stop();
    await index.stop();
  });
  const disk = async (): Promise<Record<string, number | null> | null> => {
    const { body } = await bridge.get('/health');
    const { local } = body as {
      local: { disk: Record<string, number> | null };
    };
    return local.disk;
  };
  /** Moves the clock until a look of its own has ended as is wanted. */
  const lookUntil = async (
    wanted: (seen: Awaited<ReturnType<typeof disk>>) => boolean
  ): Promise<void> => {
    for (let tries = 0; !wanted(await disk()); tries += 1) {
      if (tries > 100) throw new Error('was not seen');
      await clock.advance(301_000);
      await setTimeout(5);
    }
  };
  await lookUntil((seen) => seen !== null);
  t.match(await disk(), {
    dataBytes: 1000,
    bytesPerDay: null,
    daysToFull: null,
  });

  clock.startedAtMs -= 48 * HOUR_MS;
  await clock.advance(12 * HOUR_MS);
  truncateSync(file, 1000 + 2 ** 30);
  await lookUntil((seen) => (seen?.['bytesPerDay'] ?? 0) > 0);
  const grown = await disk();
  const perDay = grown?.['bytesPerDay'] ?? 0;
  t.ok(perDay > 1.5 * 2 ** 30 && perDay < 2 * 2 ** 30 + 1, `${perDay}`);
  const days = (grown?.['freeBytes'] ?? 0) / perDay;
  t.ok(Math.abs((grown?.['daysToFull'] ?? 0) - days) < 0.1, `${days}`);
  const metrics = (await bridge.get('/metrics')).text;
  t.match(metrics, /^bridge_local_data_bytes 1073742824$/m);
  t.match(metrics, /^bridge_local_days_to_full \d/m);
  t.match((await bridge.get('/stats')).text, /"dataBytes": ?1073742824/);
  t.match(
    (await bridge.get('/status')).text,
    /1\.0 GiB of data, .* free, full in/
  );

  truncateSync(file, 1000);
  await lookUntil((seen) => seen?.['bytesPerDay'] === null);
  t.match(await disk(), { dataBytes: 1000 }, 'other data is measured anew');

  rmSync(folder, { recursive: true });
  await lookUntil((seen) => seen === null);
  t.equal((await bridge.get('/health')).status, 200);
  t.match((await bridge.get('/status')).text, 'there is no such folder');
  await clock.advance(HOUR_MS);
  const said = lines.filter((line) => line.includes('no such folder'));
  t.equal(said.length, 1, 'said once');
  store(folder, 10);
  await lookUntil((seen) => seen?.['dataBytes'] === 10);
  t.ok(lines.includes('the data of the index can be measured again'));
});

t.test('an index that tells its disk is taken at its word', async (t) => {
  const folder = testFolder(t);
  store(folder, 1000);
  const index = await CountServer.start();
  const told = { data_bytes: 7, disk: { free_bytes: 5 } };
  index.health = { ...health(), ...told };
  const bridge = await startTestBridge({
    CONSTELLATION_URL: index.url,
    CONSTELLATION_FALLBACK_URL: 'off',
    BRIDGE_INDEX_DATA_PATH: folder,
  });
  t.teardown(async () => {
    await bridge.stop();
    await index.stop();
  });
  t.match((await bridge.get('/status')).text, '7 B of data, 5 B free');
  t.match((await bridge.get('/metrics')).text, /^bridge_local_data_bytes 7$/m);
});

t.test('nothing is looked at where no folder is named', async (t) => {
  const clock = new ManualClock();
  const log = (): void => undefined;
  const disk = new IndexDisk(null, { clock, log, isTold: () => false });
  disk.start();
  t.equal(clock.timers, 0);
  t.equal(disk.problem, null);
});

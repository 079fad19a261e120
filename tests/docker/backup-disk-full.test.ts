/**
 * Backups and restores whose disk is full before they begin, or gets full while
 * they copy: of a RocksDB, in a stand-in for the real server.
 */

import { appendFileSync, existsSync, readdirSync, watch } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { readBackupState } from '../../lib/backup/run-record.js';
import { stateFolder } from '../../lib/runtime/index.js';
import { askJson, setUpBackedUp } from '../fixtures/docker/backed-up.js';
import { docker, until, type Done } from '../fixtures/docker/engine.js';
import { buildRocksImage } from '../fixtures/docker/rocks-image.js';
import {
  assertNoWriteMissing,
  finishedWrites,
  startReachableStream,
  startWriting,
} from '../fixtures/docker/rocks-load.js';
import { empty, fill } from '../fixtures/filled-disk.js';
import { smallDisk } from '../fixtures/small-disk.js';

/** Each, of a kilobyte: more than the smallest rooms below. */
const WRITES = 10_000;

const backups = smallDisk(t, 'size=400m');
const data = smallDisk(t, 'size=400m,uid=10001,gid=10001');
if (backups !== null && data !== null) await fillThem(backups, data);

async function fillThem(backups: string, data: string): Promise<void> {
  const simulator = await startReachableStream(t);
  const index = await setUpBackedUp(t, 'clfull', {
    build: buildRocksImage,
    jetstream: simulator.url,
    flags: ['--data', data],
    // The guard would stop the server meanwhile.
    env: { CONSTELLATION_DISK_FLOOR_MIB: '0' },
  });
  const { api, state, stack, envFile, backup, indexId, status } = index;
  const { ofTheMoment, untilReady } = index;
  await startWriting(api);
  await until(
    () => finishedWrites(api),
    (numbers) => numbers.every((number) => number > WRITES),
    'some writes'
  );
  await askJson(`${api}/_load/stop`);
  const written = await finishedWrites(api);
  // Nothing is written from now on, so all that it has can be compared.
  await simulator.close();

  const create = (compression: string): Promise<Done> =>
    backup('create', '--backups', backups, '--compression', compression);
  const restore = (): Promise<Done> =>
    backup('restore', '--backups', backups, '--yes', '--resume-wait', '0');
  const startedAt = async (): Promise<string> =>
    await docker('inspect', '-f', '{{.State.StartedAt}}', await indexId());
  const began = await startedAt();

  /** The same container still serves the same data, and nothing is left. */
  async function assertUntouched(t: Test): Promise<void> {
    t.equal(await status(), 'running');
    t.equal(await startedAt(), began, 'it was never stopped');
    t.ok((await fetch(`${api}/`)).ok, 'the index answers');
    t.strictSame(
      readdirSync(data).filter((name) =>
        /^\.(snapshot|unpacking)-|^generation-/.test(name)
      ),
      [],
      'no snapshot and nothing unpacked is left beside it'
    );
    t.notOk(existsSync(path.join(state, 'held.json')));
    t.equal(await ofTheMoment(), '', 'no container of the moment is left');
  }

  /** The disk of the index got full meanwhile, and that is said. */
  function assertFullIsSaid(t: Test, { code, stderr }: Done): void {
    t.equal(code, 1);
    const said = `there is no space left where the engine keeps ${data}`;
    t.ok(stderr.includes(said), stderr);
    t.match(stderr, 'Next: free some space there');
  }

  async function assertNoBackup(t: Test): Promise<void> {
    t.equal((await backup('list', '--backups', backups)).code, 10);
    t.strictSame(readdirSync(backups), []);
    const { lastRun } =
      (await readBackupState(stateFolder(state).backup)) ?? {};
    t.equal(lastRun?.outcome, 'failed', 'it is seen');
  }

  t.test('without room for it a backup is not begun', async (t) => {
    fill(backups, 1);
    const done = await create('auto');
    empty(backups);
    t.equal(done.code, 1);
    t.ok(done.stderr.includes(`MiB in ${backups}, where 1020.0 KiB are free`));
    t.match(done.stderr, 'Next: free some space, prune old backups');
    await assertNoBackup(t);
    await assertUntouched(t);
  });

  for (const [compression, leftMib] of [
    ['none', 8],
    ['gzip', 0.25],
    ['auto', 0.25],
  ] as const) {
    t.test(`a backup fills its disk: ${compression}`, async (t) => {
      const done = await whileFilling(
        { disk: backups, at: /\.partial$/, leftMib },
        () => create(compression)
      );
      t.equal(done.code, 1, done.stderr);
      t.ok(done.stderr.includes(`there is no space left in ${backups}`));
      t.match(done.stderr, 'Next: free some space, prune old backups');
      await assertNoBackup(t);
      await assertUntouched(t);
    });
  }

  t.test('the disk of the index is full: frozen, and let go on', async (t) => {
    fill(data, 0);
    const done = await create('none');
    empty(data);
    assertFullIsSaid(t, done);
    await assertNoBackup(t);
    await assertUntouched(t);
  });

  t.test('with room again there is a backup', async (t) => {
    const done = await create('none');
    t.equal(done.code, 0, done.stderr);
    t.equal((await backup('list', '--backups', backups)).code, 0);
    await assertUntouched(t);
  });

  t.test('without room for it a restore is not begun', async (t) => {
    fill(data, 50);
    const done = await restore();
    empty(data);
    t.equal(done.code, 1);
    t.match(
      done.stderr,
      /MiB are needed where the engine keeps .*, 50\.0 MiB are free/
    );
    t.match(done.stderr, 'Next: free some space there');
    await assertUntouched(t);
  });

  t.test('a restore fills the disk of the index', async (t) => {
    fill(data, 90);
    const done = await whileFilling(
      { disk: data, at: /^\.unpacking-/, leftMib: 20 },
      restore
    );
    assertFullIsSaid(t, done);
    await assertUntouched(t);
  });

  t.test('a restore leaves what the server needs to start', async (t) => {
    appendFileSync(envFile, 'CONSTELLATION_DISK_FLOOR_MIB=100\n');
    await stack.compose('up', '-d', '--no-deps', 'constellation-local');
    await untilReady();
    fill(data, 180);
    const before = await startedAt();
    const done = await restore();
    empty(data);
    t.equal(done.code, 1);
    t.match(
      done.stderr,
      /beside 150\.0 MiB without which the server does not start \(CONSTELLATION_DISK_FLOOR_MIB\), 180\.0 MiB are free/
    );
    t.equal(await startedAt(), before);
  });

  t.test('with room again it is restored, whole', async (t) => {
    // The disk is smaller than the floor of an image that is told of none.
    const done = await restore();
    t.equal(done.code, 0, done.stderr);
    const next = written.map((number) => number + 1);
    await assertNoWriteMissing(t, api, written, next);
  });
}

/** Does something that makes a file of some name, and has the disk full then. */
async function whileFilling(
  {
    disk,
    at,
    leftMib,
  }: { readonly disk: string; readonly at: RegExp; readonly leftMib: number },
  work: () => Promise<Done>
): Promise<Done> {
  const watcher = watch(disk, (_event, name) => {
    if (name === null || !at.test(name)) return;
    watcher.close();
    fill(disk, leftMib);
  });
  try {
    return await work();
  } finally {
    watcher.close();
    empty(disk);
  }
}

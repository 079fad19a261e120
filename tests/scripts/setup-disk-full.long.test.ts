/** The real setup.ts where a file system has no room left. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { startSimulator } from '../../microcosm-bridge/jetstream-simulator/index.js';
import { startProgram, type Ended } from '../fixtures/cli/run.js';
import { place, type Place } from '../fixtures/setup/desk.js';
import { smallDisk } from '../fixtures/small-disk.js';

const simulator = await startSimulator({ live: { eventsPerSecond: 20 } });
t.teardown(() => simulator.close());

const SETTINGS = 'REDIS_URL=redis://u:p@h\n';

/** Nothing of what the shell that runs the tests may say of Constellation. */
const ENV = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(CONSTELLATION_|JETSTREAM_URL|REDIS_URL)/.test(name))
    .map((name) => [name, undefined])
);

async function setup(made: Place, ...more: readonly string[]): Promise<Ended> {
  const args = ['--yes', ...made.flags, '--jetstream', simulator.url, ...more];
  const line = ['--import', 'tsx', 'scripts/setup.ts', ...args];
  return await startProgram(process.execPath, line, ENV).ended;
}

/** Takes every block that is left. */
function fill(disk: string): void {
  const block = Buffer.alloc(4096);
  for (let name = 0; name < 1000; name++) {
    try {
      writeFileSync(path.join(disk, `ballast-${name}`), block);
    } catch {
      return;
    }
  }
}

const kept = (disk: string): readonly string[] =>
  readdirSync(disk).filter((name) => !name.startsWith('ballast'));

/** A full disk that holds an `.env`, and a place elsewhere. */
async function fullDisk(
  t: Test,
  text: string
): Promise<{ disk: string; file: string; made: Place } | null> {
  const disk = smallDisk(t, 'size=256k');
  if (disk === null) return null;
  const made = await place(t);
  const file = path.join(disk, '.env');
  writeFileSync(file, text, { mode: 0o600 });
  fill(disk);
  return { disk, file, made };
}

t.test('no room for the settings: exit 1, nothing is changed', async (t) => {
  const full = await fullDisk(t, SETTINGS);
  if (full === null) return;
  const { disk, file, made } = full;
  const { code, stderr } = await setup(made, '--settings', file);
  t.equal(code, 1, stderr);
  t.match(stderr, '[5/9] Environment file: ');
  t.match(stderr, /no space left|ENOSPC|disk is full/i);
  t.equal(readFileSync(file, 'utf8'), SETTINGS);
  t.strictSame(kept(disk), ['.env'], 'neither a backup nor a part of one');
  t.match((await made.runtime.status()).state, /^(absent|stopped)$/);
});

t.test("no room for the AppView's .env: all is taken back", async (t) => {
  const full = await fullDisk(t, '# mine\r\nPORT=3000');
  if (full === null) return;
  const { disk, file, made } = full;
  const settings = path.join(made.root, 'our.env');
  writeFileSync(settings, SETTINGS, { mode: 0o600 });
  const { code, stderr } = await setup(
    made,
    ...['--settings', settings, '--appview', disk]
  );
  t.equal(code, 1, stderr);
  t.match(stderr, '[8/9] AppView: ');
  t.match(stderr, /no space left|ENOSPC|disk is full/i);
  t.equal(readFileSync(file, 'utf8'), '# mine\r\nPORT=3000');
  t.strictSame(kept(disk), ['.env']);
  t.equal(readFileSync(settings, 'utf8'), SETTINGS);
  t.match(stderr, `its data in ${path.join(made.state, 'data')} stays`);
  t.match((await made.runtime.status()).state, 'stopped');
});

t.test('no room for the data: exit 1 before anything is made', async (t) => {
  const disk = smallDisk(t, 'size=256k');
  if (disk === null) return;
  const made = await place(t);
  const data = path.join(disk, 'data');
  mkdirSync(data);
  fill(disk);
  const { code, stderr } = await setup(made, '--data', data);
  t.equal(code, 1, stderr);
  t.match(stderr, /MiB|full|space/);
  t.strictSame(readdirSync(data), []);
  t.strictSame(readdirSync(made.root), [], 'not even a state folder');
});

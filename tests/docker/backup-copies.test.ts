import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { chooseBackup } from '../../lib/backup/backup-folder.js';
import { whileHeld } from '../../lib/backup/docker/hold.js';
import { LookVolume } from '../../lib/backup/docker/look-volume.js';
import { verifyBackup } from '../../lib/backup/verify/verify-backup.js';
import { ROLE_LABEL } from '../../lib/compose/index.js';
import { findContainers } from '../../lib/runtime/docker/container.js';
import { DataHelper } from '../../lib/runtime/docker/data-helper.js';
import { openEngine } from '../../lib/runtime/docker/engine.js';
import { findImage } from '../../lib/runtime/docker/image.js';
import {
  askJson,
  runBackup,
  setUpBackedUp,
  type BackupDocument,
} from '../fixtures/docker/backed-up.js';
import { docker, inspect, run, until } from '../fixtures/docker/engine.js';
import { engineWithoutFreezing } from '../fixtures/docker/refusing-engine.js';

const ROOT = new URL('../..', import.meta.url).pathname;

const index = await setUpBackedUp(t, 'clcopy');
const { name, volume, state, api, backup, create, useImage } = index;
const { status, inVolume, ofTheMoment, indexId, untilReady } = index;
const { relabelled, envFile, stack } = index;

t.test('a hot copy in the container while events come in', async (t) => {
  const before = await askJson(`${api}/health`);
  const looking = until(
    () =>
      docker(
        ...['ps', '-q', '--filter', `label=${ROLE_LABEL}=look`],
        // Other tests look at theirs meanwhile.
        ...['--filter', `ancestor=${name}`]
      ),
    Boolean,
    'a container that opens it'
  ).then(inspect);
  const [{ manifest, verified }, look] = [await create(), await looking];
  t.match(look, {
    HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true },
  });
  t.equal(verified, true, 'opened without a network, and counted');
  t.match(manifest, {
    runtime: 'docker',
    snapshot: { method: 'hot-copy', pauseMs: 0 },
    server: { kind: 'embedded', image: name, storeFormat: 1 },
  });
  t.match(manifest.server['imageDigest'], /^sha256:[0-9a-f]{64}$/);
  t.ok(manifest.sentinels.length >= 10);
  await until(
    () => askJson(`${api}/health`),
    ({ events_total: total }) => Number(total) > Number(before['events_total']),
    'events went on'
  );
  t.strictSame(
    (await inVolume()).filter((name) => name.startsWith('.snapshot')),
    [],
    'nothing is left in the volume'
  );
  t.equal(await ofTheMoment(), '', 'and no container');
});

t.test('the real server’s way: frozen for a moment', async (t) => {
  await useImage(await relabelled('constellation'));
  const { manifest, verified } = await create();
  t.equal(verified, true);
  t.equal(manifest.snapshot.method, 'freeze');
  t.ok(manifest.snapshot.pauseMs > 0);
  t.ok(manifest.snapshot.pauseMs < 5000, `${manifest.snapshot.pauseMs} ms`);
  t.ok(manifest.sentinels.length >= 10, 'counted by its API');
  t.equal(await status(), 'running');
});

t.test('a look does not take the room of the running index', async (t) => {
  const settings = readFileSync(envFile, 'utf8');
  // The server starts with that much; with half as much again it would not.
  const root = await docker('info', '--format', '{{.DockerRootDir}}');
  const { bavail, bsize } = statfsSync(root);
  const floorMib = Math.floor((bavail * bsize * 0.8) / 2 ** 20);
  appendFileSync(envFile, `CONSTELLATION_DISK_FLOOR_MIB=${floorMib}\n`);
  const again = ['up', '-d', '--no-deps', 'constellation-local'] as const;
  await stack.compose(...again);
  await untilReady();
  const made = await backup('create', '--json');
  t.equal(made.code, 3, made.stderr);
  const { path: folder, ...document } = JSON.parse(
    made.stdout
  ) as BackupDocument;
  const refusal =
    /needed where the engine keeps constellation-local.*, beside .* without which the server does not start \(CONSTELLATION_DISK_FLOOR_MIB\)/;
  t.match(document, { verified: false, unverifiedBecause: refusal });
  t.match(made.stderr, 'Next: free some space there');
  const looked = await backup('verify', folder);
  t.equal(looked.code, 1);
  t.match(looked.stderr, refusal);
  t.match(looked.stderr, /Next: free .*verify .*--quick/);
  t.equal(await ofTheMoment(), '');
  t.strictSame(await looksLeft(), [], 'no volume is left');
  writeFileSync(envFile, settings);
  await stack.compose(...again);
  await untilReady();
  t.equal((await backup('verify', folder)).code, 0, 'with room it is good');
});

t.test('a container removed in the middle of the look', async (t) => {
  const engine = openEngine();
  const [{ path: folder }, image] = [
    await create(),
    await findImage(engine, name),
  ];
  if (image === null) throw new Error('no image');
  const place = new LookVolume({ engine, image, beside: null });
  const found = await chooseBackup(path.dirname(folder), folder);
  const removed = verifyBackup(found, {
    level: 'full',
    workplace: () =>
      Promise.resolve({
        unpack: (...args) => place.unpack(...args),
        open: async (signal) => {
          const opened = await place.open(signal);
          await docker('rm', '-f', await ofTheMoment());
          return opened;
        },
        remove: () => place.remove(),
      }),
    signal: new AbortController().signal,
  });
  await t.rejects(removed, {
    code: 'NOT_LOOKED_AT',
    message: 'it could not be looked at: its container was removed',
    suggestion: /backup\.ts verify/,
  });
  t.strictSame(await looksLeft(), [], 'no volume is left');
  const again = await chooseBackup(path.dirname(folder), folder);
  t.equal(again.verification?.problem, null, 'nothing is said against it');
});

/** The volumes of looks of this process and its commands. */
async function looksLeft(): Promise<readonly string[]> {
  const said = await docker(
    ...['volume', 'ls', '--filter', 'label=constellation-local.owner'],
    ...['--format', '{{.Name}} {{.Labels}}']
  );
  return said.split('\n').filter((line) => line !== '');
}

t.test('an engine that cannot freeze: stopped, and said first', async (t) => {
  const engine = await engineWithoutFreezing(t);
  const done = await runBackup(state, ['create', '--json'], {
    ...index.env,
    DOCKER_HOST: engine.url,
  });
  t.equal(done.code, 0, done.stderr);
  t.match(
    done.stderr,
    'the engine cannot freeze the container (Cannot pause container: OCI runtime pause failed: unable to freeze: unknown), so the container is stopped'
  );
  t.ok(engine.refused() > 1, 'it was tried again');
  const { manifest, verified } = JSON.parse(done.stdout) as BackupDocument;
  t.match(manifest.snapshot, { method: 'stop' });
  t.ok(manifest.snapshot.pauseMs > 0);
  t.equal(verified, true);
  t.equal(await status(), 'running');
});

t.test('asked to end while it is stopped, it is started again', async (t) => {
  const engine = openEngine();
  const [[container], file] = [
    await findContainers(engine, name, 'constellation-local'),
    path.join(state, 'held.json'),
  ];
  if (container === undefined) throw new Error('no container');
  const helper = await DataHelper.open({
    engine,
    image: name,
    source: volume,
    user: '10001:10001',
  });
  const stop = new AbortController();
  const { signal } = stop;
  const held = { engine, container, hold: 'stopped', file, signal } as const;
  await t.rejects(
    whileHeld({ ...held, urlsOf: () => null }, async () => {
      t.equal(await status(), 'exited');
      const copying = helper.run(['sleep', '600'], { limitMs: 60_000, signal });
      stop.abort(new Error('asked to end'));
      await copying;
    }),
    { message: 'asked to end' }
  );
  t.equal(await status(), 'running');
  t.notOk(existsSync(file), 'nobody else will start it some day');
  await helper.close();
  await untilReady();
});

t.test('killed while it is frozen, the container goes on', async (t) => {
  const file = path.join(state, 'held.json');
  const program = 'tests/fixtures/backup/dying-hold.ts';
  await run(
    [
      ...([process.execPath, '--import', 'tsx', program] as const),
      ...[name, file],
    ],
    { cwd: ROOT }
  ).catch(() => undefined); // killed
  t.match(readFileSync(file, 'utf8'), 'paused', 'it was in the middle of it');
  await until(status, (status) => status === 'running', 'the guard');
  // The guard was killed as well: the next run does it.
  await docker('pause', await indexId());
  const { stderr } = await backup('status');
  t.match(stderr, 'paused by a backup that was killed; it goes on');
  t.equal(await status(), 'running');
});

t.test('an image that does not say: stopped, and said first', async (t) => {
  await useImage(await relabelled(''));
  const done = await backup('create', '--json');
  t.equal(done.code, 0, done.stderr);
  t.match(done.stderr, 'the container is stopped, its files copied');
  const { manifest } = JSON.parse(done.stdout) as BackupDocument;
  t.equal(manifest.snapshot.method, 'stop');
  t.equal(await status(), 'running');
  // Ctrl-C while it is stopped: it is started again, and nothing is left.
  const held = spawn(
    process.execPath,
    ['--import', 'tsx', 'scripts/backup.ts', 'create', '--state', state],
    { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] }
  );
  let said = '';
  held.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.includes('the container is stopped')) held.kill('SIGINT');
  });
  t.strictSame(await once(held, 'exit'), [130, null], said);
  t.equal(await status(), 'running');
  t.notOk((await inVolume()).some((name) => name.startsWith('.snapshot')));
  t.notOk(
    readdirSync(path.join(state, 'backups')).some((name) =>
      name.endsWith('.partial')
    )
  );
  t.notOk(existsSync(path.join(state, 'held.json')));
  await untilReady();
  await docker('exec', await indexId(), 'mkdir', '/data/more');
  const cut = await backup('create', '--json');
  t.equal(cut.code, 1);
  t.match(cut.stderr, 'there is a folder in the data, /data/more');
  t.equal(await status(), 'running', 'it was let go on');
  await docker('exec', await indexId(), 'rmdir', '/data/more');
  await useImage(name);
  // Whoever clears up images takes away what opens this one.
  await docker('rmi', `${name}-unknown`);
  const blind = await backup('verify', manifest.id);
  t.equal(blind.code, 1);
  t.match(blind.stderr, `not on the engine: ${name}-unknown`);
  t.equal((await backup('verify', manifest.id, '--quick')).code, 0);
});

t.test('a flipped byte, a file cut off, a missing file', async (t) => {
  const made = await create();
  const stored = made.manifest.files[0]?.stored ?? '';
  const file = path.join(made.path, stored);
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  writeFileSync(file, bytes);
  const flipped = await backup('verify', made.manifest.id);
  t.equal(flipped.code, 1);
  t.match(flipped.stderr, `${stored} is damaged`);
  truncateSync(file, middle);
  const cut = await backup('verify', made.manifest.id, '--quick');
  t.equal(cut.code, 1);
  t.match(cut.stderr, `${stored} is damaged`);
  rmSync(file);
  const restored = await backup('restore', made.path, '--yes');
  t.equal(restored.code, 1);
  t.match(restored.stderr, 'is damaged');
  t.equal(await status(), 'running', 'the index was not touched');
  t.notOk((await inVolume()).some((name) => name.startsWith('generation-')));
  rmSync(made.path, { recursive: true });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import { whileHeld } from '../../lib/backup/docker/hold.js';
import { findContainers } from '../../lib/runtime/docker/container.js';
import { DataHelper } from '../../lib/runtime/docker/data-helper.js';
import { openEngine } from '../../lib/runtime/docker/engine.js';
import {
  BASE,
  compose,
  COMPOSES,
  docker,
  inspect,
  removeProject,
  requireEngine,
  run,
  until,
  type Done,
} from '../fixtures/docker/engine.js';
import { buildEmbeddedImage, makeStack } from '../fixtures/docker/stack.js';
import { freePort } from '../fixtures/redis-server.js';

const ROOT = new URL('../..', import.meta.url).pathname;
const [OLD, GENERATION] = COMPOSES;
if (OLD === undefined || GENERATION === undefined)
  throw new Error('no Compose');
const NAME = `clbak-${process.pid}`;

await requireEngine([BASE.debian, BASE.node, BASE.redis]);
await buildEmbeddedImage(NAME);

const stack = makeStack(GENERATION, t.testdir(), NAME);
const state = mkdtempSync(path.join(tmpdir(), 'clbak-'));
const [port, metricsPort] = [await freePort(), await freePort()];
const api = `http://127.0.0.1:${port}`;
t.teardown(async () => {
  // First: it is in the network of the other.
  await removeProject(`${NAME}-backup`);
  await stack.remove();
  await removeProject(NAME);
  const images = ['', '-constellation', '-unknown'].map((end) => NAME + end);
  await run(['docker', 'rmi', '-f', ...images]);
  rmSync(state, { recursive: true, force: true });
});

/** The same image under another label: which way a backup takes, that says. */
async function relabelled(server: string): Promise<string> {
  const folder = path.join(state, 'image');
  mkdirSync(folder, { recursive: true });
  const image = `${NAME}-${server === '' ? 'unknown' : server}`;
  writeFileSync(
    path.join(folder, 'Dockerfile'),
    `FROM ${NAME}\nLABEL constellation-local.server="${server}"\n`
  );
  await docker('build', '-q', '-t', image, folder);
  return image;
}

/** Runs a script on the state folder of this test. */
async function script(
  words: readonly [string, ...string[]],
  at = state
): Promise<Done> {
  const [name, ...args] = words;
  return await run(
    [
      ...([process.execPath, '--import', 'tsx'] as const),
      ...[`scripts/${name}.ts`, ...args, '--state', at],
    ],
    { cwd: ROOT, env: { ...GENERATION?.env, CONSTELLATION_IMAGE: NAME } }
  );
}

/** The container anew, of another image, as the operator's own Compose does it. */
async function useImage(image: string): Promise<void> {
  const file = path.join(stack.folder, '.env');
  const text = readFileSync(file, 'utf8');
  const line = /^CONSTELLATION_IMAGE=.*$/m;
  writeFileSync(file, text.replace(line, `CONSTELLATION_IMAGE=${image}`));
  await stack.compose('up', '-d', '--no-deps', 'constellation-local');
  await untilReady();
}

async function untilReady(): Promise<void> {
  await until(
    () =>
      fetch(`${api}/ready`).then(
        ({ ok }) => ok,
        () => false
      ),
    Boolean,
    'an index that answers'
  );
}

interface BackupDocument {
  readonly path: string;
  readonly verified: boolean;
  readonly manifest: {
    readonly id: string;
    readonly server: Readonly<Record<string, unknown>>;
    readonly snapshot: { readonly method: string; readonly pauseMs: number };
    readonly index: { readonly linkingRecords: number };
    readonly sentinels: readonly Sentinel[];
    readonly files: ReadonlyArray<{ readonly stored: string }>;
  };
}

interface Sentinel {
  readonly target: string;
  readonly collection: string;
  readonly path: string;
  readonly records: number;
}

async function create(): Promise<BackupDocument> {
  const done = await script(['backup', 'create', '--json']);
  if (done.code !== 0) throw new Error(`${done.code}: ${done.stderr}`);
  return JSON.parse(done.stdout) as BackupDocument;
}

async function json(url: string): Promise<Record<string, unknown>> {
  const answer = await fetch(url);
  return (await answer.json()) as Record<string, unknown>;
}

async function countOf({
  target,
  collection,
  path,
}: Sentinel): Promise<number> {
  const query = new URLSearchParams({ target, collection, path });
  const { total } = await json(`${api}/links/count?${query.toString()}`);
  return Number(total);
}

const indexId = (): Promise<string> => stack.idOf('constellation-local');
const statusOf = async (): Promise<string> =>
  await docker('inspect', '-f', '{{.State.Status}}', await indexId());
const inVolume = async (): Promise<readonly string[]> =>
  (await docker('exec', await indexId(), 'ls', '-A', '/data')).split('\n');
const ofTheMoment = async (): Promise<string> =>
  await docker(
    ...['ps', '-aq', '--filter', 'label=constellation-local.owner'],
    ...['--filter', `ancestor=${NAME}`]
  );

await stack.compose('up', '-d', 'jetstream');
const ready = await script([
  ...(['setup', '--yes', '--runtime', 'docker'] as const),
  ...['--appview', stack.folder],
  ...['--port', `${port}`, '--metrics-port', `${metricsPort}`],
  ...['--jetstream', 'ws://jetstream:6008/subscribe'],
]);
if (ready.code !== 0) throw new Error(ready.stderr);

let first: BackupDocument;

t.test('a hot copy in the container while events come in', async (t) => {
  const before = await json(`${api}/health`);
  first = await create();
  const { manifest, verified } = first;
  t.equal(verified, true, 'opened without a network, and counted');
  t.match(manifest, {
    runtime: 'docker',
    snapshot: { method: 'hot-copy', pauseMs: 0 },
    server: { kind: 'embedded', image: NAME, storeFormat: 1 },
  });
  t.match(manifest.server['imageDigest'], /^sha256:[0-9a-f]{64}$/);
  t.ok(manifest.sentinels.length >= 10);
  await until(
    () => json(`${api}/health`),
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

t.test('days to full are measured by what the volume was', async (t) => {
  const file = path.join(state, 'growth.jsonl');
  const [line = ''] = readFileSync(file, 'utf8').split('\n');
  const noted = JSON.parse(line) as Record<string, unknown>;
  t.match(noted, { dataPath: `${NAME}_constellation-data`, sizeBytes: Number });
  const at = new Date(Date.now() - 2 * 86_400_000).toISOString();
  writeFileSync(file, `${JSON.stringify({ ...noted, at, sizeBytes: 0 })}\n`);
  const done = await script(['test', '--only', 'data', '--json']);
  t.equal(done.code, 0, done.stderr);
  const { checks } = JSON.parse(done.stdout) as { checks: unknown[] };
  t.match(checks, [
    {
      message: /free, full in \S+ days \(\S+ \w+ a day\)$/,
      facts: { sizeBytes: Number, freeBytes: Number, bytesPerDay: Number },
    },
  ]);
});

t.test('the real server’s way: frozen for a moment', async (t) => {
  await useImage(await relabelled('constellation'));
  const { manifest, verified } = await create();
  t.equal(verified, true);
  t.equal(manifest.snapshot.method, 'freeze');
  t.ok(manifest.snapshot.pauseMs > 0);
  t.ok(manifest.snapshot.pauseMs < 5000, `${manifest.snapshot.pauseMs} ms`);
  t.ok(manifest.sentinels.length >= 10, 'counted by its API');
  t.equal(await statusOf(), 'running');
});

t.test('by a Compose service, with the socket only where said', async (t) => {
  const schedule = ['backup', 'schedule', '--as', 'compose'] as const;
  const refused = await script([...schedule, '--write']);
  t.equal(refused.code, 1);
  t.match(refused.stderr, 'root on this machine');
  const foreign = [
    ...schedule,
    '--engine-socket',
    '--image',
    BASE.node,
  ] as const;
  t.match((await script(foreign)).stderr, 'cannot make backups');
  const asked = ['--engine-socket', '--image', NAME, '--write'] as const;
  const written = await script([...schedule, ...asked]);
  t.equal(written.code, 0, written.stderr);
  const file = path.join(state, 'docker-compose.constellation-backup.yml');
  const own = ['-p', `${NAME}-backup`, '-f', file] as const;
  const sidecar = async (...args: readonly string[]): Promise<string> =>
    await compose(OLD, [...own, ...args], { cwd: stack.folder });
  const stateFile = path.join(state, 'backup.json');
  const outcome = async (): Promise<unknown> => {
    const record = JSON.parse(readFileSync(stateFile, 'utf8')) as {
      lastRun: { outcome: unknown } | null;
    };
    return record.lastRun?.outcome ?? null;
  };
  const isOver = (one: unknown): boolean => one !== null && one !== 'running';

  // One that fails: seen where people look.
  const record = JSON.parse(readFileSync(stateFile, 'utf8')) as object;
  const never = { ...record, lastRun: null };
  writeFileSync(stateFile, JSON.stringify(never));
  const before = await script(['backup', 'list', '--json']);
  await docker('pause', await indexId());
  await sidecar('up', '-d');
  t.equal(await until(outcome, isOver, 'a run'), 'failed');
  t.equal((await script(['backup', 'status'])).code, 1);
  const strict = await script(['test', '--strict', '--json']);
  t.match(
    strict.stdout,
    /the last run, of \S+, failed: container \S+ is paused/
  );
  await sidecar('down');
  await docker('unpause', await indexId());
  await untilReady();

  // One that was missed is made at once: frozen, counted through the network.
  writeFileSync(stateFile, JSON.stringify(never));
  await compose(GENERATION, [...own, 'up', '-d'], { cwd: stack.folder });
  t.equal(await until(outcome, isOver, 'a run'), 'good');
  const id = await docker(
    ...[
      'ps',
      '-q',
      '--filter',
      `label=com.docker.compose.project=${NAME}-backup`,
    ]
  );
  t.match(await inspect(id), {
    HostConfig: {
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      PortBindings: {},
      LogConfig: { Config: { 'max-size': '10m' } },
    },
  });
  const after = await script(['backup', 'list', '--json']);
  const ids = ({ stdout }: Done): readonly string[] =>
    (JSON.parse(stdout) as { list: { id: string }[] }).list.map(({ id }) => id);
  const [made = ''] = ids(after).filter((one) => !ids(before).includes(one));
  t.match(
    JSON.parse(
      readFileSync(path.join(state, 'backups', made, 'manifest.json'), 'utf8')
    ),
    { snapshot: { method: 'freeze' }, sentinels: { length: Number } }
  );
  const begunMs = performance.now();
  await compose(GENERATION, [...own, 'down'], { cwd: stack.folder });
  t.ok(performance.now() - begunMs < 100_000, 'not killed after 150 s');
  t.equal(await statusOf(), 'running');
});

t.test('asked to end while it is stopped, it is started again', async (t) => {
  const engine = openEngine();
  const [[container], file] = [
    await findContainers(engine, NAME, 'constellation-local'),
    path.join(state, 'held.json'),
  ];
  if (container === undefined) throw new Error('no container');
  const helper = await DataHelper.open({
    engine,
    image: NAME,
    source: `${NAME}_constellation-data`,
    user: '10001:10001',
  });
  const stop = new AbortController();
  const { signal } = stop;
  const held = { engine, container, hold: 'stopped', file, signal } as const;
  await t.rejects(
    whileHeld({ ...held, urlsOf: () => null }, async () => {
      t.equal(await statusOf(), 'exited');
      const copying = helper.run(['sleep', '600'], { limitMs: 60_000, signal });
      stop.abort(new Error('asked to end'));
      await copying;
    }),
    { message: 'asked to end' }
  );
  t.equal(await statusOf(), 'running');
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
      ...[NAME, file],
    ],
    { cwd: ROOT }
  ).catch(() => undefined); // killed
  t.match(readFileSync(file, 'utf8'), 'paused', 'it was in the middle of it');
  await until(statusOf, (status) => status === 'running', 'the guard');
  // The guard was killed as well: the next run does it.
  await docker('pause', await indexId());
  const { stderr } = await script(['backup', 'status']);
  t.match(stderr, 'paused by a backup that was killed; it goes on');
  t.equal(await statusOf(), 'running');
});

t.test('an image that does not say: stopped, and said first', async (t) => {
  await useImage(await relabelled(''));
  const done = await script(['backup', 'create', '--json']);
  t.equal(done.code, 0, done.stderr);
  t.match(done.stderr, 'the container is stopped, its files copied');
  const { manifest } = JSON.parse(done.stdout) as BackupDocument;
  t.equal(manifest.snapshot.method, 'stop');
  t.equal(await statusOf(), 'running');
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
  t.equal(await statusOf(), 'running');
  t.notOk((await inVolume()).some((name) => name.startsWith('.snapshot')));
  t.notOk(
    readdirSync(path.join(state, 'backups')).some((name) =>
      name.endsWith('.partial')
    )
  );
  t.notOk(existsSync(path.join(state, 'held.json')));
  await untilReady();
  await docker('exec', await indexId(), 'mkdir', '/data/more');
  const cut = await script(['backup', 'create', '--json']);
  t.equal(cut.code, 1);
  t.match(cut.stderr, 'there is a folder in the data, /data/more');
  t.equal(await statusOf(), 'running', 'it was let go on');
  await docker('exec', await indexId(), 'rmdir', '/data/more');
  await useImage(NAME);
  // Whoever clears up images takes away what opens this one.
  await docker('rmi', `${NAME}-unknown`);
  const blind = await script(['backup', 'verify', manifest.id]);
  t.equal(blind.code, 1);
  t.match(blind.stderr, `not on the engine: ${NAME}-unknown`);
  t.equal((await script(['backup', 'verify', manifest.id, '--quick'])).code, 0);
});

t.test('a flipped byte, a missing file', async (t) => {
  const made = await create();
  const stored = made.manifest.files[0]?.stored ?? '';
  const file = path.join(made.path, stored);
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  writeFileSync(file, bytes);
  const flipped = await script(['backup', 'verify', made.manifest.id]);
  t.equal(flipped.code, 1);
  t.match(flipped.stderr, `${stored} is damaged`);
  rmSync(file);
  const restored = await script(['backup', 'restore', made.path, '--yes']);
  t.equal(restored.code, 1);
  t.match(restored.stderr, 'is damaged');
  t.equal(await statusOf(), 'running', 'the index was not touched');
  t.notOk((await inVolume()).some((name) => name.startsWith('generation-')));
  rmSync(made.path, { recursive: true });
});

t.test('restored beside the old data, then swapped', async (t) => {
  const { id, sentinels } = first.manifest;
  const plan = await script(['backup', 'restore', id, '--dry-run']);
  t.match(plan.stdout, 'keep the present data');
  const done = await script(['backup', 'restore', id, '--yes', '--json']);
  t.equal(done.code, 0, done.stderr);
  const [generation] = (await inVolume()).filter((name) =>
    name.startsWith('generation-')
  );
  t.match(
    await docker('exec', await indexId(), 'cat', '/data/.generation'),
    generation
  );
  for (const sentinel of sentinels) {
    const now = await countOf(sentinel);
    t.ok(now >= sentinel.records, `${sentinel.target}: ${now}`);
  }
  await stack.compose('up', '-d', '--force-recreate', 'constellation-local');
  await untilReady();
  t.match(
    await docker('exec', await indexId(), 'cat', '/proc/1/cmdline'),
    generation,
    'a plain up -d serves the restored one'
  );
  const status = await script(['backup', 'status', '--json']);
  const { kept } = JSON.parse(status.stdout) as { kept: unknown[] };
  t.equal(kept.length, 1, 'the old data is kept');
  const gone = await script([
    ...(['backup', 'restore', '--discard-old', '--yes'] as const),
    ...['--confirm', `${NAME}_constellation-data`],
  ]);
  t.equal(gone.code, 0, gone.stderr);
  t.notOk((await inVolume()).includes('index.mdb'));
  const last = await create();
  t.equal(last.verified, true, 'what was restored is backed up');
});

for (const stage of ['verify', 'start'] as const) {
  t.test(`a restore killed at ${stage} leaves one whole index`, async (t) => {
    const [sentinel] = first.manifest.sentinels;
    if (sentinel === undefined) throw new Error('no place was counted');
    const program = 'tests/fixtures/backup/dying-restore.ts';
    await run(
      [
        ...([process.execPath, '--import', 'tsx', program] as const),
        ...[state, stage, first.manifest.id],
      ],
      { cwd: ROOT, env: { ...GENERATION.env, CONSTELLATION_IMAGE: NAME } }
    ).catch(() => undefined); // killed
    const { stderr } = await script(['backup', 'status']);
    if (stage !== 'verify') t.match(stderr, /was killed.*was started/);
    await untilReady();
    t.ok((await countOf(sentinel)) >= sentinel.records);
    t.equal(await ofTheMoment(), '', 'no container of the moment is left');
    // What the first one had unpacked, the second one has removed.
    const unpacked = (await inVolume()).filter((name) =>
      name.startsWith('.unpacking-')
    );
    t.equal(unpacked.length, stage === 'verify' ? 1 : 0);
  });
}

t.test('to another volume and port, which is a folder', async (t) => {
  const other = makeStack(GENERATION, t.testdir(), `${NAME}-other`);
  const [folder, otherState] = [
    mkdtempSync(path.join(tmpdir(), 'clbak-folder-')),
    mkdtempSync(path.join(tmpdir(), 'clbak-state-')),
  ];
  t.teardown(async () => {
    await other.remove();
    for (const gone of [folder, otherState]) {
      rmSync(gone, { recursive: true, force: true });
    }
  });
  await other.compose('up', '-d', 'jetstream');
  const [otherPort, otherMetrics] = [await freePort(), await freePort()];
  const there = async (
    ...words: readonly [string, ...string[]]
  ): Promise<Done> => await script(words, otherState);
  const done = await there(
    ...(['setup', '--yes', '--runtime', 'docker'] as const),
    ...['--appview', other.folder, '--data', folder],
    ...['--port', `${otherPort}`, '--metrics-port', `${otherMetrics}`],
    ...['--jetstream', 'ws://jetstream:6008/subscribe']
  );
  t.equal(done.code, 0, done.stderr);
  const { path: backup, manifest } = first;
  const restored = await there(
    ...(['backup', 'restore', backup, '--yes', '--json'] as const),
    ...['--resume-wait', '0']
  );
  t.equal(restored.code, 0, restored.stderr);
  t.match(JSON.parse(restored.stdout), { dataPath: folder, started: true });
  for (const { records, ...place } of manifest.sentinels.slice(0, 5)) {
    const query = new URLSearchParams({
      target: place.target,
      collection: place.collection,
      path: place.path,
    });
    const answer = await json(
      `http://127.0.0.1:${otherPort}/links/count?${query.toString()}`
    );
    t.ok(Number(answer['total']) >= records, place.target);
  }
});

t.test('rebuilt in one command, the old index kept', async (t) => {
  const [sentinel] = first.manifest.sentinels;
  if (sentinel === undefined) throw new Error('no place was counted');
  const envFile = path.join(stack.folder, '.env');
  const since = (): number =>
    Date.parse(
      /LOCAL_SINCE=(\S+)/.exec(readFileSync(envFile, 'utf8'))?.[1] ?? ''
    );
  const [volume, begunMs] = [`${NAME}_constellation-data`, Date.now()];
  const rebuild = [
    ...(['setup', '--rebuild', '--yes', '--runtime', 'docker'] as const),
    ...['--appview', stack.folder],
    ...['--port', `${port}`, '--metrics-port', `${metricsPort}`],
    ...['--jetstream', 'ws://jetstream:6008/subscribe'],
  ] as const;
  const generations = async (): Promise<number> =>
    (await inVolume()).filter((name) => name.startsWith('generation-')).length;
  const kept = await generations();
  const plan = await script([...rebuild, '--dry-run']);
  t.equal(plan.code, 0, plan.stderr);
  t.match(
    plan.stdout.replaceAll(/\s+/g, ' '),
    /begin a new, empty index in .* is kept until/
  );
  t.notMatch(plan.stdout, 'it runs already');
  const refused = await script([...rebuild, '--confirm', 'another']);
  t.equal(refused.code, 2, 'not without its name');
  const { target, collection, path: at, records } = sentinel;
  const query = new URLSearchParams({ target, collection, path: at });
  const old = since();
  // Asks the index, as an AppView does that runs.
  await stack.compose('build', '-q', 'app');
  await stack.compose('up', '-d', '--no-deps', 'app');
  const toldNow = async (): Promise<string> =>
    await docker(
      ...['inspect', '-f', '{{json .Config.Env}}'],
      await stack.idOf('app')
    ).catch(() => '');
  const trustsSince = `CONSTELLATION_LOCAL_SINCE=${new Date(old).toISOString()}`;
  t.match(await toldNow(), trustsSince);
  let isOver = false;
  let seenLow = 0;
  let wrong = 0;
  const watched = (async () => {
    while (!isOver) {
      const answer = await fetch(`${api}/links/count?${query.toString()}`)
        .then((response): Promise<unknown> => response.json())
        .catch(() => null);
      const { total = records } = (answer ?? {}) as { total?: number };
      if (total >= records) continue;
      seenLow += 1;
      if ((await toldNow()).includes(trustsSince)) wrong += 1;
    }
  })();
  const done = await script([...rebuild, '--confirm', volume]);
  isOver = true;
  await watched;
  t.ok(seenLow > 0, 'the new index was seen');
  t.equal(wrong, 0, 'no AppView that trusts the new index for the old time');
  t.equal(done.code, 0, done.stderr);
  const growth = readFileSync(path.join(state, 'growth.jsonl'), 'utf8');
  t.equal(growth.trim().split('\n').length, 1, 'growth is measured anew');
  t.ok(since() >= begunMs, 'the remote covers what was before');
  t.equal(await generations(), kept + 1, 'the old one is kept');
});

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import {
  setUpBackedUp,
  type BackupDocument,
} from '../fixtures/docker/backed-up.js';
import {
  BASE,
  compose,
  COMPOSES,
  docker,
  inspect,
  run,
  until,
  type Done,
} from '../fixtures/docker/engine.js';

/** What the service is called that is built here. */
const BUILT = 'constellation-local-backup:latest';

const index = await setUpBackedUp(t, 'clserv');
const { name, state, stack, script, backup, create, useImage } = index;
const { relabelled, status, indexId, untilReady, generation } = index;

t.test('by a Compose service, with the socket only where said', async (t) => {
  const schedule = ['schedule', '--as', 'compose'] as const;
  // Either Compose can run the service.
  const old = COMPOSES.find((one) => one.name === 'v1');
  if (old === undefined) throw new Error('no Compose 1');
  await useImage(await relabelled('constellation'));
  await create();
  const refused = await backup(...schedule, '--write');
  t.equal(refused.code, 1);
  t.match(refused.stderr, 'root on this machine');
  const foreign = [
    ...schedule,
    '--engine-socket',
    '--image',
    BASE.node,
  ] as const;
  t.match((await backup(...foreign)).stderr, 'cannot make backups');
  const asked = ['--engine-socket', '--image', name, '--write'] as const;
  const written = await backup(...schedule, ...asked);
  t.equal(written.code, 0, written.stderr);
  const file = path.join(state, 'docker-compose.constellation-backup.yml');
  const own = ['-p', `${name}-backup`, '-f', file] as const;
  const sidecar = async (...args: readonly string[]): Promise<string> =>
    await compose(old, [...own, ...args], { cwd: stack.folder });
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
  const before = await backup('list', '--json');
  await docker('pause', await indexId());
  await sidecar('up', '-d');
  t.equal(await until(outcome, isOver, 'a run'), 'failed');
  t.equal((await backup('status')).code, 1);
  const strict = await script('test', '--strict', '--json');
  t.match(
    strict.stdout,
    /the last run, of \S+, failed: container \S+ is paused/
  );
  await sidecar('down');
  await docker('unpause', await indexId());
  await untilReady();

  // One that was missed is made at once: frozen, counted through the network,
  // by an image that is built from this project, as the stack of the real
  // server has none. Only where its bases are from is told.
  t.teardown(() => run(['docker', 'rmi', '-f', BUILT]));
  const built = await backup(...schedule, '--engine-socket', '--write');
  t.equal(built.code, 0, built.stderr);
  t.match(built.stdout + built.stderr, 'up -d --build');
  const bases = path.join(state, 'bases.yml');
  const args = { NODE_IMAGE: BASE.node, RUNTIME_IMAGE: BASE.debian };
  const service = { 'constellation-backup': { build: { args } } };
  writeFileSync(bases, JSON.stringify({ services: service }));
  writeFileSync(stateFile, JSON.stringify(never));
  await compose(generation, [...own, '-f', bases, 'up', '-d', '--build'], {
    cwd: stack.folder,
  });
  t.equal(await until(outcome, isOver, 'a run'), 'good');
  const id = await docker(
    ...[
      'ps',
      '-q',
      '--filter',
      `label=com.docker.compose.project=${name}-backup`,
    ]
  );
  t.match(await inspect(id), {
    Config: { Image: BUILT },
    HostConfig: {
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      PortBindings: {},
      LogConfig: { Config: { 'max-size': '10m' } },
    },
  });
  const after = await backup('list', '--json');
  const ids = ({ stdout }: Done): readonly string[] =>
    (JSON.parse(stdout) as { list: { id: string }[] }).list.map(({ id }) => id);
  const [made = ''] = ids(after).filter((one) => !ids(before).includes(one));
  const manifest = JSON.parse(
    readFileSync(path.join(state, 'backups', made, 'manifest.json'), 'utf8')
  ) as BackupDocument['manifest'];
  t.equal(manifest.snapshot.method, 'freeze');
  t.ok(manifest.sentinels.length >= 10, 'counted by its API');
  const begunMs = performance.now();
  await compose(generation, [...own, 'down'], { cwd: stack.folder });
  t.ok(performance.now() - begunMs < 100_000, 'not killed after 150 s');
  t.equal(await status(), 'running');
});

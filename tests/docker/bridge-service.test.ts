import {
  appendFileSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parseDocument } from 'yaml';
import { BRIDGE_SERVICE, INDEX_SERVICE } from '../../lib/compose/index.js';
import {
  BASE,
  COMPOSES,
  compose,
  docker,
  inspect,
  requireEngine,
  run,
  until,
} from '../fixtures/docker/engine.js';
import { makePlace } from '../fixtures/docker/set-up.js';
import { buildEmbeddedImage } from '../fixtures/docker/stack.js';
import { differences, goldenCases } from '../fixtures/golden-cases.js';
import { freePort } from '../fixtures/free-port.js';

const IMAGE = `clsvc-${process.pid}`;
/** A name that setup builds. */
const BRIDGE_IMAGE = `constellation-local-bridge:test-${process.pid}`;

/** What an image of older code says of it. */
const OLDER = `older-${process.pid}`;
const OLD_LABEL = `constellation-local.source=${OLDER}`;

/** What both answer alike: lists have cursors of their own. */
const COUNTS = goldenCases().filter(({ path: asked }) =>
  ['/links/count', '/links/count/distinct-dids', '/links/all/count'].includes(
    asked.split('?')[0] ?? ''
  )
);

t.before(async () => {
  await requireEngine([BASE.debian, BASE.node, BASE.redis]);
  await buildEmbeddedImage(IMAGE);
});
t.teardown(() => run(['docker', 'rmi', '-f', IMAGE, BRIDGE_IMAGE]));

const [v1, generation] = COMPOSES;
if (v1 === undefined || generation === undefined) throw new Error('no Compose');

t.test('an index alone has a bridge, too', async (t) => {
  const project = `${IMAGE}-alone`;
  const env = {
    CONSTELLATION_IMAGE: IMAGE,
    CONSTELLATION_BRIDGE_IMAGE: BRIDGE_IMAGE,
    CONSTELLATION_BRIDGE_NODE_IMAGE: BASE.node,
  };
  const place = await makePlace(t, { generation: v1, project, env });
  const { script, stack, state } = place;
  const port = await freePort();
  const args = [
    ...['--runtime', 'docker', '--project-name', project, ...place.ports],
    ...['--bridge-port', `${port}`, '--fallback-url', 'off', '--wait', '2'],
    // Nothing is there: it answers all the same.
    ...['--jetstream', 'ws://127.0.0.1:1/subscribe'],
  ];
  const done = await script('setup', ...args);
  t.equal(done.code, 0, done.stderr);
  const answer = await fetch(
    `http://127.0.0.1:${port}/links/all/count?target=a:b`
  );
  t.strictSame(await answer.json(), { links: {} });
  const seen = await script('test', '--only', 'running');
  t.equal(seen.code, 0, seen.stdout);
  const gone = await script(
    'teardown',
    ...['--containers', '--volumes', '--no-backup'],
    ...['--confirm', path.basename(state)]
  );
  t.equal(gone.code, 0, gone.stderr);
  t.equal(await stack.idOf(BRIDGE_SERVICE), '');
});

t.test('a bridge beside the index', async (t) => {
  const project = IMAGE;
  const env: Record<string, string> = {
    CONSTELLATION_IMAGE: IMAGE,
    CONSTELLATION_BRIDGE_IMAGE: BRIDGE_IMAGE,
    CONSTELLATION_BRIDGE_NODE_IMAGE: BASE.node,
  };
  const place = await makePlace(t, { generation, project, env });
  const { stack, state, script, golden, readEnv } = place;
  removeOwnBridge(stack.folder);
  const port = await freePort();
  const readSettings = (): string =>
    readFileSync(path.join(state, '.env.constellation-local'), 'utf8');
  const [url, flags] = [
    `http://127.0.0.1:${port}`,
    ['--bridge-port', `${port}`, '--fallback-url', 'off'],
  ];
  appendFileSync(
    place.envFile,
    'CONSTELLATION_BRIDGE_REDIS_URL=redis://redis:6379/5\n'
  );
  await stack.compose('build', '-q', 'app', 'redis');
  await stack.compose('up', '-d', 'jetstream', 'app');

  const first = await place.setup(...flags, '--bridge-log-level', 'debug');
  t.equal(first.code, 0, first.stderr);
  t.match(first.stdout, url);
  await golden('after setup');
  const index = await stack.idOf(INDEX_SERVICE);
  const bridge = await stack.idOf(BRIDGE_SERVICE);

  await t.test('gives the recorded counts, locked in', async (t) => {
    t.ok(COUNTS.length > 20);
    const found = await differences(url, COUNTS);
    t.strictSame(
      found.map(({ golden: { id }, what }) => `${id}: ${what}`),
      []
    );
    const since = /LOCAL_SINCE=(\S+)/.exec(readEnv())?.[1] ?? '?';
    t.match(await docker('exec', bridge, 'env'), `LOCAL_SINCE=${since}\n`);
    t.equal(await docker('exec', bridge, 'id', '-u'), '10001');
    t.match(await inspect(bridge), {
      HostConfig: {
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges:true'],
        Memory: 256 * 1024 * 1024,
        NanoCpus: 1e9,
        PidsLimit: 50,
        RestartPolicy: { Name: 'unless-stopped' },
        LogConfig: { Config: { 'max-size': '10m' } },
        PortBindings: { '3003/tcp': [{ HostIp: '127.0.0.1' }] },
      },
    });
  });

  await t.test('shares its cache, and logs as told', async (t) => {
    const clients = async (): Promise<string> =>
      await docker(
        ...['exec', await stack.idOf('redis')],
        ...['redis-cli', 'client', 'list']
      );
    await until(clients, (all) => / db=5 /.test(all), 'it in its Redis');
    const health = await fetch(`${url}/health`);
    t.match(await health.json(), { redis: 'available' });
    t.match(await docker('exec', bridge, 'env'), 'LOG_LEVEL=debug\n');
    t.match(readSettings(), /^CONSTELLATION_BRIDGE_LOG_LEVEL=debug$/m);
    for (const name of readdirSync(state).filter((one) => /json$/.test(one))) {
      const text = readFileSync(path.join(state, name), 'utf8');
      t.notMatch(text, 'redis:6379', `${name} does not tell its URL`);
    }
  });

  await t.test('a second run, and a plain up, change nothing', async (t) => {
    const again = await place.setup(...flags);
    t.equal(again.code, 0, again.stderr);
    t.match(again.stdout, 'everything was set up already');
    await stack.compose('up', '-d', INDEX_SERVICE, BRIDGE_SERVICE);
    t.equal(await stack.idOf(BRIDGE_SERVICE), bridge);
    t.equal(await stack.idOf(INDEX_SERVICE), index);
    const services = await compose(v1, ['config', '--services'], {
      cwd: stack.folder,
    });
    t.match(services, BRIDGE_SERVICE, 'Compose 1 reads the same files');
    const seen = await script('test', '--only', 'running');
    t.equal(seen.code, 0, seen.stdout);
    t.match(seen.stdout, /bridge \([^)]+\).*; the bridge is (well|degraded)/);
  });

  await t.test('one that cannot start is taken back', async (t) => {
    // Neither Node nor a program is in it: its container ends at once.
    env['CONSTELLATION_BRIDGE_IMAGE'] = BASE.debian;
    const failed = await place.setup(...flags);
    env['CONSTELLATION_BRIDGE_IMAGE'] = BRIDGE_IMAGE;
    t.equal(failed.code, 1, failed.stdout);
    t.equal(await stack.idOf(INDEX_SERVICE), index);
    const seen = await script('test', '--only', 'running');
    t.equal(seen.code, 0, seen.stdout);
  });

  await t.test('one of older code is built and made anew', async (t) => {
    const older = t.testdir({
      Dockerfile: `FROM ${BRIDGE_IMAGE}\nLABEL constellation-local.source=${OLDER}\n`,
    });
    const idOfImage = (name: string): Promise<string> =>
      docker('image', 'inspect', '-f', '{{.Id}}', name);
    const now = async (): Promise<string> =>
      await docker(
        ...['inspect', '-f', '{{.Image}} {{.State.Status}}'],
        await stack.idOf(BRIDGE_SERVICE)
      );
    await docker('build', '-q', '-t', BRIDGE_IMAGE, older);
    await stack.compose('up', '-d', '--no-deps', BRIDGE_SERVICE);
    const before = await idOfImage(BRIDGE_IMAGE);
    t.equal(await now(), `${before} running`);

    // Built, but it has no Node and cannot start.
    env['CONSTELLATION_BRIDGE_NODE_IMAGE'] = BASE.debian;
    const failed = await place.setup(...flags);
    env['CONSTELLATION_BRIDGE_NODE_IMAGE'] = BASE.node;
    t.equal(failed.code, 1, failed.stdout);
    t.equal(await now(), `${before} running`, 'the one of before');
    t.equal(await idOfImage(BRIDGE_IMAGE), before, 'its name, too');

    const done = await place.setup(...flags);
    t.equal(done.code, 0, done.stderr);
    t.match(done.stderr, `${BRIDGE_IMAGE} is of older code: it is built anew`);
    const after = await idOfImage(BRIDGE_IMAGE);
    t.not(after, before);
    t.equal(await now(), `${after} running`);
    t.equal(
      await docker('images', '-qa', '--filter', `label=${OLD_LABEL}`),
      '',
      'the older one is gone'
    );
    t.equal(await stack.idOf(INDEX_SERVICE), index, 'the index went on');
  });

  await t.test('one that is gone is seen, and started again', async (t) => {
    await docker('rm', '-f', await stack.idOf(BRIDGE_SERVICE));
    const seen = await script('test', '--only', 'running');
    t.equal(seen.code, 1, seen.stdout);
    t.match(seen.stdout, 'the container of its bridge is gone');
    const again = await place.setup(...flags);
    t.equal(again.code, 0, again.stderr);
    t.equal((await fetch(`${url}/live`)).status, 200);
    t.equal(await stack.idOf(INDEX_SERVICE), index, 'the index went on');
  });

  await t.test('another Redis, or none, is seen', async (t) => {
    const text = readEnv();
    writeFileSync(place.envFile, text.replace('redis:6379/5', 'redis:6379/6'));
    const other = await place.setup(...flags);
    t.equal(other.code, 0, other.stderr);
    t.match(other.stderr, 'the bridge is to have another Redis, or none');
    const id = await stack.idOf(BRIDGE_SERVICE);
    t.match(await docker('exec', id, 'env'), 'redis:6379/6\n');
  });

  await t.test('without one the AppView goes on', async (t) => {
    const app = await stack.idOf('app');
    const none = await place.setup('--no-bridge');
    t.equal(none.code, 0, none.stderr);
    t.match(none.stderr, 'no bridge is wanted');
    await stack.compose('up', '-d', '--no-recreate');
    t.equal(await stack.idOf(BRIDGE_SERVICE), '');
    t.equal(await stack.idOf('app'), app);
    t.equal(await stack.idOf(INDEX_SERVICE), index);
    t.match(await stack.askAsApp('/'), 'days_indexed', 'the app reaches it');
    const again = await place.setup('--no-bridge');
    t.match(again.stdout, 'everything was set up already', again.stderr);
    const seen = await script('test', '--only', 'running');
    t.equal(seen.code, 0, seen.stdout);
    t.notMatch(seen.stdout, 'bridge');
  });

  await t.test('teardown leaves nothing but the volume', async (t) => {
    const gone = await script(
      'teardown',
      ...['--containers', '--images', '--confirm', path.basename(state)]
    );
    t.equal(gone.code, 0, gone.stderr);
    t.equal(await stack.idOf(INDEX_SERVICE), '');
    t.equal(await stack.idOf(BRIDGE_SERVICE), '');
    const ofProject = `label=com.docker.compose.project=${project}`;
    t.equal(
      await docker('volume', 'ls', '-q', '--filter', ofProject),
      `${project}_constellation-data`
    );
    const image = await run(['docker', 'image', 'inspect', BRIDGE_IMAGE]);
    t.not(image.code, 0, 'its image went too');
  });
});

/** An AppView without a bridge of its own. */
function removeOwnBridge(folder: string): void {
  const file = path.join(folder, 'docker-compose.yml');
  const document = parseDocument(readFileSync(file, 'utf8'));
  document.deleteIn(['services', 'constellation-bridge']);
  writeFileSync(file, document.toString());
}

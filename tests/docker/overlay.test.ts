import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import {
  findServices,
  fitOverlay,
  makeOverlay,
  OVERLAY_FILE,
  overlayText,
  parseCompose,
} from '../../lib/compose/index.js';
import {
  BASE,
  compose,
  COMPOSES,
  docker,
  inspect,
  removeProject,
  requireEngine,
  type Compose,
} from '../fixtures/docker/engine.js';
import { copyOverlay } from '../fixtures/docker/overlay-image.js';

const ROOT = new URL('../..', import.meta.url).pathname;
const ALONE = ['-f', OVERLAY_FILE];
const MERGED = ['-f', 'docker-compose.yml', ...ALONE];

/** A stand-in for the index's image: the overlay's own is built elsewhere. */
const INDEX_IMAGE = `FROM ${BASE.debian}\nCMD ["sleep", "300"]\n`;

/** AppViews; the app of each is to stay what it is. */
const BASES = {
  builds: `services:
  app:
    build: { context: ., dockerfile: Dockerfile.app, args: { KEEP: me } }
    environment:
      CONSTELLATION_URL: https://constellation.microcosm.blue
      OWN: kept
    command: sleep 300
    init: true
  constellation-bridge:
    build: { context: ., dockerfile: Dockerfile.app }
    environment: [CONSTELLATION_URL=https://old, OWN=kept]
    command: sleep 300
    init: true
`,
  image: `services:
  app:
    image: ${BASE.debian}
    environment:
      CONSTELLATION_URL: https://constellation.microcosm.blue
      OWN: kept
    command: sleep 300
    init: true
  constellation-bridge:
    image: ${BASE.debian}
    environment: { OWN: kept }
    command: sleep 300
    init: true
`,
};

/** What the engine made of the overlay's limits. */
const LOCKED_IN = {
  Config: {
    User: '10001:10001',
    StopSignal: 'SIGINT',
    Labels: { 'constellation-local.role': 'index' },
  },
  HostConfig: {
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges:true'],
    Memory: 2 * 1024 ** 3,
    MemoryReservation: 512 * 1024 ** 2,
    NanoCpus: 1e9,
    PidsLimit: 200,
    RestartPolicy: { Name: 'unless-stopped' },
    LogConfig: { Config: { 'max-size': '10m', 'max-file': '3' } },
    PortBindings: { '6789/tcp': [{ HostIp: '127.0.0.1' }] },
  },
};

type Services = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An AppView's folder that also holds this toolkit. */
function folder(t: Test, base: string | null): string {
  const dir = t.testdir({
    'Dockerfile.app': `FROM ${BASE.debian}\nARG KEEP\nLABEL keep=$KEEP\n`,
    'Dockerfile.index': INDEX_IMAGE,
  });
  if (base !== null) writeFileSync(path.join(dir, 'docker-compose.yml'), base);
  return copyOverlay(dir);
}

async function config(
  generation: Compose,
  cwd: string,
  files: readonly string[],
  env: Readonly<Record<string, string>> = {}
): Promise<Services> {
  const text = await compose(generation, [...files, 'config'], { cwd, env });
  const { services } = parse(text) as { readonly services: Services };
  return services;
}

t.before(() => requireEngine());

for (const generation of COMPOSES) {
  const { name } = generation;

  t.test(`${name}: the overlay loads alone`, async (t) => {
    const cwd = folder(t, null);
    const services = await config(generation, cwd, ALONE);
    t.match(services['constellation-local'], {
      image: 'constellation-local:latest',
      user: '10001:10001',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
      stop_signal: 'SIGINT',
      pids_limit: 200,
    });
    const other = await config(generation, cwd, ALONE, {
      CONSTELLATION_DATA_PATH: './data',
      CONSTELLATION_BIND: '[::1]',
      CONSTELLATION_PORT: '7000',
    });
    t.match(JSON.stringify(other['constellation-local']), /7000/);
  });

  for (const [kind, base] of Object.entries(BASES)) {
    t.test(`${name}: an AppView whose app has its own ${kind}`, async (t) => {
      const cwd = folder(t, base);
      const before = await config(generation, cwd, [
        '-f',
        'docker-compose.yml',
      ]);
      const after = await config(generation, cwd, MERGED);
      for (const service of ['app', 'constellation-bridge']) {
        const [was, is] = [before[service] ?? {}, after[service] ?? {}];
        t.match(is, {
          environment: {
            CONSTELLATION_URL: 'http://constellation-local:6789',
            CONSTELLATION_LOCAL: 'true',
            OWN: 'kept',
          },
          command: was['command'],
        });
        // Compose 1 shows an image that was never named as ''.
        t.equal(is['image'] ?? '', was['image'] ?? '', `${service} image`);
        if (kind === 'builds') t.strictSame(is['build'], was['build'], service);
      }
      t.strictSame(Object.keys(after).sort(), [
        'app',
        'constellation-bridge',
        'constellation-local',
      ]);
    });
  }

  for (const [kind, base] of Object.entries(BASES)) {
    t.test(`${name}: up beside an app that has its own ${kind}`, async (t) => {
      const project = `clov-${name}-${kind}-${process.pid}`;
      const image = `${project}-index`;
      const cwd = folder(t, base);
      const env = {
        COMPOSE_PROJECT_NAME: project,
        CONSTELLATION_IMAGE: image,
        CONSTELLATION_PORT: '0',
        CONSTELLATION_METRICS_PORT: '0',
      };
      t.teardown(async () => {
        await removeProject(project);
        const built = ['app', 'constellation-bridge'].flatMap((service) => [
          `${project}-${service}`,
          `${project}_${service}`,
        ]);
        await docker('rmi', '-f', image, ...built);
      });
      const file = path.join(cwd, 'Dockerfile.index');
      await docker('build', '-q', '-t', image, '-f', file, cwd);
      const idOf = (service: string): Promise<string> =>
        docker(
          ...['ps', '-aq', '--no-trunc'],
          ...['--filter', `label=com.docker.compose.project=${project}`],
          ...['--filter', `label=com.docker.compose.service=${service}`]
        );
      await compose(generation, ['up', '-d'], { cwd, env });
      const before = await inspect(await idOf('app'));
      t.match(
        JSON.stringify(before),
        'CONSTELLATION_URL=https://constellation'
      );
      await compose(generation, [...MERGED, 'up', '-d'], { cwd, env });
      const app = await inspect(await idOf('app'));
      const url = 'CONSTELLATION_URL=http://constellation-local:6789';
      t.match(JSON.stringify(app), url);
      const imageOf = (container: object): unknown =>
        Reflect.get(container, 'Image');
      t.equal(imageOf(app), imageOf(before), 'its own image');
      t.match(await inspect(await idOf('constellation-local')), LOCKED_IN);
      const seen = await docker(
        ...['exec', await idOf('app')],
        ...['getent', 'hosts', 'constellation-local']
      );
      t.match(seen, /constellation-local/, 'the app finds it by name');
    });
  }
}

t.test('Compose 1 and 2 take what is fitted to other names', async (t) => {
  const base = `services:
  web:
    image: ${BASE.debian}
    networks: [back]
    environment: [CONSTELLATION_URL=https://old]
  own:
    extends: { file: common.yml, service: base }
    environment: { CONSTELLATION_URL: x, MAX_REQUESTS_PER_SECOND: '1' }
networks:
  back: { internal: true }
`;
  const cwd = folder(t, base);
  writeFileSync(
    path.join(cwd, 'common.yml'),
    `services: { base: { image: ${BASE.debian} } }\n`
  );
  const facts = parseCompose(base, 'docker-compose.yml');
  const fitted = overlayText(
    makeOverlay(
      fitOverlay(facts, findServices(facts), {
        toolkit: ROOT.replace(/\/$/, ''),
      })
    )
  );
  writeFileSync(path.join(cwd, OVERLAY_FILE), fitted);
  for (const generation of COMPOSES) {
    const services = await config(generation, cwd, MERGED);
    t.strictSame(Object.keys(services).sort(), [
      'constellation-local',
      'own',
      'web',
    ]);
    for (const name of ['own', 'web']) {
      t.match(services[name], {
        image: BASE.debian,
        environment: { CONSTELLATION_LOCAL: 'true' },
      });
      t.equal(
        services[name]?.['build'],
        undefined,
        `${generation.name} ${name}`
      );
    }
    t.ok(
      JSON.stringify(services['constellation-local']?.['networks']).includes(
        'back'
      ),
      'it joins the network of the app'
    );
  }
});

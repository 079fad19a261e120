import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import {
  BRIDGE_SERVICE,
  COMPOSE_VARIABLE_NAMES,
  COMPOSE_VARIABLES,
  composeEnvironment,
  INDEX_SERVICE,
  makeBackupFile,
  makeOverlay,
  OVERLAY_FILE,
  overlayText,
  PINNED_SOURCE,
  type OverlayOptions,
} from '../../../lib/compose/index.js';
import { settingNamed, isSettingName } from '../../../lib/env/index.js';

const read = (relative: string): string =>
  readFileSync(new URL(`../../../${relative}`, import.meta.url), 'utf8');

t.test('the checked-in overlay is what the model says', async (t) => {
  t.equal(
    overlayText(makeOverlay()),
    read(OVERLAY_FILE),
    'run: npm run generate'
  );
});

t.test(
  'the service of the backups: held back, and nothing of $ in a path',
  async (t) => {
    const text = overlayText(
      makeBackupFile({
        project: '/srv/$x',
        image: 'built',
        builds: true,
        command: ['schedule', '--state', '/srv/a $HOME: b'],
        user: '1000:1000',
        socketGroup: 998,
        socket: '/run/user/1/docker.sock',
        writes: ['/srv/a $HOME: b'],
        reads: ['/srv/app'],
        network: 'app_default',
        timeZone: 'Europe/Berlin',
      })
    );
    t.match(text, '# THE SOCKET IS ROOT ON THIS MACHINE');
    const value = parse(text) as {
      services: Record<string, Record<string, unknown>>;
      networks: unknown;
    };
    const service = value.services['constellation-backup'];
    t.match(service, {
      build: { context: '/srv/$$x' },
      command: ['schedule', '--state', '/srv/a $$HOME: b'],
      user: '1000:1000',
      group_add: ['998'],
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      logging: { options: { 'max-size': '10m', 'max-file': '3' } },
      volumes: [
        { source: '/srv/app', target: '/srv/app', read_only: true },
        { source: '/srv/a $$HOME: b', read_only: undefined },
        { source: '/run/user/1/docker.sock', target: '/var/run/docker.sock' },
      ],
    });
    t.equal(service?.['ports'], undefined);
    t.strictSame(value.networks, {
      default: { external: true, name: 'app_default' },
    });
  }
);

t.test('its program finds nothing left to write', async (t) => {
  const program = new URL(
    '../../../lib/compose/generate-overlay.ts',
    import.meta.url
  ).pathname;
  const done = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), program],
    { encoding: 'utf8', timeout: 30_000 }
  );
  t.equal(done.status, 0, done.stderr);
  t.equal(done.stdout, `${OVERLAY_FILE}: unchanged\n`);
});

t.test(
  'every variable of the overlay is known, and each is used',
  async (t) => {
    const text = overlayText(makeOverlay({ bridge: true }));
    const used = new Set(
      [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name ?? '')
    );
    used.delete('CONSTELLATION_NEVER_SET');
    // May hold a password: Compose alone reads it, and nothing of ours notes it.
    t.ok(used.delete('CONSTELLATION_BRIDGE_REDIS_URL'));
    t.strictSame([...used].sort(), [...COMPOSE_VARIABLE_NAMES].sort());
  }
);

t.test(
  'defaults are those of the settings and of the Dockerfile',
  async (t) => {
    for (const name of COMPOSE_VARIABLE_NAMES) {
      if (!isSettingName(name)) continue;
      const { default: fallback } = COMPOSE_VARIABLES[name];
      const { default: usual, forLocal } = settingNamed(name);
      // Empty: the container's entrypoint has the same default.
      if (fallback === '' || (usual === undefined && forLocal === undefined)) {
        continue;
      }
      t.equal(fallback, String(forLocal ?? usual), name);
    }
    const dockerfile = read('microcosm-bridge/constellation/Dockerfile');
    const args = [...dockerfile.matchAll(/^ARG (\w+)=(.+)$/gm)];
    const values = (arg: string): ReadonlySet<string> =>
      new Set(
        args.filter(([, name]) => name === arg).map(([, , value = '']) => value)
      );
    for (const [arg, wanted] of [
      ['CONSTELLATION_VERSION', PINNED_SOURCE.revision],
      ['MICROCOSM_REPO', PINNED_SOURCE.repository],
      ['RUST_IMAGE', COMPOSE_VARIABLES.CONSTELLATION_RUST_IMAGE.default],
      ['RUNTIME_IMAGE', COMPOSE_VARIABLES.CONSTELLATION_RUNTIME_IMAGE.default],
    ] as const) {
      t.strictSame([...values(arg)], [wanted], arg);
    }
    const { default: node } = COMPOSE_VARIABLES.CONSTELLATION_BRIDGE_NODE_IMAGE;
    const ofBridge = read('microcosm-bridge/constellation-client/Dockerfile');
    t.match(ofBridge, `ARG NODE_IMAGE=${node}\n`);
  }
);

t.test(
  'the index is locked in, and only this machine reaches it',
  async (t) => {
    const { overlay } = makeOverlay();
    const index = overlay.services[INDEX_SERVICE];
    t.match(index, {
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
      stop_signal: 'SIGINT',
    });
    for (const port of index?.ports ?? []) {
      t.match(port, /^\$\{CONSTELLATION_BIND:-127\.0\.0\.1\}:/);
    }
    t.equal(index?.networks, undefined, 'the default network is left alone');
  }
);

t.test('a bridge of ours stands there only where it is wanted', async (t) => {
  t.notOk(makeOverlay().overlay.services[BRIDGE_SERVICE]);
  const { overlay } = makeOverlay({
    services: [],
    bridge: true,
    networks: { back: null },
  });
  t.strictSame(Object.keys(overlay.services), [INDEX_SERVICE, BRIDGE_SERVICE]);
  const bridge = overlay.services[BRIDGE_SERVICE];
  t.match(bridge, {
    build: { context: './microcosm-bridge/constellation-client' },
    user: '${CONSTELLATION_UID:-10001}:${CONSTELLATION_GID:-10001}',
    environment: {
      CONSTELLATION_URL: `http://${INDEX_SERVICE}:6789`,
      BRIDGE_INDEX_DATA_PATH: '/index',
    },
    volumes: ['${CONSTELLATION_DATA_PATH:-constellation-data}:/index:ro'],
    ports: [
      '${CONSTELLATION_BIND:-127.0.0.1}:${CONSTELLATION_BRIDGE_PORT:-3003}:3003',
    ],
    networks: ['default', 'back'],
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    restart: 'unless-stopped',
  });
  const own = { name: BRIDGE_SERVICE, role: 'app' } as const;
  t.throws(() => makeOverlay({ services: [own], bridge: true }), {
    message: /is there twice/,
  });
});

t.test('other names, folders and networks', async (t) => {
  const text = overlayText(
    makeOverlay({
      services: [
        { name: 'web.1', role: 'app' },
        { name: 'bridge', role: 'bridge', form: 'plain', onHost: true },
      ],
      toolkit: '/opt/constellation local',
      networks: { back: { external: true }, default: null },
    })
  );
  // Parsed again, as Compose reads it.
  const file: unknown = parse(text);
  t.match(file, {
    services: {
      [INDEX_SERVICE]: {
        build: {
          context: '/opt/constellation local/microcosm-bridge/constellation',
        },
        networks: ['default', 'back'],
      },
      'web.1': {
        extends: { service: 'keep' },
        environment: { CONSTELLATION_URL: `http://${INDEX_SERVICE}:6789` },
      },
      bridge: {
        environment: {
          CONSTELLATION_URL: 'http://127.0.0.1:${CONSTELLATION_PORT:-6789}',
        },
      },
    },
    networks: { back: { external: true } },
  });
  t.notMatch(text, /^ +depends_on:/m);
});

t.test('a network of ours says why it is there', async (t) => {
  const text = (networks: Readonly<Record<string, null>>) =>
    overlayText(makeOverlay({ networks }));
  const outside = { 'constellation-outside': null };
  const why = /# Of our own: [^]*\n +constellation-outside:\n/;
  t.match(text(outside), why);
  t.notMatch(text(outside), 'As in the AppView’s own file');
  t.match(text({ back: null, ...outside }), why);
  t.match(text({ back: null, ...outside }), 'As in the AppView’s own file');
});

t.test('options that cannot work are refused by name', async (t) => {
  const app = { name: 'app', role: 'app' } as const;
  const cases: readonly (readonly [OverlayOptions, RegExp])[] = [
    [{ services: [{ ...app, name: 'a b' }] }, /"a b" is no name of a service/],
    [{ services: [app, app] }, /app is there twice/],
    [{ services: [{ ...app, name: INDEX_SERVICE }] }, /is there twice/],
    [{ toolkit: './here' }, /neither \. nor absolute/],
    [{ toolkit: '/a:b' }, /cannot be used/],
    [{ toolkit: '/a/$HOME' }, /cannot be used/],
    [{ toolkit: '.', ...{ ports: [] } }, /there is no option ports/],
  ];
  for (const [options, message] of cases) {
    t.throws(() => makeOverlay(options), { code: 'bad-options', message });
  }
});

t.test('Compose is told what only it can use', async (t) => {
  t.strictSame(
    composeEnvironment({
      CONSTELLATION_PORT: '7000',
      CONSTELLATION_BIND: '::1',
      CONSTELLATION_CPUS: '',
      JETSTREAM_URL: 'us-east-1', // read from the settings file at a start
      OTHER: 'x',
    }),
    { CONSTELLATION_BIND: '[::1]', CONSTELLATION_PORT: '7000' }
  );
});

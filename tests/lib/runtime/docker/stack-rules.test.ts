import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parseCompose } from '../../../../lib/compose/index.js';
import { fitStack } from '../../../../lib/runtime/docker/appview-stack.js';
import {
  dependenciesOf,
  parseHashes,
} from '../../../../lib/runtime/docker/dependencies.js';
import { parseDockerRecord } from '../../../../lib/runtime/docker/docker-record.js';
import { mayRead } from '../../../../lib/runtime/docker/settings-file.js';
import { stackVariables } from '../../../../lib/runtime/docker/stack-variables.js';
import { stateFolder } from '../../../../lib/runtime/state-folder.js';

const CONFIG = {
  bind: '127.0.0.1',
  port: 7000,
  metricsPort: 8765,
  jetstream: ['wss://a', 'wss://b'],
  dataPath: null,
  logLevel: 'debug',
  workers: null,
  sample: false,
  bridgePort: null,
} as const;

t.test(
  'Compose is told what differs from the overlay’s own values',
  async (t) => {
    const facts = { config: CONFIG, given: {}, image: 'i:1', owner: null };
    t.strictSame(stackVariables({ ...facts, settingsFile: '/s' }), {
      CONSTELLATION_IMAGE: 'i:1',
      CONSTELLATION_PORT: '7000',
      CONSTELLATION_ENV_FILE: '/s',
    });
    t.match(stackVariables({ ...facts, settingsFile: null }), {
      JETSTREAM_URL: 'wss://a',
      CONSTELLATION_LOG_LEVEL: 'debug',
    });
  }
);

t.test('an AppView’s stack is found as Compose finds it', async (t) => {
  const dir = t.testdir({
    'The App': {
      'docker-compose.yml': 'services: { app: { build: . } }\n',
      'docker-compose.override.yml':
        'services: { app: { environment: { A: b } } }\n',
    },
  });
  const appview = path.join(dir, 'The App');
  const state = stateFolder(path.join(dir, 'state'));
  const wish = { appview, composeFiles: [], projectName: null, services: {} };
  const { stack, overlay } = await fitStack(wish, state);
  t.match(stack, {
    project: 'theapp',
    folder: appview,
    switched: ['app'],
    apps: ['app'],
    overlayFile: state.overlay,
  });
  t.equal(stack.baseFiles.length, 2);
  t.match(overlay, 'CONSTELLATION_URL: http://constellation-local:6789');
  writeFileSync(
    path.join(appview, '.env'),
    `COMPOSE_PROJECT_NAME=named\nCOMPOSE_FILE=docker-compose.yml:${state.overlay}\n`
  );
  const again = (await fitStack(wish, state)).stack;
  t.equal(again.project, 'named');
  t.strictSame(
    again.baseFiles,
    [path.join(appview, 'docker-compose.yml')],
    'our overlay is not the AppView’s'
  );
  await t.rejects(fitStack({ ...wish, composeFiles: ['no.yml'] }, state), {
    code: 'BAD_STACK',
  });
  mkdirSync(path.join(dir, 'none'));
  const alone = await fitStack(
    { ...wish, appview: path.join(dir, 'none') },
    state
  );
  t.strictSame(alone.stack.baseFiles, [], 'an AppView without Compose');
});

t.test('a damaged record is none', async (t) => {
  t.equal(parseDockerRecord('{'), null);
  t.equal(parseDockerRecord('{"schemaVersion":2}'), null);
  const stack = {
    project: 'p',
    folder: '/',
    baseFiles: [],
    overlayFile: '/o',
    switched: [],
    apps: [],
  };
  const good = {
    schemaVersion: 1,
    phase: 'running',
    config: CONFIG,
    stack,
    variables: { A: 'b' },
    image: 'i',
  };
  t.match(parseDockerRecord(JSON.stringify(good)), {
    image: 'i',
    since: null,
    variables: { A: 'b' },
  });
  t.equal(
    parseDockerRecord(
      JSON.stringify({ ...good, stack: { ...stack, baseFiles: [1] } })
    ),
    null
  );
});

t.test('what services depend on is found, however deep', async (t) => {
  const facts = parseCompose(
    `services:
  app: { image: a, depends_on: [redis, db] }
  db: { image: b, depends_on: { disk: { condition: service_started } } }
  disk: { image: c, depends_on: [app] }
  redis: { image: d }
  other: { image: e }
`,
    'f'
  );
  t.strictSame([...dependenciesOf(facts, ['app'])].sort(), [
    'db',
    'disk',
    'redis',
  ]);
  t.strictSame(dependenciesOf(facts, ['redis']), []);
  t.strictSame(
    [...parseHashes('app abc\n  redis def\nWARN\n')],
    [
      ['app', 'abc'],
      ['redis', 'def'],
    ]
  );
});

t.test('who may read the settings file', async (t) => {
  const [theirs, ours] = [1000, 10_001];
  for (const [mode, uid, gid, may] of [
    [0o100644, theirs, theirs, true],
    [0o100600, theirs, theirs, false],
    [0o100640, theirs, ours, true],
    [0o100604, theirs, ours, false],
    [0o100600, ours, theirs, true],
  ] as const) {
    t.equal(mayRead(mode, { uid, gid }), may, mode.toString(8));
  }
});

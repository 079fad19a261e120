import t from 'tap';
import { parseCompose } from '../../../../lib/compose/index.js';
import {
  dependenciesOf,
  parseHashes,
} from '../../../../lib/runtime/docker/dependencies.js';
import { parseDockerRecord } from '../../../../lib/runtime/docker/docker-record.js';
import { assertSameProject } from '../../../../lib/runtime/docker/same-project.js';
import { mayRead } from '../../../../lib/runtime/docker/settings-file.js';
import { stackVariables } from '../../../../lib/runtime/docker/stack-variables.js';

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

t.test('an index is not left behind in another project', async (t) => {
  const both = { from: 'alone', container: 'alone-index-1', to: 'appview' };
  t.throws(() => assertSameProject(both), {
    code: 'BAD_STACK',
    message: /in project alone \(container alone-index-1\), .* appview$/,
    suggestion: /teardown\.ts --containers .*backup\.ts create/,
  });
  for (const fine of [
    { ...both, to: 'alone' },
    { ...both, container: null },
    { ...both, from: null },
  ]) {
    t.doesNotThrow(() => assertSameProject(fine));
  }
});

t.test('a damaged record is none', async (t) => {
  t.equal(parseDockerRecord('{'), null);
  t.equal(parseDockerRecord('{"schemaVersion":2}'), null);
  const stack = {
    project: 'p',
    folder: '/',
    envFolder: '/',
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

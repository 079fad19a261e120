import t from 'tap';
import {
  composeFacts,
  findServices,
  fitOverlay,
  mergeFacts,
  parseCompose,
  type NamedServices,
} from '../../../lib/compose/index.js';

/** AppViews as people write them. */
const FILES = {
  usual: `
services:
  redis: { image: redis }
  db: { image: postgres }
  app:
    build: .
    environment: { CONSTELLATION_URL: https://constellation.microcosm.blue }
    depends_on: { redis: { condition: service_healthy } }
  constellation-bridge:
    build: ./microcosm-bridge/constellation-client
    environment: [CONSTELLATION_URL=x, MAX_REQUESTS_PER_SECOND=10]
`,
  otherNames: `
version: '3.8'
services:
  web:
    image: example/appview:1
    environment: [CONSTELLATION_ENABLED=true, CONSTELLATION_URL]
  links:
    build: { context: microcosm-bridge/constellation-client/ }
`,
  anchors: `
x-env: &env { CONSTELLATION_URL: https://c, NODE_ENV: production }
services:
  server: { image: a, environment: { <<: *env } }
  db: { image: b }
`,
  byName: `
services:
  bsky-appview: { build: {} }
  cache: { image: redis }
`,
  two: `
services:
  web-1: { image: a, environment: { CONSTELLATION_URL: x } }
  web-2: { image: a, environment: { CONSTELLATION_URL: x } }
`,
  none: `
services:
  redis: { image: redis }
`,
  networks: `
services:
  app: { build: ., networks: { back: { aliases: [x] }, front: } }
  constellation-bridge: { build: ., network_mode: 'service:app' }
networks:
  back: { external: true }
  front:
`,
  internal: `
services:
  app: { build: . }
networks: { default: { internal: true } }
`,
  bothInternal: `
services:
  app: { build: ., networks: [back] }
networks: { default: { internal: true }, back: { internal: true } }
`,
  appInternal: `
services:
  app: { build: ., networks: [back] }
networks: { back: { internal: true } }
`,
  host: `
services:
  app: { build: ., network_mode: host }
  constellation-bridge: { image: b, extends: { file: common.yml, service: base } }
`,
  isolated: `
services:
  app: { build: ., network_mode: none }
`,
  container: `
services:
  app: { build: ., network_mode: 'container:abc' }
`,
} as const;

type FileName = keyof typeof FILES;

const facts = (name: FileName) => parseCompose(FILES[name], `${name}.yml`);

function names(file: FileName, named?: NamedServices) {
  const { apps, bridge } = findServices(facts(file), named);
  return [
    apps.map(({ service }) => service.name).join(','),
    apps[0]?.because,
    bridge?.service.name ?? null,
    bridge?.because ?? null,
  ];
}

t.test('the services are found by name, environment or build', async (t) => {
  t.strictSame(names('usual'), [
    'app',
    'is called app',
    'constellation-bridge',
    'is called constellation-bridge',
  ]);
  t.strictSame(names('otherNames'), [
    'web',
    'sets CONSTELLATION_ENABLED or CONSTELLATION_URL',
    'links',
    'is built from constellation-client',
  ]);
  t.strictSame(names('anchors').slice(0, 3), [
    'server',
    'sets CONSTELLATION_ENABLED or CONSTELLATION_URL',
    null,
  ]);
  t.strictSame(names('byName').slice(0, 2), [
    'bsky-appview',
    'is called appview',
  ]);
});

t.test('a flag wins', async (t) => {
  t.strictSame(names('two', { apps: ['web-2'] }).slice(0, 2), [
    'web-2',
    'named by flag',
  ]);
  t.strictSame(names('usual', { apps: ['db'], bridge: 'redis' }), [
    'db',
    'named by flag',
    'redis',
    'named by flag',
  ]);
});

t.test('an AppView may be several services', async (t) => {
  const named = { apps: ['web-1', 'web-2'] };
  t.equal(names('two', named)[0], 'web-1,web-2');
  const { services } = fitOverlay(
    facts('two'),
    findServices(facts('two'), named)
  );
  t.match(services, [
    { name: 'web-1', role: 'app' },
    { name: 'web-2', role: 'app' },
  ]);
  t.throws(() => names('two', { apps: ['web-1', 'web-3'] }), {
    code: 'service-not-found',
    message: 'the compose file has no service web-3',
  });
});

t.test('nothing is guessed, and the names there are are told', async (t) => {
  t.throws(() => names('two'), {
    code: 'ambiguous-service',
    candidates: ['web-1', 'web-2'],
    suggestion:
      'name it with --app-service web-1|web-2, or all of them: --app-service web-1,web-2',
  });
  t.throws(() => names('none'), {
    code: 'service-not-found',
    candidates: ['redis'],
  });
  t.throws(() => names('usual', { bridge: 'x' }), {
    code: 'service-not-found',
    message: 'the compose file has no service x',
  });
  t.throws(() => names('usual', { apps: ['app'], bridge: 'app' }), {
    code: 'ambiguous-service',
  });
});

t.test('a stack with a bridge of its own gets no other', async (t) => {
  const wanted = (name: FileName) =>
    fitOverlay(facts(name), findServices(facts(name)), { bridge: true }).bridge;
  t.equal(wanted('usual'), false);
  t.equal(wanted('byName'), true);
});

t.test('the overlay fits the networks of the file', async (t) => {
  const fitted = (name: FileName) =>
    fitOverlay(facts(name), findServices(facts(name)));
  t.strictSame(fitted('usual').networks, {});
  t.strictSame(fitted('networks'), {
    services: [
      { name: 'app', role: 'app', form: 'keeper', onHost: false },
      {
        name: 'constellation-bridge',
        role: 'bridge',
        form: 'keeper',
        onHost: false,
      },
    ],
    networks: { back: { external: true } },
    bridge: false,
  });
  t.match(fitted('host').services, [
    { name: 'app', onHost: true, form: 'keeper' },
    { name: 'constellation-bridge', onHost: false, form: 'plain' },
  ]);
  for (const name of ['isolated', 'container'] as const) {
    t.throws(() => fitted(name), { code: 'unsupported-network' });
  }
});

t.test('where every network is internal there is one of ours', async (t) => {
  const networks = (name: FileName) =>
    fitOverlay(facts(name), findServices(facts(name))).networks;
  const back = { internal: true };
  t.strictSame(networks('internal'), { 'constellation-outside': null });
  t.strictSame(networks('bothInternal'), {
    back,
    'constellation-outside': null,
  });
  t.strictSame(networks('appInternal'), { back }, 'the default one leads out');
});

t.test('several files count as Compose merges them', async (t) => {
  const merged = mergeFacts([
    facts('otherNames'),
    composeFacts({
      services: {
        web: {
          build: '.',
          environment: { CONSTELLATION_URL: 'y', MORE: 1 },
          networks: ['back'],
        },
      },
      networks: { back: null },
    }),
  ]);
  t.match(merged.services.get('web'), {
    image: 'example/appview:1',
    buildContext: '.',
    networks: ['back'],
  });
  t.strictSame(
    [...(merged.services.get('web')?.environment ?? [])],
    [
      ['CONSTELLATION_ENABLED', 'true'],
      ['CONSTELLATION_URL', 'y'],
      ['MORE', '1'],
    ]
  );
  t.equal(merged.networks.get('back'), null);
});

t.test('what is no compose file is said, with the place', async (t) => {
  t.throws(() => parseCompose('services:\n  a: [', 'f.yml'), {
    code: 'broken-yaml',
    message: /^f\.yml: .*line 2/,
  });
  t.throws(() => parseCompose('a: 1', 'f.yml'), { code: 'not-a-compose-file' });
  t.throws(() => parseCompose('', 'f.yml'), { code: 'not-a-compose-file' });
  t.throws(() => parseCompose('[1]', 'f.yml'), { code: 'not-a-compose-file' });
  t.throws(() => parseCompose('#'.repeat(2 ** 20 + 1), 'f.yml'), {
    code: 'too-large',
  });
  // Each level ten times the one before: a small file that grows when it is read.
  const levels = Array.from(
    { length: 8 },
    (_, i) =>
      `l${i}: &l${i} [${Array(10)
        .fill(i === 0 ? 'x' : `*l${i - 1}`)
        .join(', ')}]`
  );
  t.throws(
    () => parseCompose(`${levels.join('\n')}\nservices: { a: *l7 }`, 'f.yml'),
    { code: 'broken-yaml' }
  );
  t.doesNotThrow(() =>
    parseCompose('services: { a: { ports: !reset [] } }', 'f.yml')
  );
  const odd = composeFacts({
    services: { a: null, b: 7, __proto__: { image: 'x' } },
  });
  t.strictSame([...odd.services.keys()], ['a', 'b']);
});

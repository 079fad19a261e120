/** What setup decides, without touching anything. */
import t from 'tap';
import { parseFlags } from '../../../lib/cli/index.js';
import { parseSettings, settingsText } from '../../../lib/env/index.js';
import {
  appviewSettings,
  appviewUrl,
} from '../../../lib/setup/appview/appview-settings.js';
import { envSettings } from '../../../lib/setup/env-settings.js';
import {
  clockOffBy,
  endpointsToUse,
} from '../../../lib/setup/jetstream/choose-endpoints.js';
import type { Measurement } from '../../../lib/setup/jetstream/measure-endpoint.js';
import { localSince } from '../../../lib/setup/local-since.js';
import {
  rebuildText,
  withRebuild,
} from '../../../lib/setup/rebuild/rebuild-plan.js';
import {
  chooseRuntime,
  type RuntimeCandidate,
} from '../../../lib/setup/runtimes/choose-runtime.js';
import { SETUP_COMMAND } from '../../../lib/setup/setup-command.js';
import { resolveOptions } from '../../../lib/setup/setup-options.js';
import { shellWord } from '../../../lib/cli/shell-words.js';

const GIB = 1024 ** 3;

t.test('a rebuild is said before it is done', async (t) => {
  const facts = { source: 'app_data', sizeBytes: GIB, container: 'app-index' };
  t.equal(
    rebuildText({ ...facts, services: ['web', 'worker'], kept: ['web'] }),
    'make web and worker anew without CONSTELLATION_LOCAL_SINCE, so that the remote is asked about everything (web keeps the image: another was pulled or built since), stop app-index, begin a new, empty index in app_data; what is there (1.0 GiB) is kept until backup.ts restore --discard-old, start the container on the new one'
  );
  t.notMatch(rebuildText({ ...facts, services: [], kept: [] }), 'LOCAL_SINCE');
  const start = {
    id: 'start',
    title: 'Start',
    needed: false,
    text: 'runs',
  } as const;
  const health = {
    id: 'health',
    title: 'Health',
    needed: true,
    text: 'x',
  } as const;
  t.match(withRebuild([start, health] as const, { text: 'anew' }), [
    { id: 'start', needed: true, text: 'anew' },
    health,
  ]);
});

t.test('the fastest Jetstream is first, the others stand by', async (t) => {
  const near = (
    url: string,
    handshakeMs: number,
    clockAheadMs: number | null = 0
  ) =>
    ({
      url,
      label: url,
      state: 'reachable',
      handshakeMs,
      clockAheadMs,
    }) as const;
  const gone = (url: string): Measurement => ({
    url,
    label: url,
    state: 'unreachable',
    reason: 'x',
  });
  const measured = [near('a', 90), gone('b'), near('c', 30), gone('d')];
  t.strictSame(endpointsToUse(measured), ['c', 'a']);
  t.strictSame(endpointsToUse(measured, 'a'), ['a', 'c']);
  t.strictSame(endpointsToUse(measured, 'b'), ['b', 'c', 'a']);
  t.strictSame(endpointsToUse([gone('b'), gone('d')]), ['b', 'd']);
  t.equal(clockOffBy(measured), null);
  t.equal(clockOffBy([gone('a')]), null);
  t.equal(clockOffBy([near('a', 1, null)]), null);
  t.equal(clockOffBy([near('a', 1, 60_000), near('b', 1, 500)]), null);
  t.equal(clockOffBy([near('a', 1, 60_000), near('b', 1, 61_000)]), 60_000);
  t.equal(clockOffBy([near('a', 1, -11_000)]), -11_000);
});

t.test(
  'the runtime: asked for, as before, else the first that can be',
  async (t) => {
    const fine: RuntimeCandidate = {
      kind: 'embedded',
      title: 'the embedded index',
      takesSample: true,
      findings: [],
    };
    const docker: RuntimeCandidate = {
      kind: 'docker',
      title: 'Docker',
      takesSample: false,
      findings: [],
    };
    const noEngine: RuntimeCandidate = {
      ...docker,
      findings: [
        {
          id: 'e',
          name: 'engine',
          status: 'fail',
          detail: 'is away',
          suggestion: 'start it',
        },
      ],
    };
    const wish = { wanted: 'auto', sample: false, earlier: null } as const;
    t.match(chooseRuntime(wish, [docker, fine]), { kind: 'docker' });
    t.match(chooseRuntime(wish, [noEngine, fine]), {
      kind: 'embedded',
      because: 'not Docker: engine: is away',
    });
    t.match(chooseRuntime({ ...wish, sample: true }, [docker, fine]), {
      kind: 'embedded',
    });
    t.match(chooseRuntime({ ...wish, earlier: 'embedded' }, [docker, fine]), {
      kind: 'embedded',
      because: 'as set up before',
    });
    t.throws(
      () => chooseRuntime({ ...wish, earlier: 'docker' }, [noEngine, fine]),
      {
        code: 'NO_RUNTIME',
        message: 'Docker is set up here and cannot be used: engine: is away',
        suggestion: /^start it; a new index of the other kind needs --runtime/,
      },
      'no empty index where an engine is away for a moment'
    );
    t.match(chooseRuntime({ ...wish, wanted: 'embedded' }, [docker, fine]), {
      kind: 'embedded',
    });
    t.throws(
      () => chooseRuntime({ ...wish, wanted: 'docker' }, [noEngine, fine]),
      {
        code: 'NO_RUNTIME',
        message: /engine: is away/,
        suggestion: /^start it; or leave the choice/,
      }
    );
    t.throws(() => chooseRuntime(wish, [noEngine]), { code: 'NO_RUNTIME' });
  }
);

t.test(
  'since when the index is complete is never told too early',
  async (t) => {
    const told = new Date('2026-02-01T00:00:00Z');
    const text = told.toISOString();
    const earlier = '2026-01-01T00:00:00Z';
    for (const [present, completeSince, isNew, expected] of [
      [undefined, null, true, null],
      [undefined, null, false, null],
      [undefined, told, true, text],
      [earlier, told, false, text],
      [earlier, null, false, earlier],
      [earlier, null, true, null],
      ['complete', told, false, 'complete'],
      ['complete', told, true, text],
      ['complete', null, true, null],
    ] as const) {
      t.equal(localSince(present, completeSince, isNew), expected);
    }
  }
);

t.test('the environment file gets the settings, and reads back', async (t) => {
  const facts = {
    kind: 'embedded',
    config: {
      bind: '127.0.0.1',
      port: 7000,
      metricsPort: 7001,
      jetstream: ['wss://a.example/subscribe', 'wss://b.example/subscribe'],
      dataPath: null,
      logLevel: 'warn',
      workers: null,
      sample: false,
    },
    options: { cacheTtlSeconds: 30, timeoutMs: 5000 },
    apiUrl: 'http://127.0.0.1:7000',
    since: null,
    exists: false,
  } as const;
  const { settings, given } = parseSettings(settingsText(envSettings(facts)));
  t.match(settings, {
    CONSTELLATION_RUNTIME: 'embedded',
    CONSTELLATION_PORT: 7000,
    CONSTELLATION_URL: 'http://127.0.0.1:7000',
    CONSTELLATION_ENABLED: true,
    JETSTREAM_URL: 'wss://a.example/subscribe,wss://b.example/subscribe',
  });
  for (const name of [
    'CONSTELLATION_DATA_PATH',
    'CONSTELLATION_LOCAL_SINCE',
    'CONSTELLATION_WORKERS',
  ] as const) {
    t.notOk(given.has(name), name);
  }
  const sample = { ...facts, config: { ...facts.config, sample: true } };
  const invented = parseSettings(settingsText(envSettings(sample)));
  t.equal(invented.settings.CONSTELLATION_ENABLED, false);
  t.notOk(invented.given.has('JETSTREAM_URL'));
  t.strictSame(
    Object.keys(envSettings({ ...sample, exists: true })).filter((key) =>
      /URL|ENABLED|LOCAL|DATA|RUNTIME|SINCE/.test(key)
    ),
    [],
    'a file of the network keeps what it says of the network'
  );
});

t.test(
  'an AppView gets five keys, and loses a claim about another index',
  async (t) => {
    const target = {
      folder: '/a',
      indexUrl: 'http://127.0.0.1:6789',
      givenUrl: null,
      cacheTtlSeconds: 30,
      timeoutMs: 5000,
      isNewIndex: true,
    };
    const five = {
      CONSTELLATION_ENABLED: 'true',
      CONSTELLATION_URL: 'http://127.0.0.1:6789',
      CONSTELLATION_LOCAL: 'true',
      CONSTELLATION_CACHE_TTL: '30',
      CONSTELLATION_TIMEOUT: '5000',
    };
    t.strictSame(appviewSettings(target, new Map()), five);
    const claimed = new Map([['CONSTELLATION_LOCAL_SINCE', 'complete']]);
    t.strictSame(appviewSettings(target, claimed), {
      ...five,
      CONSTELLATION_LOCAL_SINCE: null,
    });
    t.strictSame(
      appviewSettings({ ...target, isNewIndex: false }, claimed),
      five
    );
    const hosts = new Set(['host.docker.internal']);
    for (const [present, givenUrl, expected] of [
      ['https://constellation.microcosm.blue', null, target.indexUrl],
      ['http://localhost:6789', null, 'http://localhost:6789'],
      [
        'http://host.docker.internal:6789',
        null,
        'http://host.docker.internal:6789',
      ],
      ['http://localhost:7000', null, target.indexUrl],
      ['http://localhost:6789', 'http://index:6789', 'http://index:6789'],
      ['nonsense', null, target.indexUrl],
    ] as const) {
      const map = new Map([['CONSTELLATION_URL', present]]);
      t.equal(appviewUrl({ ...target, givenUrl }, map, hosts), expected);
    }
  }
);

t.test(
  'what the env file says of the network is not for sample data',
  async (t) => {
    const surroundings = {
      env: { CONSTELLATION_DATA_PATH: '/env' },
      file: { JETSTREAM_URL: 'us-east-1', CONSTELLATION_PORT: '7000' },
    };
    const options = (args: readonly string[]) =>
      resolveOptions(parseFlags(SETUP_COMMAND, args, surroundings));
    t.match(options([]), {
      data: '/env',
      jetstream: ['wss://jetstream1.us-east.bsky.network/subscribe'],
      port: 7000,
    });
    t.match(options(['--sample']), { data: null, jetstream: null, port: 7000 });
    t.match(options(['--sample', '--data', '/x']), { data: '/x' });
    for (const [args, message] of [
      [['--sample', '--appview', '.'], /must not reach an AppView/],
      [['--sample', '--runtime', 'docker'], /embedded runtime alone/],
      [['--port', '8765'], /are both 8765/],
    ] as const) {
      t.throws(() => options(args), { message, code: 'usage' });
    }
  }
);

t.test('an argument is one word for a shell', async (t) => {
  t.equal(shellWord('/a/b-c.d'), '/a/b-c.d');
  t.equal(shellWord("it's ü"), `'it'\\''s ü'`);
});

/** What setup decides, without touching anything. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parseFlags } from '../../../lib/cli/index.js';
import { parseSettings, settingsText } from '../../../lib/env/index.js';
import {
  appviewSettings,
  appviewUrl,
} from '../../../lib/setup/appview/appview-settings.js';
import {
  ASSUMED,
  daysText,
  daysToFull,
  growthRate,
  type GrowthRate,
} from '../../../lib/setup/disk/growth.js';
import { forgetGrowth } from '../../../lib/setup/disk/growth-history.js';
import { measureGrowth } from '../../../lib/setup/disk/measure-growth.js';
import { envSettings } from '../../../lib/setup/env-settings.js';
import {
  clockOffBy,
  endpointsToUse,
} from '../../../lib/setup/jetstream/choose-endpoints.js';
import type { Measurement } from '../../../lib/setup/jetstream/measure-endpoint.js';
import { localSince } from '../../../lib/setup/local-since.js';
import { judgeClock } from '../../../lib/setup/prerequisites/clock.js';
import { judgeDisk } from '../../../lib/setup/prerequisites/disk.js';
import { describeDocker } from '../../../lib/setup/prerequisites/docker-versions.js';
import { judgeMemory } from '../../../lib/setup/prerequisites/memory.js';
import {
  compareVersions,
  judgeNode,
  LEAST_NODE,
} from '../../../lib/setup/prerequisites/node-version.js';
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
import { shellWord } from '../../../lib/setup/shell-words.js';
import { judge } from '../../../lib/setup/steps/prerequisites-step.js';

const GIB = 1024 ** 3;

t.test('Node is old enough as package.json says', async (t) => {
  const file = new URL('../../../package.json', import.meta.url);
  const text = readFileSync(file, 'utf8');
  t.match(text, `"node": ">=${LEAST_NODE}"`);
  t.match(judgeNode('20.18.0'), { status: 'fail', detail: /20\.18\.1/ });
  t.match(judgeNode('20.18.1'), { status: 'good' });
  t.match(judgeNode('24.0.0'), { status: 'good' });
  t.equal(compareVersions('20.10.24+dfsg1', '20.10'), 24);
  t.ok(compareVersions('v2.26.1-4', '1.29.2') > 0);
  t.ok(compareVersions('9', '10') < 0);
});

t.test(
  'days to full are measured where that can be, else assumed',
  async (t) => {
    const at = (hours: number): string =>
      new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString();
    const reading = (hours: number, gib: number, dataPath = '/d') => ({
      at: at(hours),
      dataPath,
      sizeBytes: gib * GIB,
    });
    for (const readings of [
      [],
      [reading(0, 1)],
      [reading(0, 1), reading(5, 2)],
      [reading(0, 1, '/other'), reading(48, 9, '/other')],
    ]) {
      const rate = growthRate(readings, '/d');
      t.match(rate, {
        basis: 'assumed',
        because: /^assumed: 200 to 600 events/,
      });
      t.equal(rate.lowBytes, ASSUMED.eventsPerSecond.low * 520 * 86_400);
    }
    t.match(growthRate([reading(0, 1), reading(48, 5)], '/d', GIB), {
      basis: 'measured',
      highBytes: GIB,
      because: 'measured by the index: 1.0 GiB a day',
    });
    const measured = growthRate([reading(0, 1), reading(48, 5)], '/d');
    t.match(measured, {
      basis: 'measured',
      lowBytes: 2 * GIB,
      because: 'measured over 2 days: 2.0 GiB a day',
    });
    t.strictSame(daysToFull(20 * GIB, measured), { soonest: 10, latest: 10 });
    for (const [soonest, latest, text] of [
      [0.4, 0.9, 'less than a day'],
      [0.4, 3, 'less than 1 to 3 days'],
      [1, 1.2, 'about 1 day'],
      [3.3, 9.4, '3 to 9 days'],
      [123, 456, '120 to 500 days'],
      [Infinity, Infinity, 'never'],
    ] as const) {
      t.equal(daysText({ soonest, latest }), text);
    }
    t.equal(
      daysText(daysToFull(5, { ...measured, lowBytes: 0, highBytes: -1 })),
      'never'
    );
  }
);

t.test('space is judged by what is free and how long that lasts', async (t) => {
  const assumed = growthRate([], '/d');
  const fast: GrowthRate = { ...assumed, basis: 'measured' };
  const free = (freeBytes: number, totalBytes: number | null = null) => ({
    freeBytes,
    totalBytes,
  });
  t.match(judgeDisk(free(100 * 1024 ** 2), null), {
    status: 'fail',
    detail: '100.0 MiB free; the index pauses below 128.0 MiB',
  });
  t.match(judgeDisk(free(40 * GIB, 400 * GIB), null), {
    status: 'good',
    detail: '40.0 GiB free',
  });
  t.match(judgeDisk(free(90 * GIB), assumed), {
    status: 'good',
    detail: /assumed/,
  });
  t.match(judgeDisk(free(20 * GIB), assumed), { status: 'warn' });
  t.match(judgeDisk(free(90 * GIB), fast), {
    status: 'warn',
    detail: /; the disk may be full in less than 7 days$/,
  });
  t.match(judgeDisk(free(39 * GIB, 400 * GIB), null), {
    status: 'warn',
    detail: '39.0 GiB free; less than 10 % of the disk is free',
  });
  t.match(judgeDisk(null, assumed), { status: 'warn' });
});

t.test('how large the data was is noted, and measured by', async (t) => {
  const file = path.join(t.testdir(), 'growth.jsonl');
  const data = {
    ...({ kind: 'volume', name: 'v', exists: true, sample: false } as const),
    ...{ freeBytes: 1, diskBytes: 1 },
  };
  const on = (day: number, sizeBytes: number | null, sample = false) =>
    measureGrowth(
      file,
      { ...data, sizeBytes, sample },
      new Date(Date.UTC(2026, 0, day))
    );
  t.match(await on(1, GIB), { basis: 'assumed' });
  t.match(await on(2, null), { basis: 'assumed' }, 'not known: not noted');
  t.match(await on(2, 9 * GIB, true), { basis: 'assumed' }, 'a sample neither');
  t.match(await on(3, 5 * GIB), { basis: 'measured', highBytes: 2 * GIB });
  await forgetGrowth(file, 'another');
  t.match(await on(3, 5 * GIB), { basis: 'measured' }, 'not its history');
  // Put aside and begun anew, or what was kept thrown away.
  await forgetGrowth(file, data.name);
  t.match(await on(4, GIB), { basis: 'assumed' });
  t.match(await on(6, 5 * GIB), { basis: 'measured', highBytes: 2 * GIB });
});

t.test('a rebuild is said before it is done', async (t) => {
  const facts = { source: 'app_data', sizeBytes: GIB, container: 'app-index' };
  t.equal(
    rebuildText({ ...facts, services: ['web', 'worker'] }),
    'make web, worker anew without CONSTELLATION_LOCAL_SINCE: the remote is asked about everything, stop app-index, begin a new, empty index in app_data; what is there (1.0 GiB) is kept until backup.ts restore --discard-old, start the container on the new one'
  );
  t.notMatch(rebuildText({ ...facts, services: [] }), 'LOCAL_SINCE');
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

t.test('memory, clock and Docker are described', async (t) => {
  const totalBytes = 2 * GIB;
  t.match(judgeMemory({ totalBytes, availableBytes: GIB }), { status: 'good' });
  t.match(judgeMemory({ totalBytes, availableBytes: 1 }), { status: 'warn' });
  const now = Date.UTC(2026, 5, 1);
  const missing = { kind: 'missing' } as const;
  const said = (text: string) => ({ kind: 'said', text }) as const;
  t.match(judgeClock(now, now + 1, said('yes')), {
    status: 'warn',
    detail: /before/,
  });
  t.match(judgeClock(now, now, said('yes')), {
    status: 'good',
    detail: /kept by a/,
  });
  t.match(judgeClock(now, now, said('no')), {
    status: 'warn',
    detail: /by no/,
  });
  t.match(judgeClock(now, now, missing), {
    status: 'good',
    detail: /cannot be seen/,
  });
  for (const [engine, compose, text] of [
    [missing, missing, 'not installed'],
    [said('27.1'), said('v2.30.0'), 'Engine 27.1, Compose 2.30.0'],
    [
      { kind: 'failed', text: 'denied' },
      missing,
      'no engine answers (denied), no Compose',
    ],
  ] as const) {
    t.match(describeDocker({ engine, compose }), {
      status: 'info',
      detail: text,
    });
  }
});

t.test('all prerequisites that fail are told at once', async (t) => {
  const good = { id: 'a', name: 'a', status: 'good', detail: '' } as const;
  const bad = (name: string) =>
    ({ id: name, name, status: 'fail', detail: 'is bad' }) as const;
  const error = new Error('taken');
  t.throws(() => judge([good, { ...bad('ports'), error }]), {
    message: 'taken',
  });
  t.throws(() => judge([bad('disk'), bad('ports')]), {
    code: 'PREREQUISITE',
    message: 'disk: is bad\nports: is bad',
  });
  t.match(judge([good, { ...good, name: 'b', status: 'warn' }]), {
    status: 'warned',
    text: 'look at b',
  });
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
        { id: 'e', name: 'engine', status: 'fail', detail: 'is away' },
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
    t.match(chooseRuntime({ ...wish, earlier: 'docker' }, [noEngine, fine]), {
      kind: 'embedded',
    });
    t.match(chooseRuntime({ ...wish, wanted: 'embedded' }, [docker, fine]), {
      kind: 'embedded',
    });
    t.throws(
      () => chooseRuntime({ ...wish, wanted: 'docker' }, [noEngine, fine]),
      {
        code: 'NO_RUNTIME',
        message: /engine: is away/,
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

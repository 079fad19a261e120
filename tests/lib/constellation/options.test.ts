import t from 'tap';
import {
  ENABLED_VARIABLE,
  OPTION_VARIABLES,
  PUBLIC_INSTANCE_URL,
  optionsFrom,
  readEnvironment,
  resolveOptions,
  type ConstellationOptions,
} from '../../../lib/constellation/index.js';
import { SETTINGS, isSettingName } from '../../../lib/env/index.js';

t.test('defaults follow the kind of the main index', async (t) => {
  const local = resolveOptions({ url: 'http://localhost:6789' });
  t.match(local.main, {
    deployment: 'local',
    policy: { ttlSeconds: 30, concurrency: 4, requestsPerSecond: null },
  });
  t.equal(local.fallback?.url.origin, PUBLIC_INSTANCE_URL);
  t.match(local.fallback, {
    deployment: 'remote',
    policy: { ttlSeconds: 60, requestsPerSecond: 10 },
  });
  t.strictSame(local.completeness, { kind: 'unknown' });
  const remote = resolveOptions({});
  t.equal(remote.main.url.origin, PUBLIC_INSTANCE_URL);
  t.equal(remote.main.deployment, 'remote');
  t.equal(remote.fallback, null, 'nothing behind a remote one');
});

t.test(
  'what is set holds, and a rate only for the index it is set for',
  async (t) => {
    const { main, fallback } = resolveOptions({
      url: 'http://localhost',
      ttlSeconds: 0,
      retries: 0,
      deadlineMs: 300,
      requestsPerSecond: 0,
      concurrency: 64,
    });
    t.match(main.policy, { ttlSeconds: 0, retries: 0, deadlineMs: 300 });
    t.match(main.policy, { requestsPerSecond: null, concurrency: 64 });
    t.match(fallback?.policy, { ttlSeconds: 0, retries: 0 });
    t.match(fallback?.policy, { requestsPerSecond: 10, concurrency: 8 });
    const slow = resolveOptions({
      url: 'http://a',
      fallbackRequestsPerSecond: 2,
    });
    t.equal(slow.fallback?.policy.requestsPerSecond, 2);
    t.equal(slow.main.policy.requestsPerSecond, null);
    const free = resolveOptions({
      url: 'http://a',
      fallbackRequestsPerSecond: 0,
    });
    t.equal(free.fallback?.policy.requestsPerSecond, null);
  }
);

t.test('who is behind whom', async (t) => {
  const fallback = (options: ConstellationOptions): string | undefined =>
    resolveOptions(options).fallback?.url.href;
  t.equal(fallback({ url: 'http://a', fallbackUrl: 'off' }), undefined);
  t.equal(fallback({ url: 'http://a', fallbackUrl: 'http://b' }), 'http://b/');
  t.equal(
    fallback({ url: 'https://a.example', fallbackUrl: 'http://b' }),
    'http://b/'
  );
  t.equal(
    fallback({ url: 'http://a/', fallbackUrl: 'http://a' }),
    undefined,
    'itself'
  );
  t.equal(fallback({ url: `${PUBLIC_INSTANCE_URL}/`, local: true }), undefined);
  t.equal(fallback({ url: 'http://a', local: false }), undefined);
});

t.test('unknown options and bad values are named', async (t) => {
  for (const [options, name] of [
    [{ urll: 'http://a' }, 'urll'],
    [{ timeout: 5 }, 'timeout'],
    [{ ttlSeconds: -1 }, 'ttlSeconds'],
    [{ ttlSeconds: NaN }, 'ttlSeconds'],
    [{ ttlSeconds: '30' }, 'ttlSeconds'],
    [{ deadlineMs: 0 }, 'deadlineMs'],
    [{ deadlineMs: Infinity }, 'deadlineMs'],
    [{ retries: 1.5 }, 'retries'],
    [{ retries: 11 }, 'retries'],
    [{ concurrency: 0 }, 'concurrency'],
    [{ requestsPerSecond: 0.001 }, 'requestsPerSecond'],
    [{ memoryEntries: null }, 'memoryEntries'],
    [{ redisUrl: 'http://localhost' }, 'redisUrl'],
    [{ redisUrl: '' }, 'redisUrl'],
    [{ userAgent: 'a\r\nb: c' }, 'userAgent'],
    [{ userAgent: '' }, 'userAgent'],
    [{ localSince: 'soon' }, 'localSince'],
  ] as const) {
    t.throws(
      // What JavaScript callers can pass.
      () => resolveOptions(options as unknown as ConstellationOptions),
      { code: 'BAD_OPTION', message: new RegExp(`^${name}\\b`) },
      `${JSON.stringify(options)}`
    );
  }
  for (const [options, name] of [
    [{ url: 'localhost' }, 'url'],
    [{ url: 'http://a:b@c' }, 'url'],
    [{ url: 'http://a', fallbackUrl: 'ftp://b' }, 'fallbackUrl'],
  ] as const) {
    t.throws(() => resolveOptions(options), {
      code: 'BAD_URL',
      message: new RegExp(`^${name} `),
    });
  }
});

t.test('the environment of an AppView is understood', async (t) => {
  t.strictSame(readEnvironment({}), { enabled: false, options: {} });
  for (const off of ['', 'false', '1', 'TRUE', 'yes', undefined]) {
    const { enabled } = readEnvironment({ CONSTELLATION_ENABLED: off });
    t.equal(enabled, false, `CONSTELLATION_ENABLED=${off}`);
  }
  const broken = { CONSTELLATION_TIMEOUT: 'x' };
  t.strictSame(readEnvironment(broken).options, {}, 'off cannot fail');
  const { enabled, options } = readEnvironment({
    CONSTELLATION_ENABLED: 'true',
    CONSTELLATION_URL: 'http://constellation-local:6789',
    CONSTELLATION_LOCAL: 'false',
    CONSTELLATION_CACHE_TTL: '45',
    CONSTELLATION_TIMEOUT: ' 5000 ',
    CONSTELLATION_REQUEST_DELAY: '100',
    CONSTELLATION_FALLBACK_REQUEST_DELAY: '0',
    CONSTELLATION_MAX_RETRIES: '3',
    CONSTELLATION_RETRY_DELAY: '1000',
    CONSTELLATION_FALLBACK_URL: 'off',
    CONSTELLATION_LOCAL_SINCE: 'complete',
    CONSTELLATION_CONCURRENCY: '2',
    CONSTELLATION_STALL_AFTER: '0',
    CONSTELLATION_USER_AGENT: '', // unset, as Compose writes it
    REDIS_URL: 'redis://user:secret@redis:6379/1',
    PATH: '/bin',
  });
  t.equal(enabled, true);
  t.strictSame(options, {
    url: 'http://constellation-local:6789',
    local: false,
    fallbackUrl: 'off',
    localSince: 'complete',
    ttlSeconds: 45,
    deadlineMs: 5000,
    retries: 3,
    retryDelayMs: 1000,
    requestsPerSecond: 10,
    fallbackRequestsPerSecond: 0,
    concurrency: 2,
    localStallAfterMs: 0,
    userAgent: undefined,
    redisUrl: 'redis://user:secret@redis:6379/1',
  });
  t.doesNotThrow(() => resolveOptions(options));
});

t.test('a bad variable is named, and a secret in it is not', async (t) => {
  for (const [name, text] of [
    ['CONSTELLATION_LOCAL', 'yes'],
    ['CONSTELLATION_LOCAL', 'True'],
    ['CONSTELLATION_LOCAL', '1'],
    ['CONSTELLATION_URL', 'localhost:6789'],
    ['CONSTELLATION_URL', 'http://user:hunter2@localhost'],
    ['CONSTELLATION_FALLBACK_URL', 'none'],
    ['CONSTELLATION_LOCAL_SINCE', 'yesterday'],
    ['CONSTELLATION_CACHE_TTL', '60s'],
    ['CONSTELLATION_CACHE_TTL', '-1'],
    ['CONSTELLATION_CACHE_TTL', '1e3'],
    ['CONSTELLATION_TIMEOUT', '0'],
    ['CONSTELLATION_TIMEOUT', '0x10'],
    ['CONSTELLATION_TIMEOUT', '99999999999999999999'],
    ['CONSTELLATION_REQUEST_DELAY', '60001'],
    ['CONSTELLATION_MAX_RETRIES', '2.5'],
    ['CONSTELLATION_RETRY_DELAY', 'NaN'],
    ['CONSTELLATION_CONCURRENCY', '0'],
    ['CONSTELLATION_USER_AGENT', 'naïve'],
    ['REDIS_URL', 'hunter2'],
    ['REDIS_URL', 'http://:hunter2@redis'],
  ] as const) {
    t.throws(
      () => optionsFrom({ [name]: text }),
      { message: new RegExp(`^${name}\\b`) },
      `${name}=${text}`
    );
    try {
      optionsFrom({ [name]: text });
    } catch (error) {
      t.notMatch(JSON.stringify(error) + String(error), /hunter2/);
    }
  }
});

t.test(
  'the setup’s schema has each variable, and no value this refuses',
  async (t) => {
    const variables = [ENABLED_VARIABLE, ...Object.values(OPTION_VARIABLES)];
    for (const { name, read } of variables) {
      if (!isSettingName(name)) {
        t.fail(`${name} is not in the schema`);
        continue;
      }
      const setting = SETTINGS[name];
      t.ok(
        setting.readers.some((reader) => reader === 'client'),
        `${name} is said to be read here`
      );
      if (setting.type !== 'integer') continue;
      for (const value of [setting.min, setting.max]) {
        t.doesNotThrow(() => read(String(value), name), `${name}=${value}`);
      }
    }
  }
);

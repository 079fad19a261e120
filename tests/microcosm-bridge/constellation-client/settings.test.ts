import { readFileSync } from 'node:fs';
import t from 'tap';
import { UsageError } from '../../../lib/cli/index.js';
import { resolveOptions } from '../../../lib/constellation/index.js';
import { API_ENDPOINTS } from '../../../microcosm-bridge/constellation-client/api/api-endpoints.js';
import { SOURCE_HEADERS } from '../../../microcosm-bridge/constellation-client/api/source-headers.js';
import { METRICS } from '../../../microcosm-bridge/constellation-client/metrics/metric-rows.js';
import { variableRows } from '../../../microcosm-bridge/constellation-client/settings/bridge-variables.js';
import { readBridgeSettings } from '../../../microcosm-bridge/constellation-client/settings/bridge-settings.js';

const README = new URL(
  '../../../microcosm-bridge/constellation-client/README.md',
  import.meta.url
);

t.test(
  'an empty environment is a bridge to the public instance on loopback',
  async (t) => {
    const settings = readBridgeSettings({ CONSTELLATION_URL: '' });
    t.match(settings, {
      host: '127.0.0.1',
      port: 3003,
      maxConcurrent: 512,
      logLevel: 'info',
      client: { userAgent: 'constellation-local-bridge' },
    });
    const { main, fallback } = resolveOptions(settings.client);
    t.equal(main.url.host, 'constellation.microcosm.blue');
    t.equal(main.policy.requestsPerSecond, 10);
    t.equal(fallback, null);
  }
);

t.test(
  'the environment of an AppView’s compose file is understood',
  async (t) => {
    const { host, port, client } = readBridgeSettings({
      CONSTELLATION_URL: 'http://constellation-local:6789',
      CONSTELLATION_TIMEOUT: '3000',
      REDIS_URL: 'redis://redis:6379',
      CACHE_ENABLED: 'true',
      CACHE_TTL: '30',
      HEALTH_PORT: '3003',
      MAX_REQUESTS_PER_SECOND: '1000',
      USER_AGENT: 'some-appview/1.0',
      CONSTELLATION_LOCAL_SINCE: '2026-05-01T12:00:00Z',
      CONSTELLATION_FALLBACK_URL: 'off',
      BRIDGE_BIND: '0.0.0.0',
    });
    t.same([host, port], ['0.0.0.0', 3003]);
    const options = resolveOptions(client);
    t.match(options, {
      main: {
        deployment: 'local',
        policy: { ttlSeconds: 30, deadlineMs: 3000, requestsPerSecond: 1000 },
      },
      fallback: null,
      redisUrl: 'redis://redis:6379',
      userAgent: 'some-appview/1.0',
      completeness: { kind: 'since' },
    });
  }
);

t.test('without a cache nothing is kept and Redis is left alone', async (t) => {
  const { client } = readBridgeSettings({
    CACHE_ENABLED: 'false',
    CACHE_TTL: '30',
    REDIS_URL: 'redis://redis:6379',
  });
  const options = resolveOptions(client);
  t.equal(options.main.policy.ttlSeconds, 0);
  t.equal(options.memoryEntries, 0);
  t.equal(options.staleOnErrorSeconds, 0);
  t.equal(options.redisUrl, null);
});

t.test('every bad setting is named, and no password is shown', async (t) => {
  const bad = {
    CONSTELLATION_URL: 'https://user:secret@index.example',
    CONSTELLATION_LOCAL: 'yes',
    CONSTELLATION_LOCAL_SINCE: 'yesterday',
    CONSTELLATION_FALLBACK_URL: 'ftp://index.example',
    CONSTELLATION_TIMEOUT: '5s',
    REDIS_URL: 'http://:secret@redis',
    CACHE_ENABLED: '1',
    CACHE_TTL: '-1',
    HEALTH_PORT: '65536',
    BRIDGE_BIND: 'example.com',
    MAX_REQUESTS_PER_SECOND: 'many',
    USER_AGENT: 'two\nlines',
    BRIDGE_MAX_CONCURRENT: '0',
    CONSTELLATION_LOG_LEVEL: 'loud',
  };
  try {
    readBridgeSettings(bad);
    t.fail('it was taken');
  } catch (error) {
    t.ok(error instanceof UsageError);
    if (!(error instanceof UsageError)) return;
    t.equal(error.exitCode, 2);
    for (const name of Object.keys(bad)) {
      t.ok(
        error.problems.some(({ message }) => message.startsWith(name)),
        name
      );
    }
    t.equal(error.problems.length, Object.keys(bad).length);
    t.notMatch(error.message, /secret/);
  }
});

t.test(
  'the README names every variable, metric and path as they are',
  async (t) => {
    const readme = readFileSync(README, 'utf8');
    const rows = new Map<string, readonly string[]>();
    for (const line of readme.split('\n')) {
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
      const [, first = '', ...rest] = cells;
      rows.set(first, rest.slice(0, -1));
    }
    for (const { name, description, unset } of variableRows()) {
      t.same(rows.get(`\`${name}\``), [description, unset], name);
    }
    for (const { name, help, label } of METRICS) {
      const labelled = label === undefined ? '' : ` (label \`${label}\`)`;
      t.same(rows.get(`\`${name}\``), [help + labelled], name);
    }
    for (const { path, summary } of API_ENDPOINTS.values()) {
      t.same(rows.get(`\`GET ${path}\``), [summary], path);
    }
    for (const header of Object.values(SOURCE_HEADERS)) {
      t.ok(rows.has(`\`${header}\``), header);
    }
  }
);

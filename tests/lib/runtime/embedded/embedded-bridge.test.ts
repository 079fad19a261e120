import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import t from 'tap';
import { openScene } from '../../../../lib/backup/commands/backup-scene.js';
import { fetchJson } from '../../../../lib/health/index.js';
import {
  bridgeCommand,
  type BridgeRedis,
} from '../../../../lib/runtime/embedded/embedded-command.js';
import { parseConfig } from '../../../../lib/runtime/embedded/parse-config.js';
import { EmbeddedRuntime } from '../../../../lib/runtime/embedded/embedded-runtime.js';
import { chooseBridgeRedis } from '../../../../lib/setup/bridge-redis.js';
import { chooseBridgePort } from '../../../../lib/setup/bridge-port.js';
import { stateFolder } from '../../../../lib/runtime/state-folder.js';
import { NO_REDIS, startRedis } from '../../../fixtures/redis-server.js';
import {
  scratchFolder,
  scratchRuntime,
  STAND_IN_PROGRAMS,
  standInConfig,
  untilGone,
} from '../../../fixtures/runtime/scratch.js';
import { testFolder } from '../../../fixtures/test-folder.js';

const BRIDGE = { port: 0, ttlSeconds: 30, timeoutMs: 5000, fallbackUrl: 'off' };

t.test(
  'the bridge runs beside the index, and is missed when it ends',
  async (t) => {
    const { runtime, folder } = scratchRuntime(t);
    const config = standInConfig('good', { bridge: BRIDGE });
    const started = await runtime.start(config);
    t.match(started, {
      state: 'running',
      parts: [
        { name: 'index', state: 'up' },
        { name: 'bridge', state: 'up' },
      ],
    });
    const url = started.urls?.bridge ?? '';
    t.match(await fetchJson(`${url}/health`), {
      status: 200,
      value: {
        mode: 'local',
        main: { url: started.urls?.api },
        fallback: null,
      },
    });
    t.ok(statSync(folder.bridgeLog).size > 0, 'it has a log of its own');
    t.match(await runtime.plan(config), { change: 'none' });
    t.match(await runtime.plan(standInConfig('good')), {
      change: 'restart',
      reasons: [/^bridge on port 0 .* → none$/],
    });

    const bridge = started.parts.find(({ name }) => name === 'bridge');
    const pid = Number(bridge?.id);
    process.kill(pid, 'SIGKILL');
    await untilGone(pid);
    t.match(await runtime.status(), {
      state: 'degraded',
      detail: /but its bridge has ended/,
    });
    t.match(await runtime.plan(config), { change: 'restart' });
    t.match(await runtime.stop(), { state: 'stopped', parts: [] });
  }
);

t.test(
  'the bridge shares the Redis that is set, whose password is nowhere',
  { skip: NO_REDIS ?? false },
  async (t) => {
    const redis = await startRedis(['--requirepass', 'hunter2']);
    t.teardown(() => redis.stop());
    const root = testFolder(t, { env: '' });
    const envFile = path.join(root, 'env');
    const set = redis.url.replace('//', '//:hunter2@');
    writeFileSync(envFile, `REDIS_URL=${set}\n`);
    const chosen = await chooseBridgeRedis({ env: {}, envFile });
    t.same(chosen, { url: set, place: redis.url });
    const bad = { REDIS_URL: 'http://:hunter2@h' };
    await t.rejects(
      chooseBridgeRedis({ env: bad, envFile }),
      { message: /^(?!.*hunter2).*REDIS_URL of the environment/s },
      'the environment comes first, and is not shown'
    );

    const { folder } = scratchRuntime(t);
    const runtime = new EmbeddedRuntime({
      folder,
      programs: STAND_IN_PROGRAMS,
      redis: chosen,
    });
    const config = standInConfig('good', { bridge: BRIDGE });
    const { urls, config: ran } = await runtime.start(config);
    t.equal(ran?.bridge?.redis, redis.url);
    const target = encodeURIComponent('https://shared.example');
    await fetchJson(`${urls?.bridge}/links/all/count?target=${target}`);
    t.match(await fetchJson(`${urls?.bridge}/health`), {
      value: { redis: 'available' },
    });
    for (const file of [folder.embedded, folder.bridgeLog, folder.bridgeOut]) {
      t.notMatch(readFileSync(file, 'utf8'), 'hunter2', file);
    }
    t.match(await runtime.plan(config), { change: 'none' });
    const planWith = (other: BridgeRedis | null) =>
      new EmbeddedRuntime({
        folder,
        programs: STAND_IN_PROGRAMS,
        redis: other,
      }).plan(config);
    t.match(await planWith(null), { change: 'restart' });
    const rotated = set.replace('hunter2', 'hunter3');
    t.match(
      await planWith({ url: rotated, place: redis.url }),
      {
        change: 'restart',
        reasons: [`another user or password of ${redis.url}`],
      },
      'a password alone is noticed as well'
    );
    t.match(await planWith({ url: set, place: redis.url }), { change: 'none' });
  }
);

t.test('a restore starts the bridge with its Redis, too', async (t) => {
  const state = scratchFolder(t);
  const env = { REDIS_URL: 'redis://:hunter2@h:1' };
  const flags = { state, backups: undefined, runtime: 'embedded' } as const;
  const { runtime } = await openScene(flags, env);
  const told = async (sample: boolean): Promise<string> => {
    const config = standInConfig('good', { bridge: BRIDGE, sample });
    const { actions } = await runtime.plan(config);
    return actions.map(({ text }) => text).join();
  };
  t.match(await told(false), /, cache in redis:\/\/h:1$/);
  t.notMatch(await told(true), 'cache in', 'invented numbers stay out of it');
});

t.test('what the bridge is told, and what is read back of it', async (t) => {
  const folder = stateFolder('/s');
  const config = standInConfig('good', { bridge: BRIDGE });
  const command = (
    sample: boolean,
    fallbackUrl: string | null,
    redis: BridgeRedis | null = null
  ) =>
    bridgeCommand(
      '/p/bridge.ts',
      { ...config, sample },
      { ...BRIDGE, fallbackUrl },
      'http://127.0.0.1:1',
      folder,
      redis,
      'tsx'
    );
  t.same(command(false, 'https://other.example').env, {
    CONSTELLATION_URL: 'http://127.0.0.1:1',
    CONSTELLATION_LOCAL: 'true',
    CONSTELLATION_FALLBACK_URL: 'https://other.example',
    CONSTELLATION_TIMEOUT: '5000',
    CONSTELLATION_LOG_LEVEL: 'info',
    CACHE_TTL: '30',
    HEALTH_PORT: '0',
    BRIDGE_BIND: '127.0.0.1',
  });
  t.notOk('CONSTELLATION_FALLBACK_URL' in (command(false, null).env ?? {}));
  t.match(command(true, null).env, { CONSTELLATION_FALLBACK_URL: 'off' });
  const url = 'redis://:hunter2@h';
  const { env, ...rest } = command(false, null, { url, place: 'redis://h' });
  t.match(env, { REDIS_URL: url });
  t.notMatch(JSON.stringify(rest), 'hunter2', 'not in what ps shows');
  t.same(parseConfig(JSON.parse(JSON.stringify(config))), config);
  t.equal(parseConfig({ ...config, bridge: { port: 'x' } }), null);
});

t.test(
  'a taken port leaves the bridge out, unless somebody named it',
  async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => server.close());
    const address = server.address();
    const taken = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const wish = (bridgePort: number | null, bridgePortGiven: boolean) => ({
      bind: '127.0.0.1',
      bridgePort,
      bridgePortGiven,
    });
    t.match(await chooseBridgePort(wish(taken, false), new Set()), {
      port: null,
      warning: /^no bridge: .*--bridge-port PORT gives it another$/,
    });
    await t.rejects(chooseBridgePort(wish(taken, true), new Set()), {
      code: 'PORT_IN_USE',
    });
    const ours = { port: taken, warning: null };
    t.same(await chooseBridgePort(wish(taken, true), new Set([taken])), ours);
    const none = { port: null, warning: null };
    t.same(await chooseBridgePort(wish(null, false), new Set()), none);
  }
);

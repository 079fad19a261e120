import { statSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { fetchJson } from '../../../../lib/health/index.js';
import { bridgeCommand } from '../../../../lib/runtime/embedded/embedded-command.js';
import { parseConfig } from '../../../../lib/runtime/embedded/parse-config.js';
import { chooseBridgePort } from '../../../../lib/setup/bridge-port.js';
import { stateFolder } from '../../../../lib/runtime/state-folder.js';
import {
  scratchRuntime,
  standInConfig,
  untilGone,
} from '../../../fixtures/runtime/scratch.js';

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

t.test('what the bridge is told, and what is read back of it', async (t) => {
  const folder = stateFolder('/s');
  const config = standInConfig('good', { bridge: BRIDGE });
  const command = (sample: boolean, fallbackUrl: string | null) =>
    bridgeCommand(
      '/p/bridge.ts',
      { ...config, sample },
      { ...BRIDGE, fallbackUrl },
      'http://127.0.0.1:1',
      folder,
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

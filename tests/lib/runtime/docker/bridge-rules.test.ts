import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import {
  bridgeReasons,
  type BridgeWish,
} from '../../../../lib/runtime/docker/bridge-plan.js';
import { bridgeRedis } from '../../../../lib/runtime/docker/bridge-redis.js';
import {
  bridgeSource,
  SOURCE_LABEL,
} from '../../../../lib/runtime/docker/bridge-source.js';
import { withFormerBridge } from '../../../../lib/runtime/docker/change-bridge.js';
import type { ContainerFacts } from '../../../../lib/runtime/docker/container.js';
import type { DockerRecord } from '../../../../lib/runtime/docker/docker-record.js';
import { bridgeVariables } from '../../../../lib/runtime/docker/stack-variables.js';

const CONFIG = {
  bind: '127.0.0.1',
  port: 6789,
  metricsPort: null,
  jetstream: [],
  dataPath: null,
  logLevel: 'warn',
  workers: null,
  sample: false,
  bridge: { port: 3003, ttlSeconds: 30, timeoutMs: 5000, fallbackUrl: null },
} as const;

const RECORD: DockerRecord = {
  phase: 'running',
  config: CONFIG,
  stack: {
    project: 'p',
    folder: '/f',
    envFolder: '/f',
    baseFiles: [],
    overlayFile: '/o',
    switched: [],
    apps: [],
  },
  variables: { CONSTELLATION_BRIDGE_IMAGE: 'b:1' },
  image: 'i',
  previousImage: null,
  formerImages: ['x'],
  since: null,
};

const BRIDGE: ContainerFacts = {
  id: 'abc',
  name: 'p-bridge-1',
  service: 'constellation-local-bridge',
  imageId: 'sha256:1',
  image: 'b:1',
  status: 'running',
  exitCode: 0,
  isOutOfMemory: false,
  restartCount: 0,
  stopSignal: null,
  stopGraceSeconds: null,
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '',
  health: null,
  environment: { REDIS_URL: 'redis://:secret@r' },
  mounts: new Map(),
  ports: new Map(),
  addresses: new Map(),
  labels: { [SOURCE_LABEL]: 'now' },
};

const WISH: BridgeWish = {
  config: CONFIG,
  bridgeImage: 'b:1',
  bridgeSource: 'now',
  bridgeRedis: 'redis://:secret@r',
};

t.test('why a bridge is made anew', async (t) => {
  for (const [change, reasons] of [
    [{}, []],
    [{ bridgeSource: 'next' }, ['the image of the bridge is of older code']],
    [{ bridgeSource: null }, []],
    [
      { bridgeRedis: 'redis://:other@r' },
      ['the bridge is to have another Redis, or none'],
    ],
    [{ bridgeRedis: null }, []],
    [{ bridgeImage: 'b:2' }, ['image of the bridge b:1 → b:2']],
    [{ config: { ...CONFIG, bridge: null } }, ['no bridge is wanted']],
  ] as const) {
    const wish = { ...WISH, ...change };
    const seen = { record: RECORD, bridge: BRIDGE };
    t.strictSame(bridgeReasons(seen, wish), reasons, JSON.stringify(change));
  }
  const bridge = { ...CONFIG.bridge, logLevel: 'debug' } as const;
  const [reason = ''] = bridgeReasons(
    { record: RECORD, bridge: BRIDGE },
    { ...WISH, config: { ...CONFIG, bridge } }
  );
  t.match(reason, /^bridge on port 3003 .*, logs debug\)$/);
});

t.test('it logs as told, else as much as the index', async (t) => {
  const level = (logLevel?: 'debug'): string | undefined =>
    bridgeVariables({ ...CONFIG, bridge: { ...CONFIG.bridge, logLevel } }, {})
      .CONSTELLATION_BRIDGE_LOG_LEVEL;
  t.equal(level(), 'warn');
  t.equal(level('debug'), 'debug');
});

t.test('the image of one that goes is left to teardown', async (t) => {
  t.strictSame(withFormerBridge(RECORD, {}), ['x', 'b:1']);
  const same = { CONSTELLATION_BRIDGE_IMAGE: 'b:1' };
  t.strictSame(withFormerBridge(RECORD, same), ['x']);
  const none = { ...RECORD, config: { ...CONFIG, bridge: null } };
  t.strictSame(withFormerBridge(none, {}), ['x']);
});

t.test('what an image is built from is told by its bytes', async (t) => {
  const folder = t.testdir({ Dockerfile: 'FROM x', dist: { 'a.mjs': 'a' } });
  const first = await bridgeSource('node:22', folder);
  t.match(first, /^[0-9a-f]{64}$/);
  t.equal(await bridgeSource('node:22', folder), first);
  t.not(await bridgeSource('node:24', folder), first, 'another base');
  writeFileSync(path.join(folder, 'dist/a.mjs'), 'b');
  t.not(await bridgeSource('node:22', folder), first, 'other code');
  t.equal(await bridgeSource('node:22', t.testdir({})), null);
});

t.test('its Redis is of the shell, else of .env', async (t) => {
  const envFolder = t.testdir({
    '.env': "CONSTELLATION_BRIDGE_REDIS_URL='redis://r'\n",
  });
  const name = 'CONSTELLATION_BRIDGE_REDIS_URL';
  t.equal(await bridgeRedis({ envFolder }, {}), 'redis://r');
  t.equal(await bridgeRedis({ envFolder }, { [name]: '' }), '', 'set to none');
  t.equal(await bridgeRedis({ envFolder: t.testdir({}) }, {}), '');
  writeFileSync(path.join(envFolder, '.env'), `${name}=redis://$USER@r\n`);
  t.equal(await bridgeRedis({ envFolder }, {}), null, 'Compose may replace it');
});

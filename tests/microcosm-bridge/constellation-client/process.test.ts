import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import t from 'tap';
import { ask } from '../../fixtures/bridge.js';

const MAIN = new URL(
  '../../../microcosm-bridge/constellation-client/main.ts',
  import.meta.url
).pathname;

interface Running {
  readonly child: ReturnType<typeof spawn>;
  readonly line: Promise<string>;
  readonly ended: Promise<{ readonly code: unknown; readonly stderr: string }>;
}

function run(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = []
): Running {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const lines = createInterface({ input: child.stdout });
  const line = once(lines, 'line').then(([first]) => String(first));
  // It may end without a line.
  line.catch(() => undefined);
  const ended = once(child, 'close').then(([code]: unknown[]) => ({
    code,
    stderr,
  }));
  return { child, line, ended };
}

t.test('it announces itself, answers, and stops with 0', async (t) => {
  const bridge = run({
    CONSTELLATION_URL: 'http://127.0.0.1:9',
    CONSTELLATION_FALLBACK_URL: 'off',
    HEALTH_PORT: '0',
  });
  t.teardown(() => bridge.child.kill('SIGKILL'));
  const { bridge: url } = JSON.parse(await bridge.line) as { bridge: string };
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/, 'on loopback unless asked');
  t.match(await ask(`${url}/health`), {
    status: 200,
    body: { status: 'ok', mode: 'local', main: { requests: 0 } },
  });

  const port = new URL(url).port;
  const second = await run({ HEALTH_PORT: port }).ended;
  t.equal(second.code, 1);
  t.match(second.stderr, /port in use[^]*BRIDGE_BIND and HEALTH_PORT/);

  bridge.child.kill('SIGTERM');
  const { code, stderr } = await bridge.ended;
  t.equal(code, 0);
  t.match(stderr, /listening on .*asks http:\/\/127\.0\.0\.1:9 \(local\)/);
  t.match(stderr, /SIGTERM: giving the last answers\n.*stopped/);
});

t.test('a bad setting or flag ends it with 2 before it listens', async (t) => {
  const setting = await run({ CACHE_TTL: 'long', HEALTH_PORT: 'http' }).ended;
  t.equal(setting.code, 2);
  t.match(setting.stderr, /CACHE_TTL = "long" is not a decimal number/);
  t.match(setting.stderr, /HEALTH_PORT = "http" is not a decimal number/);
  const flag = await run({}, ['--port', '1']).ended;
  t.equal(flag.code, 2);
  t.match(flag.stderr, /--port/);
});

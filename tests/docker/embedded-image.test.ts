import { appendFileSync, cpSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { OVERLAY_FILE } from '../../lib/compose/index.js';
import {
  BASE,
  COMPOSES,
  docker,
  inspect,
  requireEngine,
  run,
  until,
} from '../fixtures/docker/engine.js';
import {
  buildEmbeddedImage,
  goldenProblems,
  makeStack,
} from '../fixtures/docker/stack.js';

const ROOT = new URL('../..', import.meta.url).pathname;

t.before(() => requireEngine([BASE.debian, BASE.node]));

t.test('the embedded index in a container, by the same overlay', async (t) => {
  const [v1] = COMPOSES;
  if (v1 === undefined) throw new Error('no Compose 1');
  const name = `clemb-${process.pid}`;
  await buildEmbeddedImage(name, v1.env);
  const stack = makeStack(v1, t.testdir(), name);
  t.teardown(async () => {
    await stack.remove();
    await run(['docker', 'rmi', '-f', name]);
  });
  for (const part of [OVERLAY_FILE, 'microcosm-bridge/constellation']) {
    cpSync(path.join(ROOT, part), path.join(stack.folder, part), {
      recursive: true,
    });
  }
  appendFileSync(
    path.join(stack.folder, '.env'),
    `CONSTELLATION_IMAGE=${name}
CONSTELLATION_PORT=0
CONSTELLATION_METRICS_PORT=0
JETSTREAM_URL=ws://jetstream:6008/subscribe
`
  );
  const files = ['-f', 'docker-compose.yml', '-f', OVERLAY_FILE];
  const services = ['jetstream', 'constellation-local'];
  await stack.compose(...files, 'up', '-d', ...services);
  const id = await stack.idOf('constellation-local');
  const inside = (...command: readonly string[]) =>
    run(['docker', 'exec', id, ...command]);
  const health = (): Promise<string> =>
    docker('inspect', '-f', '{{.State.Health.Status}}', id);
  const api = async (): Promise<string> =>
    `http://${(await docker('port', id, '6789/tcp')).split('\n')[0] ?? ''}`;
  const indexed = async (): Promise<number> => {
    const answer = await fetch(`${await api()}/health`).catch(() => null);
    const document = (await answer?.json()) as { events_total?: number };
    return document?.events_total ?? 0;
  };

  await until(health, (status) => status === 'healthy', 'health');
  await until(indexed, (count) => count >= 600, 'the golden events');
  t.strictSame(await goldenProblems(await api()), []);

  t.equal((await inside('id', '-u')).stdout.trim(), '10001');
  t.match(
    (await inside('cat', '/proc/1/status')).stdout,
    /CapEff:\s+0+\n[^]*NoNewPrivs:\s+1/
  );
  t.not((await inside('touch', '/opt/x')).code, 0, 'read-only');
  t.not((await inside('sh', '-c', 'command -v npm')).code, 0, 'no npm');

  // Killed in mid-write: it comes back with the same answers.
  const pid = await docker('inspect', '-f', '{{.State.Pid}}', id);
  process.kill(Number(pid), 'SIGKILL');
  await until(
    () => docker('inspect', '-f', '{{.RestartCount}} {{.State.Status}}', id),
    (state) => state === '1 running',
    'a restart'
  );
  await until(indexed, (count) => count > 0, 'events after the restart');
  t.strictSame(await goldenProblems(await api()), []);

  await docker('stop', '-t', '60', id);
  t.match(await inspect(id), { State: { ExitCode: 0, OOMKilled: false } });
  // Stopped while it starts, it does not wait for the kill (137).
  for (const startingMs of [0, 100, 300, 600]) {
    await docker('start', id);
    await pause(startingMs);
    await docker('stop', '-t', '20', id);
    const code = await docker('inspect', '-f', '{{.State.ExitCode}}', id);
    t.not(code, '137', `stopped ${startingMs} ms after its start`);
  }
  // A new container on the same volume is not taken for a second index.
  await stack.compose(...files, 'up', '-d', '--force-recreate', ...services);
  const again = await stack.idOf('constellation-local');
  t.not(again, id);
  const port = await docker('port', again, '6789/tcp');
  await until(
    async () => {
      const url = `http://${port.split('\n')[0] ?? ''}/ready`;
      return (await fetch(url).catch(() => null))?.status ?? 0;
    },
    (status) => status === 200,
    'ready after it was made anew'
  );
});

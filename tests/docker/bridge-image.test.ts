import t from 'tap';
import { removeFormer } from '../../lib/runtime/docker/bridge-image.js';
import { openEngine } from '../../lib/runtime/docker/engine.js';
import {
  BASE,
  COMPOSES,
  docker,
  requireEngine,
  run,
  until,
} from '../fixtures/docker/engine.js';
import { ask } from '../fixtures/bridge.js';
import { startGoldenApi } from '../fixtures/golden-api.js';
import { freePort } from '../fixtures/free-port.js';

const FOLDER = new URL(
  '../../microcosm-bridge/constellation-client',
  import.meta.url
).pathname;
const DID = 'did:plc:o2kzycnrhzij6gb6j4gsda3h';

t.before(() => requireEngine([BASE.node]));

t.test('the folder alone is a build context, for both builders', async (t) => {
  const golden = await startGoldenApi(t.testdir());
  const name = `clbridge-${process.pid}`;
  t.teardown(async () => {
    await golden.close();
    await run(['docker', 'rm', '-f', name]);
    await run(['docker', 'rmi', '-f', name]);
  });
  for (const { env } of COMPOSES) {
    const node = `NODE_IMAGE=${BASE.node}`;
    const built = await run(
      ['docker', 'build', '-q', '-t', name, '--build-arg', node, FOLDER],
      { env }
    );
    t.equal(built.code, 0, built.stderr);
  }

  const port = await freePort();
  const settings = {
    CONSTELLATION_URL: golden.url,
    CONSTELLATION_FALLBACK_URL: 'off',
    HEALTH_PORT: String(port),
  };
  await docker(
    ...['run', '-d', '--name', name, '--network', 'host'],
    ...['--read-only', '--cap-drop', 'ALL', '--memory', '128m'],
    ...['--security-opt', 'no-new-privileges', '--pids-limit', '50'],
    ...Object.entries(settings).flatMap(([key, value]) => [
      '-e',
      `${key}=${value}`,
    ]),
    name
  );
  const health = (): Promise<string> =>
    docker('inspect', '-f', '{{.State.Health.Status}}', name);
  await until(health, (status) => status === 'healthy', 'health');

  const answer = await ask(`http://127.0.0.1:${port}/v1/profiles`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ dids: [DID] }),
  });
  t.match(answer.body, { profiles: [{ did: DID, stats: { followers: 19 } }] });
  t.equal(await docker('exec', name, 'id', '-u'), '10001');

  await docker('stop', '-t', '10', name);
  const code = await docker('inspect', '-f', '{{.State.ExitCode}}', name);
  t.equal(code, '0', 'SIGTERM ends it well');
});

t.test('a bad setting ends the container with 2 and names it', async (t) => {
  const name = `clbridge-bad-${process.pid}`;
  const node = `NODE_IMAGE=${BASE.node}`;
  await docker('build', '-q', '-t', name, '--build-arg', node, FOLDER);
  t.teardown(() => run(['docker', 'rmi', '-f', name]));
  const ended = await run(
    ['docker', 'run', '--rm', '-e', 'CACHE_TTL=soon', name],
    {}
  );
  t.equal(ended.code, 2);
  t.match(ended.stderr, /CACHE_TTL/);
});

t.test('an image that was built anew goes, unless it is named', async (t) => {
  const name = `clbridge-former-${process.pid}`;
  const folder = t.testdir({
    Dockerfile: `FROM ${BASE.debian}\nLABEL former=${process.pid}\n`,
  });
  t.teardown(() => run(['docker', 'rmi', '-f', `${name}:mine`]));
  const id = await docker('build', '-q', '-t', `${name}:mine`, folder);
  const engine = openEngine();
  await removeFormer(engine, { name: `${name}:local`, id });
  t.equal(await docker('images', '-q', '--no-trunc', name), id, 'it is mine');
  await docker('tag', BASE.debian, `${name}:mine`);
  await removeFormer(engine, { name: `${name}:local`, id });
  t.not((await run(['docker', 'image', 'inspect', id])).code, 0, 'it is gone');
  await removeFormer(engine, { name: `${name}:local`, id });
});

/** The settings file, as the container reads it at every start. */
import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { OVERLAY_FILE } from '../../lib/compose/index.js';
import {
  BASE,
  compose,
  COMPOSES,
  docker,
  removeProject,
  requireEngine,
  until,
} from '../fixtures/docker/engine.js';

const ROOT = new URL('../..', import.meta.url).pathname;
const ALONE = ['-f', OVERLAY_FILE];

t.before(() => requireEngine());

t.test('plain commands change what the settings file says', async (t) => {
  const generation = COMPOSES[0];
  if (generation === undefined) throw new Error('no Compose');
  const project = `clset-${process.pid}`;
  // A folder that holds this toolkit and no AppView.
  const cwd = t.testdir({});
  for (const part of [OVERLAY_FILE, 'microcosm-bridge/constellation']) {
    cpSync(path.join(ROOT, part), path.join(cwd, part), { recursive: true });
  }
  const image = `${project}-index`;
  t.teardown(async () => {
    await removeProject(project);
    await docker('rmi', '-f', image);
  });
  // The real entrypoint over a server that sleeps.
  writeFileSync(
    path.join(cwd, 'Dockerfile.index'),
    `FROM ${BASE.debian}
COPY microcosm-bridge/constellation/runtime/ /usr/local/bin/
RUN ln -s /bin/sleep /usr/local/bin/main && mkdir -p /data /etc/constellation && chown 10001:10001 /data
ENV CONSTELLATION_SERVER_BIN=/usr/local/bin/say-flags
RUN printf '#!/bin/sh\\necho "flags: $*"\\nexec sleep 300\\n' >/usr/local/bin/say-flags && chmod +x /usr/local/bin/say-flags
ENTRYPOINT ["constellation-entrypoint"]
`
  );
  await docker(
    'build',
    '-q',
    '-t',
    image,
    '-f',
    `${cwd}/Dockerfile.index`,
    cwd
  );
  const settings = path.join(cwd, '.env.constellation-local');
  writeFileSync(
    settings,
    'CONSTELLATION_LOG_LEVEL=info\nCONSTELLATION_PORT=0\n'
  );
  const env = {
    COMPOSE_PROJECT_NAME: project,
    CONSTELLATION_IMAGE: image,
    CONSTELLATION_PORT: '0',
    CONSTELLATION_METRICS_PORT: '0',
    CONSTELLATION_ENV_FILE: settings,
  };
  await compose(generation, [...ALONE, 'up', '-d', 'constellation-local'], {
    cwd,
    env,
  });
  const [id = ''] = (
    await docker(
      'ps',
      '-q',
      '--filter',
      `label=com.docker.compose.project=${project}`
    )
  ).split('\n');
  const logs = (): Promise<string> =>
    compose(generation, [...ALONE, 'logs', '--no-color'], { cwd, env });
  await until(logs, (text) => text.includes('flags: '), 'the first start');
  t.notMatch(await logs(), /runs .*say-flags/, 'no debug line at info');
  writeFileSync(
    settings,
    'CONSTELLATION_LOG_LEVEL=debug\nCONSTELLATION_PORT=7001\n'
  );
  await compose(
    generation,
    [...ALONE, 'restart', '-t', '1', 'constellation-local'],
    { cwd, env }
  );
  const text = await until(logs, (all) => all.includes('runs '), 'the restart');
  t.match(text, /CONSTELLATION_LOG_LEVEL=debug/);
  t.match(
    text,
    /CONSTELLATION_PORT .* the container was made with '0', '7001' needs a new one/
  );
  t.equal(
    await docker(
      'ps',
      '-q',
      '--filter',
      `label=com.docker.compose.project=${project}`
    ),
    id,
    'the same container'
  );
});

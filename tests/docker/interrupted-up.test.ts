import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { composeUp } from '../../lib/runtime/docker/compose-up.js';
import { findContainers } from '../../lib/runtime/docker/container.js';
import { DockerRuntime } from '../../lib/runtime/docker/docker-runtime.js';
import { recreateServices } from '../../lib/runtime/docker/recreate-services.js';
import { stateFolder } from '../../lib/runtime/state-folder.js';
import {
  BASE,
  COMPOSES,
  docker,
  removeProject,
  requireEngine,
  until,
} from '../fixtures/docker/engine.js';

/** As an AppView whose process does not hear SIGTERM; not a few do not. */
const DEAF = `services:
  app:
    image: ${BASE.debian}
    command: ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"]
    environment: { ASKS: "$ASKS" }
    stop_grace_period: 4s
`;

t.before(() => requireEngine());
// Most of the time is waiting for a container to be killed.
t.jobs = 2;

for (const { name } of COMPOSES) {
  const title = `${name}: an up that is interrupted while it stops a container`;
  t.test(title, { buffered: true }, async (t) => {
    const project = `clint-${name}-${process.pid}`;
    t.teardown(() => removeProject(project));
    const folder = t.testdir({ 'docker-compose.yml': DEAF });
    // Without its plugins docker has no Compose 2.
    const config = name === 'v1' ? { DOCKER_CONFIG: folder } : {};
    const runtime = new DockerRuntime({
      folder: stateFolder(path.join(folder, 'state')),
      env: { ...process.env, ...config },
    });
    const { engine } = runtime;
    const program = await runtime.compose();
    t.equal(`v${program.generation}`, name);
    writeFileSync(path.join(folder, 'overlay.yml'), 'services: {}\n');
    const stack = {
      ...{ project, folder, envFolder: folder },
      ...{ switched: ['app'], apps: ['app'] },
      baseFiles: [path.join(folder, 'docker-compose.yml')],
      overlayFile: path.join(folder, 'overlay.yml'),
    };
    const up = async (asks: string, signal?: AbortSignal): Promise<void> => {
      const variables = { ASKS: asks };
      const services = ['app'];
      await composeUp(program, stack, {
        ...{ engine, services, view: 'base', variables, signal },
      });
    };
    await up('the remote');
    const [first] = await findContainers(engine, project, 'app');

    const interrupt = new AbortController();
    const interrupted = up('the index', interrupt.signal);
    await until(
      () =>
        docker(
          ...['events', '--since', '1m', '--until', '0s'],
          ...['--filter', `container=${first?.id ?? ''}`],
          ...['--filter', 'event=kill']
        ),
      (events) => events !== '',
      'asked to stop'
    );
    const atMs = Date.now();
    interrupt.abort(new Error('Ctrl-C'));
    await t.rejects(interrupted, { message: 'Ctrl-C' });

    await up('the remote');
    const found = await findContainers(engine, project, 'app');
    t.match(found, [
      {
        status: 'running',
        name: first?.name,
        environment: { ASKS: 'the remote' },
      },
    ]);
    t.equal(found.length, 1);
    const startedMs = Date.parse(found[0]?.startedAt ?? '');
    t.ok(startedMs > atMs, 'not the one that is about to be killed');

    // Interrupted sooner, between making the new one and asking the old one.
    const labels = Object.entries(found[0]?.labels ?? {});
    await docker(
      ...['create', '--name', `0123_${first?.name ?? ''}`],
      ...labels.flatMap((label) => ['--label', label.join('=')]),
      ...['--label', 'com.docker.compose.config-hash=of-the-index'],
      BASE.debian
    );
    writeFileSync(path.join(folder, '.env'), 'ASKS=the remote\n');
    await recreateServices(runtime, {
      ...{ stack, view: 'base', services: ['app'] },
    });
    const last = await findContainers(engine, project, 'app');
    t.strictSame(
      last.map(({ status, name: is, environment }) => [
        status,
        is,
        environment['ASKS'],
      ]),
      [['running', first?.name, 'the remote']]
    );
  });
}

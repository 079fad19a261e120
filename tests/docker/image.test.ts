import { appendFileSync, cpSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { OVERLAY_FILE } from '../../lib/compose/index.js';
import {
  BASE,
  compose,
  COMPOSES,
  docker,
  inspect,
  removeProject,
  requireEngine,
  run,
  succeed,
  until,
  type Compose,
} from '../fixtures/docker/engine.js';
import { buildSourceImage } from '../fixtures/docker/source-image.js';

const ROOT = new URL('../..', import.meta.url).pathname;
const NAME = `climg-${process.pid}`;
const SOURCE_IMAGE = `${NAME}-source`;
const VARIABLES = {
  MICROCOSM_REPO: 'file:///repository',
  CONSTELLATION_RUST_IMAGE: SOURCE_IMAGE,
  CONSTELLATION_RUNTIME_IMAGE: BASE.debian,
  CARGO_BUILD_JOBS: '1',
  CONSTELLATION_PORT: '0',
  CONSTELLATION_METRICS_PORT: '0',
};

t.before(async () => {
  await requireEngine([BASE.debian, BASE.rust]);
  await buildSourceImage(SOURCE_IMAGE, t.testdir());
});
t.teardown(async () => {
  await run(['docker', 'rmi', '-f', SOURCE_IMAGE]);
});

/** The toolkit's folder with the overlay alone in it. */
function toolkit(dir: string): string {
  for (const part of [OVERLAY_FILE, 'microcosm-bridge/constellation']) {
    cpSync(path.join(ROOT, part), path.join(dir, part), { recursive: true });
  }
  return dir;
}

async function build(
  generation: Compose,
  cwd: string,
  image: string,
  version: string
): Promise<void> {
  await compose(
    generation,
    ['-f', OVERLAY_FILE, 'build', 'constellation-local'],
    {
      cwd,
      env: {
        ...VARIABLES,
        CONSTELLATION_IMAGE: image,
        CONSTELLATION_VERSION: version,
      },
    }
  );
}

/** When the program was compiled: it changes only when it is compiled again. */
async function compiledAt(image: string): Promise<string> {
  return await docker(
    ...['run', '--rm', '--entrypoint', 'stat', image],
    ...['-c', '%y', '/usr/local/bin/main']
  );
}

for (const generation of COMPOSES) {
  const builder = generation.name === 'v1' ? 'the classic builder' : 'BuildKit';
  t.test(
    `${builder} makes the image, and compiles no more than it has to`,
    async (t) => {
      const cwd = toolkit(t.testdir());
      const image = `${NAME}-${generation.name}`;
      const scripts = path.join(cwd, 'microcosm-bridge/constellation/runtime');
      t.teardown(() => run(['docker', 'rmi', '-f', image]));
      await build(generation, cwd, image, 'v1');
      const first = await compiledAt(image);
      t.match(await inspect(image), {
        Config: {
          User: '10001:10001',
          StopSignal: 'SIGINT',
          Volumes: { '/data': {} },
          ExposedPorts: { '6789/tcp': {}, '8765/tcp': {} },
          Labels: {
            'org.opencontainers.image.licenses': 'AGPL-3.0-only',
            'org.opencontainers.image.source': 'file:///repository',
            'org.opencontainers.image.version': 'v1',
          },
        },
      });
      appendFileSync(
        path.join(scripts, 'constellation-entrypoint'),
        '# more\n'
      );
      await build(generation, cwd, image, 'v1');
      t.equal(await compiledAt(image), first, 'a script: not compiled again');
      t.match(
        await docker(
          'run',
          '--rm',
          '--entrypoint',
          'tail',
          image,
          '-n1',
          '/usr/local/bin/constellation-entrypoint'
        ),
        '# more'
      );
      await build(generation, cwd, image, 'main');
      t.not(await compiledAt(image), first, 'another revision: compiled');
      const licences = await docker(
        'run',
        '--rm',
        '--entrypoint',
        'ls',
        image,
        '/usr/share/doc/constellation'
      );
      t.match(licences, /REVISION/);
      t.match(licences, /licence/);
    }
  );
}

t.test(
  'the image runs locked in, says how it is, and stops at once',
  async (t) => {
    const [, v2] = COMPOSES;
    if (v2 === undefined) throw new Error('no Compose 2');
    const cwd = toolkit(t.testdir());
    const image = `${NAME}-run`;
    const project = NAME;
    const env = {
      ...VARIABLES,
      CONSTELLATION_IMAGE: image,
      COMPOSE_PROJECT_NAME: project,
    };
    t.teardown(async () => {
      await removeProject(project);
      await run(['docker', 'rmi', '-f', image]);
    });
    await build(v2, cwd, image, 'v1');
    const [size, base] = (
      await docker('image', 'inspect', '-f', '{{.Size}}', image, BASE.debian)
    )
      .split('\n')
      .map(Number);
    const addedMiB = ((size ?? NaN) - (base ?? NaN)) / 2 ** 20;
    t.ok(addedMiB < 40, `${addedMiB.toFixed(1)} MiB more than its base`);
    await compose(
      v2,
      ['-f', OVERLAY_FILE, 'up', '-d', '--no-build', 'constellation-local'],
      { cwd, env }
    );
    const id = await docker(
      'ps',
      '-q',
      '--filter',
      `label=com.docker.compose.project=${project}`
    );
    const inside = (...command: readonly string[]) =>
      run(['docker', 'exec', id, ...command]);
    const health = (): Promise<string> =>
      docker(
        'inspect',
        '-f',
        '{{.State.Health.Status}} {{with $h := .State.Health}}{{range $h.Log}}{{.Output}}{{end}}{{end}}',
        id
      );

    t.equal((await inside('id', '-u')).stdout.trim(), '10001');
    t.match(
      (await inside('cat', '/proc/1/status')).stdout,
      /CapEff:\s+0+\n[^]*NoNewPrivs:\s+1/
    );
    t.not(
      (await inside('touch', '/etc/x')).code,
      0,
      'its root file system is read-only'
    );
    t.equal((await inside('touch', '/data/x', '/tmp/x')).code, 0);
    for (const tool of ['curl', 'wget', 'gcc', 'git', 'cargo']) {
      t.not(
        (await inside('sh', '-c', `command -v ${tool}`)).code,
        0,
        `no ${tool}`
      );
    }
    t.match(
      (await inside('cat', '/data/flags')).stdout,
      /--jetstream\nwss:\/\/jetstream2\.us-east[^]*--data\n\/data\n--collect-metrics[^]*--backend\nrocks/
    );
    t.match(
      await until(health, (text) => text.startsWith('healthy'), 'health'),
      /events are taken in/
    );

    await inside('touch', '/data/silent');
    const answer = await inside('constellation-health');
    t.equal(answer.code, 1);
    t.match(answer.stdout, /unhealthy: the API did not answer in time/);
    await inside('rm', '/data/silent');

    // Lost for good: the server exits with 0, and comes back.
    await inside('touch', '/data/lost');
    const restarts = (): Promise<string> =>
      docker('inspect', '-f', '{{.RestartCount}}', id);
    await until(restarts, (count) => count !== '0', 'a restart');
    await docker(
      'run',
      '--rm',
      '-v',
      `${project}_constellation-data:/data`,
      '--user',
      '10001',
      '--entrypoint',
      'rm',
      image,
      '/data/lost'
    );
    await until(
      () => docker('inspect', '-f', '{{.State.Status}}', id),
      (state) => state === 'running',
      'it runs again'
    );
    await until(health, (text) => text.startsWith('healthy'), 'health');

    const beginMs = performance.now();
    await succeed(['docker', 'stop', '-t', '60', id]);
    t.ok(performance.now() - beginMs < 20_000, 'it stopped by itself');
    t.match(await inspect(id), { State: { ExitCode: 0, OOMKilled: false } });
    t.equal(
      await docker(
        'run',
        '--rm',
        '-v',
        `${project}_constellation-data:/data`,
        '--entrypoint',
        'cat',
        image,
        '/data/signals'
      ),
      '1',
      'one SIGINT and no second'
    );

    // A disk of 8 MB: it is left before it is full, and waited for.
    const small = `${project}-small`;
    await docker(
      ...['volume', 'create', '--opt', 'type=tmpfs', '--opt', 'device=tmpfs'],
      ...['--opt', 'o=size=8m,uid=10001,gid=10001', small]
    );
    t.teardown(async () => {
      await run(['docker', 'rm', '-f', small]);
      await run(['docker', 'volume', 'rm', small]);
    });
    // What is in such a volume goes with the last container that has it.
    const keeper = `${small}-keeper`;
    t.teardown(() => run(['docker', 'rm', '-f', keeper]));
    await docker(
      ...['run', '-d', '--name', keeper, '-v', `${small}:/data`],
      ...['--entrypoint', 'sleep', image, '600']
    );
    await docker(
      ...['run', '-d', '--name', small, '--restart', 'unless-stopped'],
      ...['-v', `${small}:/data`, '-e', 'JETSTREAM_URL=us-east-1'],
      ...['-e', 'CONSTELLATION_DISK_FLOOR_MIB=4'],
      ...['-e', 'CONSTELLATION_DISK_GUARD_STEP=1', image]
    );
    const log = async (): Promise<string> => {
      const { stdout, stderr } = await run(['docker', 'logs', small]);
      return stdout + stderr;
    };
    const said = (what: string): Promise<string> =>
      until(log, (text) => text.includes(what), what);
    await until(
      () => run(['docker', 'exec', small, 'cat', '/data/flags']),
      ({ code }) => code === 0,
      'the server'
    );
    await docker(
      ...['exec', keeper, 'dd', 'if=/dev/zero', 'of=/data/filler'],
      ...['bs=1M', 'count=5']
    );
    await said('stopping the server');
    await said('MiB are free where the data is, the server starts at 6 MiB');
    t.equal(
      (await run(['docker', 'exec', keeper, 'cat', '/data/signals'])).stdout,
      '1',
      'stopped cleanly'
    );
    await docker('exec', keeper, 'rm', '/data/filler');
    t.match(await said('there is room again'), 'starting');
  }
);

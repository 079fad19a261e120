import t from 'tap';
import { OVERLAY_FILE } from '../../lib/compose/index.js';
import {
  BASE,
  compose,
  COMPOSES,
  docker,
  inspect,
  removeProject,
  run,
  succeed,
  until,
} from '../fixtures/docker/engine.js';
import {
  copyOverlay,
  prepareOverlayImage,
} from '../fixtures/docker/overlay-image.js';
import { testFolder } from '../fixtures/test-folder.js';

const NAME = `clrun-${process.pid}`;
const image = NAME;
const [, v2] = COMPOSES;
if (v2 === undefined) throw new Error('no Compose 2');

const { build, variables } = await prepareOverlayImage(t, NAME);
const cwd = copyOverlay(testFolder(t));
t.before(() => build(v2, cwd, image, 'v1'));
t.teardown(() => run(['docker', 'rmi', '-f', image]));

t.test(
  'the image runs locked in, says how it is, and stops at once',
  async (t) => {
    const project = NAME;
    const env = {
      ...variables,
      CONSTELLATION_IMAGE: image,
      COMPOSE_PROJECT_NAME: project,
    };
    t.teardown(() => removeProject(project));
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
  }
);

t.test(
  'a disk of 8 MB is left before it is full, and waited for',
  async (t) => {
    const small = `${NAME}-small`;
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

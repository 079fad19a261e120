/** Setup that has to build the real server's image first. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import {
  BASE,
  COMPOSES,
  docker,
  requireEngine,
  run,
  until,
} from '../fixtures/docker/engine.js';
import { makePlace, type Place } from '../fixtures/docker/set-up.js';
import { buildSourceImage } from '../fixtures/docker/source-image.js';

const NAME = `clbld-${process.pid}`;
const IMAGE = 'constellation-local:v1';
/** Base images: with the source and a compiler, one that takes long, one that fails. */
const [GOOD, SLOW, BROKEN] = [`${NAME}-good`, `${NAME}-slow`, `${NAME}-broken`];

/** Bases whose apt-get, the first thing a build calls, does that instead. */
const APT_GETS = [
  [SLOW, 'exec sleep 600'],
  [
    BROKEN,
    'echo "Err:1 http://deb.example bookworm InRelease"; echo "  Temporary failure resolving deb.example" >&2; exit 100',
  ],
] as const;

t.before(async () => {
  await requireEngine([BASE.debian, BASE.rust]);
  const dir = t.testdir();
  await buildSourceImage(GOOD, dir);
  for (const [image, does] of APT_GETS) {
    const file = path.join(dir, 'Dockerfile.apt');
    writeFileSync(
      file,
      `FROM ${BASE.debian}
RUN printf '#!/bin/sh\\n%s\\n' '${does}' >/usr/local/bin/apt-get && chmod 755 /usr/local/bin/apt-get
`
    );
    await docker('build', '-q', '-t', image, '-f', file, dir);
  }
});
t.teardown(() => run(['docker', 'rmi', '-f', GOOD, SLOW, BROKEN, IMAGE]));

for (const generation of COMPOSES) {
  const builder = generation.name === 'v1' ? 'the classic builder' : 'BuildKit';
  t.test(`${builder}, interrupted, failing and good`, async (t) => {
    const project = `${NAME}-${generation.name}`;
    const env: Record<string, string> = {
      MICROCOSM_REPO: 'file:///repository',
      CONSTELLATION_RUNTIME_IMAGE: BASE.debian,
      CARGO_BUILD_JOBS: '1',
    };
    const place = await makePlace(t, { generation, project, env });
    const args = [
      ...['--runtime', 'docker', '--no-bridge', '--project-name', project],
      ...['--version', 'v1', '--wait', '60', ...place.ports],
      ...['--jetstream', 'ws://127.0.0.1:1/subscribe'],
    ];
    await run(['docker', 'rmi', '-f', IMAGE]);

    await t.test('Ctrl-C in its middle leaves nothing', async (t) => {
      env['CONSTELLATION_RUST_IMAGE'] = SLOW;
      const stopped = await place.interrupt(args, (stderr) =>
        /RUN apt-get update/.test(stderr)
      );
      t.equal(stopped.code, 130, stopped.stderr);
      // Of a step that has not told its container the engine removes it, in a moment.
      await until(
        () => leftOf(place, project),
        (left) => left.length === 0,
        'what a build that was interrupted left',
        20_000
      );
      t.strictSame(
        readdirSync(place.state).filter((name) => name !== 'logs'),
        [],
        'of the state folder only the log of the build'
      );
    });

    await t.test('one that fails says why', async (t) => {
      env['CONSTELLATION_RUST_IMAGE'] = BROKEN;
      // Compose 2 asks the engine's own builder as well, where told so.
      env['DOCKER_BUILDKIT'] = '0';
      const classic = await place.script('setup', ...args);
      t.equal(classic.code, 1, classic.stderr);
      t.match(classic.stderr, /Step \d+\/\d+ : RUN apt-get update/);
      t.strictSame(await leftOf(place, project), []);
      delete env['DOCKER_BUILDKIT'];
      const failed = await place.script('setup', ...args);
      t.equal(failed.code, 1, failed.stderr);
      t.match(
        failed.stderr,
        /could not be built: something could not be fetched/
      );
      t.match(failed.stderr, /\| .*Temporary failure resolving deb\.example/);
      const log = path.join(place.state, 'logs/build.log');
      t.match(failed.stderr, `all of it is in ${log}`);
      t.match(readFileSync(log, 'utf8'), 'Err:1 http://deb.example');
      t.strictSame(await leftOf(place, project), []);
    });

    await t.test('the next run builds it and runs it', async (t) => {
      await goodBuild(t, place, args, env);
    });
  });
}

async function goodBuild(
  t: Test,
  place: Place,
  args: readonly string[],
  env: Record<string, string>
): Promise<void> {
  env['CONSTELLATION_RUST_IMAGE'] = GOOD;
  const done = await place.script('setup', ...args);
  t.equal(done.code, 0, done.stderr);
  t.match(done.stderr, /RUN .*cargo build/, 'each step has its line');
  const bad = await place.script(
    'setup',
    ...['--upgrade', '--version', 'no-such', '--no-backup']
  );
  t.equal(bad.code, 2, bad.stderr);
  t.match(bad.stderr, /there is no such source/);
  const same = await place.script('setup', '--upgrade', '--version', 'v1');
  t.match(same.stdout, `It already runs ${IMAGE} (v1)`, same.stderr);
  const gone = await place.script(
    'teardown',
    ...['--containers', '--images', '--volumes', '--config', '--no-backup'],
    ...['--confirm', path.basename(place.state)]
  );
  t.equal(gone.code, 0, gone.stderr);
  const { code } = await run(['docker', 'image', 'inspect', IMAGE]);
  t.not(code, 0, 'the image went too');
}

/** What is on the engine of that project, of its builds, and the image. */
async function leftOf(
  place: Place,
  project: string
): Promise<readonly string[]> {
  const filter = ['--filter', `label=com.docker.compose.project=${project}`];
  const lists = await Promise.all([
    docker('ps', '-aq', ...filter),
    docker('volume', 'ls', '-q', ...filter),
    docker('network', 'ls', '-q', ...filter),
    docker('images', '-q', IMAGE),
    ...[SLOW, BROKEN].map((base) =>
      docker('ps', '-aq', '--filter', `ancestor=${base}`)
    ),
  ]);
  return lists.filter((list) => list !== '');
}

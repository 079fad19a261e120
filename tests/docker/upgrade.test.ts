import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import {
  BASE,
  COMPOSES,
  docker,
  requireEngine,
  run,
} from '../fixtures/docker/engine.js';
import { makePlace } from '../fixtures/docker/set-up.js';
import { buildEmbeddedImage } from '../fixtures/docker/stack.js';

const NAME = `clupg-${process.pid}`;
/** Images: the one that is set up, a good newer one, one that never indexes. */
const [OLD, GOOD, MUTE] = [`${NAME}:1`, `${NAME}:2`, `${NAME}:mute`];

/** Listens and answers, but takes nothing in. */
const MUTE_SERVER = `#!/usr/local/bin/node
console.log('mute: listening, and that is all');
require('node:http').createServer((_, answer) => answer.end('{}')).listen(6789);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
`;

t.before(async () => {
  await requireEngine([BASE.debian, BASE.node, BASE.redis]);
  await buildEmbeddedImage(OLD);
  const context = t.testdir({
    'Dockerfile.good': `FROM ${OLD}\nLABEL org.opencontainers.image.version=2\n`,
    'Dockerfile.mute': `FROM ${OLD}
COPY --chmod=755 mute /usr/local/bin/mute
ENV CONSTELLATION_SERVER_BIN=/usr/local/bin/mute
`,
  });
  writeFileSync(path.join(context, 'mute'), MUTE_SERVER, { mode: 0o755 });
  for (const [image, file] of [
    [GOOD, 'Dockerfile.good'],
    [MUTE, 'Dockerfile.mute'],
  ] as const) {
    await docker(
      ...['build', '-q', '-t', image],
      ...['-f', path.join(context, file), context]
    );
  }
});
t.teardown(() => run(['docker', 'rmi', '-f', OLD, GOOD, MUTE]));

// Most of the time is waiting for a container to be healthy.
t.jobs = 2;

for (const generation of COMPOSES) {
  const title = `${generation.name}: another image, and back`;
  t.test(title, { buffered: true }, async (t) => {
    const project = `${NAME}-${generation.name}`;
    const place = await makePlace(t, { generation, project, env: {} });
    const { stack, script, golden } = place;
    const image = async (): Promise<string> =>
      await docker(
        ...['inspect', '-f', '{{.Config.Image}} {{.State.Status}}'],
        await stack.idOf('constellation-local')
      );
    const others = async (): Promise<readonly string[]> =>
      await Promise.all(['redis', 'jetstream', 'app'].map(stack.idOf));
    await stack.compose('build', '-q');
    await stack.compose('up', '-d');
    const first = await place.setup('--image', OLD);
    t.equal(first.code, 0, first.stderr);
    await golden('after setup');
    const ids = await others();
    const began = place.readEnv();

    await t.test('a dry run shows it and does nothing', async (t) => {
      const shown = await script(
        'setup',
        ...['--upgrade', '--image', GOOD, '--dry-run', '--json']
      );
      t.equal(shown.code, 0, shown.stderr);
      t.match(JSON.parse(shown.stdout), {
        action: 'upgrade',
        dryRun: true,
        from: { image: OLD },
        to: { image: GOOD, version: '2' },
      });
      t.equal(await image(), `${OLD} running`);
    });

    await t.test('one that is not well is put back', async (t) => {
      const failed = await script(
        'setup',
        ...['--upgrade', '--image', MUTE, '--wait', '5', '--no-backup']
      );
      t.equal(failed.code, 1, failed.stderr);
      t.match(failed.stderr, `${MUTE} is not well`);
      t.match(failed.stderr, '| mute: listening, and that is all');
      t.match(failed.stderr, `${OLD} serves again`);
      t.equal(await image(), `${OLD} running`);
      t.equal(place.readEnv(), began, 'the .env is as it was');
      await golden('with the old one back');
    });

    await t.test('a good one takes over', async (t) => {
      const done = await script(
        'setup',
        ...['--upgrade', '--image', GOOD, '--json']
      );
      t.equal(done.code, 0, done.stderr);
      t.match(done.stderr, 'no backup is made before the switch');
      t.match(JSON.parse(done.stdout), {
        changed: true,
        from: { image: OLD },
        to: { image: GOOD },
        changedFiles: [{ path: place.envFile, keys: ['CONSTELLATION_IMAGE'] }],
      });
      t.equal(await image(), `${GOOD} running`);
      await golden('with the new one');
      t.strictSame(await others(), ids, 'nothing else was touched');
      const again = await script('setup', '--upgrade', '--image', GOOD);
      t.equal(again.code, 0, again.stderr);
      t.match(again.stdout, `It already runs ${GOOD}`);
    });

    await t.test('it stays over plain commands and setups', async (t) => {
      const index = await stack.idOf('constellation-local');
      await stack.compose('up', '-d', 'constellation-local');
      const plain = await place.setup();
      t.match(plain.stdout, 'everything was set up already', plain.stderr);
      t.equal(await stack.idOf('constellation-local'), index);
    });

    if (generation.name === 'v2') {
      await interruptions(t, place, image);
    }

    await t.test('and back', async (t) => {
      const back = await script('setup', '--rollback');
      t.equal(back.code, 0, back.stderr);
      t.equal(await image(), `${OLD} running`);
      t.match(place.readEnv(), `CONSTELLATION_IMAGE=${OLD}`);
      await golden('after going back');
      const twice = await script('setup', '--rollback');
      t.equal(twice.code, 1);
      t.match(twice.stderr, 'there is no image to go back to');
    });
  });
}

/** Ctrl-C at whatever moment leaves what ran before. */
async function interruptions(
  t: Test,
  place: Awaited<ReturnType<typeof makePlace>>,
  image: () => Promise<string>
): Promise<void> {
  await t.test('Ctrl-C in the middle of the switch', async (t) => {
    const stopped = await place.interrupt(
      ['--upgrade', '--image', MUTE, '--no-backup'],
      async () => (await image().catch(() => '')) === `${MUTE} running`
    );
    t.equal(stopped.code, 130, stopped.stderr);
    t.match(stopped.stderr, `${GOOD} serves again`);
    t.equal(await image(), `${GOOD} running`);
    await place.golden('after Ctrl-C');
  });
}

import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { makeBystander } from '../fixtures/docker/bystander.js';
import {
  BASE,
  COMPOSES,
  docker,
  requireEngine,
  run,
  until,
} from '../fixtures/docker/engine.js';
import { makePlace } from '../fixtures/docker/set-up.js';
import { buildEmbeddedImage } from '../fixtures/docker/stack.js';

const IMAGE = `clscn-${process.pid}`;

t.before(async () => {
  await requireEngine([BASE.debian, BASE.node, BASE.redis]);
  await buildEmbeddedImage(IMAGE);
});
t.teardown(() => run(['docker', 'rmi', '-f', IMAGE]));

/** With these the stand-in AppView does not get healthy. */
const ILL = ['--timeout', '7777'];

/** What the app shows of it without an index: what it has counted itself. */
const OWN = { enabled: false, stats: null, likeCount: 1, bookmarkCount: 7 };
/** And with one that is younger than the post, and no remote in reach. */
const RAISED = { ...OWN, enabled: true, likeCount: 66 };

/** The post that most of the golden events link to. */
const TARGET =
  'at://did:plc:o2kzycnrhzij6gb6j4gsda3h/app.bsky.feed.post/3m2qspalmk2cl';

for (const generation of COMPOSES) {
  t.test(
    `${generation.name}: an AppView gets its index, and gives it back`,
    async (t) => {
      const project = `clscn-${generation.name}-${process.pid}`;
      const place = await makePlace(t, {
        generation,
        project,
        env: { CONSTELLATION_IMAGE: IMAGE },
      });
      const { stack, state, api, readEnv, script, setup, golden } = place;
      const redis = `${project}-redis`;
      // The name that each generation gives to what it builds.
      const appImage = `${project}${generation.name === 'v1' ? '_' : '-'}app`;
      t.teardown(async () => {
        await run(['docker', 'rmi', '-f', redis]);
      });
      await docker('tag', BASE.redis, redis);
      appendFileSync(place.envFile, `STACK_REDIS_IMAGE=${redis}\n`);
      const before = readEnv();

      const bystander = await makeBystander(t, `${project}-bystander`);
      await stack.compose('build', '-q');
      await stack.compose('up', '-d');
      const others = async (): Promise<readonly string[]> =>
        await Promise.all(['redis', 'jetstream'].map(stack.idOf));
      let ids = await others();
      const bridges = async (): Promise<number> =>
        (await stack.idOf('constellation-bridge')).split('\n').length;
      const app = async (): Promise<string> =>
        await docker(
          ...['inspect', '-f', '{{.State.Health.Status}} {{json .Config.Env}}'],
          await stack.idOf('app')
        );

      await t.test('an AppView that gets ill is put back', async (t) => {
        const failed = await setup(...ILL);
        t.equal(failed.code, 1, failed.stderr);
        t.match(failed.stderr, /app is unhealthy, not healthy/);
        t.match(failed.stderr, '| this AppView does not get well');
        t.match(failed.stderr, 'Next: it is put back');
        t.notMatch(failed.stderr, 'docker logs', 'of a container that is gone');
        t.equal(readEnv(), before, 'the .env is as it was');
        t.match(
          await app(),
          /^healthy .*"CONSTELLATION_URL=https:\/\/constellation\.microcosm\.blue"/
        );
        t.notMatch(await app(), 'CONSTELLATION_LOCAL');
        t.strictSame(await others(), ids);
        t.equal(
          await docker(
            ...['volume', 'ls', '-q', '--filter'],
            `label=com.docker.compose.project=${project}`
          ),
          `${project}_constellation-data`,
          'the index is kept'
        );
      });

      t.match(await stack.postOfApp(TARGET), OWN, 'before');
      const first = await setup();
      t.equal(first.code, 0, first.stderr);
      t.strictSame(await others(), ids, 'other containers keep their ids');
      await golden('after setup');
      const index = await stack.idOf('constellation-local');
      t.match(await stack.askAsApp('/'), 'days_indexed', 'the app reaches it');
      t.match(await stack.postOfApp(TARGET), RAISED, 'by the drop-in');
      const since = /LOCAL_SINCE=(\S+)/.exec(readEnv())?.[1];
      t.match(since, /^20\d\d-/);
      t.match(readEnv(), /^COMPOSE_FILE=docker-compose.yml:/m);

      await t.test('the nine checks', async (t) => {
        const checked = await script(
          'test',
          ...['--json', '--target', TARGET],
          // A busy machine is no failure of the index.
          ...['--max-latency-ms', '10000']
        );
        const { checks } = JSON.parse(checked.stdout) as {
          checks: ReadonlyArray<{
            id: string;
            status: string;
            message: string;
          }>;
        };
        t.strictSame(
          checks.filter(({ status }) => status !== 'pass'),
          [],
          checked.stderr
        );
        t.equal(checks.length, 9);
        t.equal(checked.code, 0);
      });

      await t.test('a second run finds everything done', async (t) => {
        const again = await setup();
        t.equal(again.code, 0, again.stderr);
        t.match(again.stdout, 'everything was set up already');
        t.equal(await stack.idOf('constellation-local'), index);
        t.match(readEnv(), `LOCAL_SINCE=${since ?? '?'}`);
      });

      if (generation.name === 'v2') {
        await t.test('one that gets ill later goes on as before', async (t) => {
          const earlier = readEnv();
          const failed = await setup(...ILL);
          t.equal(failed.code, 1, failed.stderr);
          t.match(failed.stderr, /app is unhealthy, not healthy/);
          t.equal(readEnv(), earlier, 'the .env is as it was');
          t.match(
            await app(),
            /^healthy .*"CONSTELLATION_URL=http:\/\/constellation-local:6789"/,
            'it asks the index still'
          );
          t.equal(await stack.idOf('constellation-local'), index);
          t.strictSame(await others(), ids);
        });

        await t.test('a time that is not true is seen and moved', async (t) => {
          const early = await setup('--since', '2020-01-01T00:00:00Z');
          t.equal(early.code, 0, early.stderr);
          t.match(readEnv(), 'LOCAL_SINCE=2020-01-01T00:00:00.000Z');
          t.strictSame(await others(), ids);
          const seen = await script('test', '--only', 'health');
          t.equal(seen.code, 1);
          t.match(seen.stdout, 'LOCAL_SINCE is not true any more');
          const [, next = ''] = /--since (\S+)/.exec(seen.stdout) ?? [''];
          const moved = await setup('--since', next);
          t.equal(moved.code, 0, moved.stderr);
          t.match(readEnv(), `LOCAL_SINCE=${next}`);
          const good = await script('test', '--only', 'health');
          t.equal(good.code, 0, good.stdout);
        });

        await t.test('an overlay that was taken off is noticed', async (t) => {
          // As by an operator whose shell or script names the files.
          await stack.compose('-f', 'docker-compose.yml', 'up', '-d', 'app');
          const seen = await script('test', '--only', 'appview');
          t.equal(seen.code, 1, seen.stderr);
          t.match(seen.stdout, 'https://constellation.microcosm.blue');
          const again = await setup();
          t.equal(again.code, 0, again.stderr);
          t.match(again.stderr, /AppView: app( and [a-z-]+)? made anew/);
          t.match(await stack.askAsApp('/'), 'days_indexed', 'it asks again');
          t.strictSame(await others(), ids);
        });
      }

      await t.test('an outage of the Jetstream', async () => {
        await stack.setFault({ fault: 'close', afterEvents: 1, times: 3 });
        await golden('while the stream is out');
        await until(
          async () => {
            const answer = await fetch(`${api}/health`);
            return (await answer.json()) as { connected?: boolean };
          },
          ({ connected }) => connected === true,
          'connected again'
        );
      });

      await t.test('kill -9', async () => {
        const pid = await docker('inspect', '-f', '{{.State.Pid}}', index);
        process.kill(Number(pid), 'SIGKILL');
        await golden('after kill -9');
      });

      await t.test('a plain up -d changes nothing', async (t) => {
        const id = await stack.idOf('app');
        await stack.compose('up', '-d');
        t.equal(await stack.idOf('app'), id);
        await until(
          () => stack.askAsApp('/').catch((error: unknown) => String(error)),
          (answer) => answer.includes('days_indexed'),
          'the app that asks the index'
        );
        t.strictSame(await others(), ids);
        t.equal(await stack.idOf('constellation-local'), index);
      });

      await t.test(
        'teardown gives the AppView back, and keeps the index',
        async (t) => {
          // Numbers that stand in no file.
          await stack.compose(
            ...['up', '-d', '--no-recreate'],
            ...['--scale', 'redis=2', '--scale', 'constellation-bridge=2']
          );
          // As after a pull and a build that nobody has used yet: Compose
          // would make the AppView's Redis anew, and what it holds would be
          // lost, and start an app that does not even serve.
          await docker('tag', BASE.node, redis);
          await docker('tag', BASE.node, appImage);
          ids = await others();
          t.equal(await bridges(), 2);
          const shown = await script('teardown', '--dry-run');
          t.match(
            shown.stdout,
            /make app and constellation-bridge anew without the overlay\s+\(app keeps the image/
          );
          await script('teardown');
          t.equal(await bridges(), 2, 'as many as there were');
          t.match(await stack.postOfApp(TARGET), OWN, 'as before');
          t.equal(readEnv(), before, 'the .env is as it was');
          t.match(
            await app(),
            'CONSTELLATION_URL=https://constellation.microcosm.blue'
          );
          const status = await docker(
            'inspect',
            '-f',
            '{{.State.Status}}',
            index
          );
          t.equal(status, 'exited', 'the index is stopped, and there');
          t.strictSame(await others(), ids);
        }
      );

      await t.test('set up again, then everything of ours goes', async (t) => {
        const again = await setup();
        t.equal(again.code, 0, again.stderr);
        t.match(`${again.stdout}${again.stderr}`, 'app keeps the image');
        t.equal(await bridges(), 2, 'as many as there were');
        await golden('on the same volume');
        const backups = path.join(stack.folder, 'backups');
        const gone = await script(
          'teardown',
          ...['--containers', '--volumes', '--config'],
          ...['--confirm', path.basename(state)],
          ...['--backup', '--backups', backups]
        );
        t.equal(gone.code, 0, gone.stderr);
        const [made = '', ...more] = readdirSync(backups).filter(
          (name) => !name.startsWith('.')
        );
        t.same(more, []);
        t.match(
          JSON.parse(
            readFileSync(path.join(backups, made, 'verified.json'), 'utf8')
          ),
          { level: 'full', problem: null },
          'a backup of the volume, opened before the volume went'
        );
        t.equal(await stack.idOf('constellation-local'), '');
        const volumes = await docker(
          ...['volume', 'ls', '-q', '--filter'],
          `label=com.docker.compose.project=${project}`
        );
        t.equal(volumes, '');
        t.strictSame(await others(), ids, 'the AppView’s own stay');
        t.strictSame(
          await bystander(),
          ['running', true],
          'a bystander with our label, of no project of ours, stays'
        );
        const twice = await script('teardown');
        t.match(twice.stdout, 'Nothing to do');
      });
    }
  );
}

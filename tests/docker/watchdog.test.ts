/**
 * A stream that goes silent, the watchdog in the container, and the restart policy
 * of the overlay. The container's clock is a file of the test's.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { OVERLAY_FILE } from '../../lib/compose/index.js';
import { writeUptime } from '../fixtures/constellation/uptime-file.js';
import {
  BASE,
  COMPOSES,
  compose,
  docker,
  requireEngine,
  run,
  until,
} from '../fixtures/docker/engine.js';
import { copyOverlay } from '../fixtures/docker/overlay-image.js';
import { buildRocksImage } from '../fixtures/docker/rocks-image.js';
import {
  buildEmbeddedImage,
  goldenProblems,
  makeStack,
} from '../fixtures/docker/stack.js';
import { differences, goldenCases } from '../fixtures/golden-cases.js';
import { testFolder } from '../fixtures/test-folder.js';

const NAME = `cldog-${process.pid}`;

/** The watchdog looks often, by a clock that stands still until it is moved. */
const CLOCK = `services:
  constellation-local:
    environment:
      CONSTELLATION_WATCHDOG_STEP: '0.5'
      CONSTELLATION_UPTIME_FILE: /clock/uptime
    volumes: ['./clock:/clock:ro']
`;

/** The servers: in one image tini is process 1, in the other the server itself. */
const SERVERS = {
  embedded: { build: buildEmbeddedImage, problems: goldenProblems },
  rocks: { build: buildRocksImage, problems: countProblems },
};

/** The stand-in counts otherwise than was recorded, but always in the same way. */
async function countProblems(api: string): Promise<readonly string[]> {
  const counts = goldenCases().filter(({ path }) => path === '/links/count');
  const found = await differences(api, counts);
  return found.map(({ golden, what }) => `case ${golden.id}: ${what}`);
}

/** As the engine takes a time. */
const secondsNow = (later: number): string =>
  `${Math.floor(Date.now() / 1000) + later}`;

t.before(() => requireEngine([BASE.debian, BASE.node]));

// Most of the time is waiting for a container.
t.jobs = 2;

for (const [name, { build, problems }] of Object.entries(SERVERS)) {
  const title = `${name}: a silent stream restarts it once, and it goes on`;
  t.test(title, { buffered: true }, async (t) => {
    const [, v2] = COMPOSES;
    if (v2 === undefined) throw new Error('no Compose 2');
    const project = `${NAME}-${name}`;
    t.teardown(() => run(['docker', 'rmi', '-f', project]));
    await build(project);
    const stack = makeStack(v2, testFolder(t), project);
    t.teardown(() => stack.remove());
    const { folder } = stack;
    copyOverlay(folder);
    mkdirSync(path.join(folder, 'clock'));
    const setClock = (seconds: number): void => {
      writeUptime(path.join(folder, 'clock/uptime'), seconds);
    };
    setClock(1000);
    writeFileSync(path.join(folder, 'clock.yml'), CLOCK);
    await compose(
      v2,
      [
        ...['-f', 'docker-compose.yml', '-f', OVERLAY_FILE, '-f', 'clock.yml'],
        ...['up', '-d', 'jetstream', 'constellation-local'],
      ],
      {
        cwd: folder,
        env: {
          CONSTELLATION_IMAGE: project,
          CONSTELLATION_PORT: '0',
          CONSTELLATION_METRICS_PORT: '0',
          CONSTELLATION_LOG_LEVEL: 'debug',
          CONSTELLATION_STALE_RESTART_SECONDS: '120',
          JETSTREAM_URL: 'ws://jetstream:6008/subscribe',
        },
      }
    );

    const id = await stack.idOf('constellation-local');
    const log = async (): Promise<string> => {
      const { stdout, stderr } = await run(['docker', 'logs', id]);
      return stdout + stderr;
    };
    /** Waits until the watchdog has looked at the server twice more. */
    const looked = async (): Promise<void> => {
      const looks = async () =>
        (await log()).split('constellation-watchdog: taken in').length;
      const goal = (await looks()) + 2;
      await until(looks, (count) => count >= goal, 'the watchdog');
    };
    const restarts = (): Promise<string> =>
      docker('inspect', '-f', '{{.State.Status}} {{.RestartCount}}', id);
    const isWell = () => run(['docker', 'exec', id, 'constellation-health']);
    const problemsNow = async (): Promise<readonly string[]> => {
      // Each start publishes it on another one.
      const [, port] = (await docker('port', id, '6789')).split(':');
      return await problems(`http://127.0.0.1:${port ?? ''}`);
    };

    await until(isWell, ({ code }) => code === 0, 'events');
    await stack.setFault({ fault: 'silent' });
    await looked();
    const before = await problemsNow();
    if (name === 'embedded') t.strictSame(before, [], 'the recorded answers');
    const answers = async (when: string): Promise<void> => {
      const now = () =>
        problemsNow().catch((error: unknown) => [String(error)] as const);
      const isSame = (found: readonly string[]) =>
        isDeepStrictEqual(found, before);
      await until(now, isSame, `the answers of before ${when}`);
    };
    setClock(1119);
    await looked();
    t.equal(await restarts(), 'running 0', 'within the limit');
    const since = secondsNow(0);
    setClock(1120);
    await until(restarts, (text) => text === 'running 1', 'the restart');
    t.match(await log(), 'nothing was taken in for 120 s');
    /** How it ended since then. */
    const exits = (since: string): Promise<string> =>
      docker(
        ...['events', '--since', since, '--until', secondsNow(2)],
        ...['--filter', `container=${id}`, '--filter', 'event=die'],
        ...['--format', '{{.Actor.Attributes.exitCode}}']
      );
    t.equal(await exits(since), '0', 'it ended as it is told to');
    await answers('after the restart');

    await looked();
    t.match((await isWell()).stdout, 'no event has come so far');
    setClock(1120 + 239);
    await looked();
    t.equal(await restarts(), 'running 1', 'not again and again');

    await stack.setFault({ fault: 'none' });
    const well = await until(isWell, ({ code }) => code === 0, 'the stream');
    t.match(well.stdout, 'events are taken in');
    await looked(); // or the watchdog would see them after the clock has moved
    setClock(1120 + 239 + 120);
    await looked();
    await answers('with the stream back');
    t.equal(await restarts(), 'running 1');

    // Process 1 cannot be killed from inside; in our images that is tini.
    if (name === 'rocks') return;
    const frozen = secondsNow(0);
    const freeze = 'read -r pid </proc/1/task/1/children; kill -STOP $pid';
    await docker('exec', id, 'bash', '-c', freeze);
    setClock(1120 + 239 + 120 + 120);
    await until(
      log,
      (all) => all.split('stopping the server').length === 3,
      'the second stop'
    );
    t.equal(await restarts(), 'running 1', 'a frozen server does not end');
    setClock(1120 + 239 + 120 + 120 + 90);
    await until(restarts, (text) => text === 'running 2', 'the restart');
    t.match(await log(), 'it has not stopped within 90 s: killing the server');
    t.equal(await exits(frozen), '137');
    await until(isWell, ({ code }) => code === 0, 'the stream');
    await answers('after a kill');
  });
}

import type { ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { makeOverlay } from '../../../lib/compose/index.js';
import {
  recordDir,
  startEntrypoint,
} from '../../fixtures/constellation/entrypoint.js';
import { startStandIn } from '../../fixtures/constellation/metrics-server.js';
import { writeUptime } from '../../fixtures/constellation/uptime-file.js';

/** What an engine gives the server at a stop. */
const GRACE_S = Number.parseInt(
  makeOverlay().overlay.services['constellation-local']?.stop_grace_period ??
    '',
  10
);

/** A server under the entrypoint, its counters and its clock in our hands. */
async function guarded(
  t: Test,
  env: Record<string, string>,
  dir = t.testdir()
) {
  const standIn = await startStandIn();
  for (const left of ['ready', 'signals']) {
    rmSync(join(recordDir(dir), left), { force: true });
  }
  const clock = join(dir, 'uptime');
  const setClock = (seconds: number): void => writeUptime(clock, seconds);
  setClock(1000);
  const child: ChildProcess = await startEntrypoint({
    dir,
    env: {
      CONSTELLATION_UPTIME_FILE: clock,
      CONSTELLATION_METRICS_INTERNAL_PORT: String(standIn.metricsPort),
      CONSTELLATION_PROBE_TIMEOUT: '20',
      CONSTELLATION_WATCHDOG_STEP: '0.1',
      CONSTELLATION_LOG_LEVEL: 'debug',
      ...env,
    },
  });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exit = new Promise<number | string | null>((done) => {
    child.once('exit', (code, signal) => done(signal ?? code));
  });
  t.teardown(async () => {
    child.kill('SIGKILL');
    await standIn.close();
  });
  const signals = join(recordDir(dir), 'signals');
  return {
    dir,
    standIn,
    setClock,
    /** The server does nothing any more, whatever it is told. */
    freeze: () => child.kill('SIGSTOP'),
    /** Its exit code, or the signal that ended it. */
    exit,
    log: () => log,
    signals: () => (existsSync(signals) ? readFileSync(signals, 'utf8') : ''),
    /** Waits until the watchdog has read `count` more times. */
    readings: async (count: number): Promise<void> => {
      const read = (): number => log.split('constellation-watchdog:').length;
      const goal = read() + count;
      for (let tries = 0; read() < goal; tries += 1) {
        if (tries > 1200) throw new Error(`the watchdog is silent: ${log}`);
        await wait(25);
      }
    },
  };
}

t.test('a server whose counters stand still gets one SIGINT', async (t) => {
  const it = await guarded(t, { CONSTELLATION_STALE_RESTART_SECONDS: '120' });
  it.standIn.answers.metrics = 'jetstream_read 1\n';
  await it.readings(2);
  it.setClock(1100);
  await it.readings(2);
  it.standIn.answers.metrics = 'jetstream_read 2\n';
  await it.readings(2);
  it.setClock(1219);
  await it.readings(2);
  t.equal(it.signals(), '', '119 s are within the limit');
  it.setClock(1220);
  t.equal(await it.exit, 0, it.log());
  t.equal(it.signals(), '1\n');
  t.match(it.log(), /nothing was taken in for 120 s .*=120\): stopping/);
});

t.test(
  'a server that has never had an event is restarted as well',
  async (t) => {
    const it = await guarded(t, { CONSTELLATION_STALE_RESTART_SECONDS: '120' });
    await it.readings(2);
    it.setClock(1120);
    t.equal(await it.exit, 0);
  }
);

t.test('time before the metrics first answer does not count', async (t) => {
  const it = await guarded(t, { CONSTELLATION_STALE_RESTART_SECONDS: '120' });
  await it.standIn.close();
  await it.readings(1);
  it.setClock(9000);
  await it.readings(2);
  t.equal(it.signals(), '', 'a large index is being opened');
});

t.test('metrics that stop answering count as standing still', async (t) => {
  const it = await guarded(t, { CONSTELLATION_STALE_RESTART_SECONDS: '120' });
  it.standIn.answers.metrics = 'jetstream_read 1\n';
  await it.readings(2);
  await it.standIn.close();
  it.setClock(1120);
  t.equal(await it.exit, 0);
  t.equal(it.signals(), '1\n');
});

t.test('stops that bring nothing come further and further apart', async (t) => {
  const env = { CONSTELLATION_STALE_RESTART_SECONDS: '120' };
  const first = await guarded(t, env);
  first.standIn.answers.metrics = 'jetstream_read 7\n';
  await first.readings(2);
  first.setClock(1120);
  t.equal(await first.exit, 0);

  const second = await guarded(t, env, first.dir);
  await second.readings(2);
  second.setClock(1239);
  await second.readings(2);
  t.equal(second.signals(), '', 'twice the limit is not over');
  second.setClock(1240);
  t.equal(await second.exit, 0);
  t.match(second.log(), /taken in for 240 s .*=120, stop 2 in a row\)/);

  // What a start brings again is no stream that runs.
  const third = await guarded(t, env, first.dir);
  await third.readings(2);
  third.standIn.answers.metrics = 'jetstream_read 1\n';
  third.setClock(1119);
  await third.readings(2);
  third.setClock(1119 + 479);
  await third.readings(2);
  t.equal(third.signals(), '', 'four times the limit is not over');
  third.standIn.answers.metrics = 'jetstream_read 2\n';
  await third.readings(2);
  third.setClock(1119 + 479 + 119);
  await third.readings(2);
  t.equal(third.signals(), '');
  third.setClock(1119 + 479 + 120);
  t.equal(await third.exit, 0, 'the stream ran: the limit counts again');
  t.notMatch(third.log(), 'in a row');
});

t.test('however many there were, it is an hour at most', async (t) => {
  const dir = t.testdir();
  mkdirSync(join(dir, 'data'));
  writeFileSync(join(dir, 'data/.watchdog-stops'), '99\n');
  const env = { CONSTELLATION_STALE_RESTART_SECONDS: '120' };
  const it = await guarded(t, env, dir);
  await it.readings(2);
  it.setClock(1000 + 3599);
  await it.readings(2);
  t.equal(it.signals(), '');
  it.setClock(1000 + 3600);
  t.equal(await it.exit, 0);
});

t.test('a server that does not end then is killed', async (t) => {
  const it = await guarded(t, { CONSTELLATION_STALE_RESTART_SECONDS: '120' });
  it.standIn.answers.metrics = 'jetstream_read 1\n';
  await it.readings(2);
  it.freeze();
  it.setClock(1120);
  await it.readings(2);
  it.setClock(1120 + GRACE_S - 1);
  t.equal(await Promise.race([it.exit, wait(500)]), undefined, 'five looks');
  it.setClock(1120 + GRACE_S);
  t.equal(await it.exit, 'SIGKILL', it.log());
  t.match(it.log(), `has not stopped within ${GRACE_S} s: killing the server`);
});

t.test('it is off unless asked for', async (t) => {
  const it = await guarded(t, { CONSTELLATION_STALE_RESTART_SECONDS: '0' });
  it.standIn.answers.metrics = 'jetstream_read 1\n';
  await it.readings(2);
  it.setClock(999_999);
  await it.readings(3);
  t.equal(it.signals(), '');
  t.match(it.log(), /taken in: jetstream_read 1; unchanged for 998999 s/);
});

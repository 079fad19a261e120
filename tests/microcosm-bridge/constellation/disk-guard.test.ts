import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import t, { type Test } from 'tap';
import {
  entrypointEnv,
  recordDir,
  RUNTIME,
} from '../../fixtures/constellation/entrypoint.js';
import { testFolder } from '../../fixtures/test-folder.js';

/** The entrypoint on a disk whose room is in our hands: a df of our own says it. */
async function onDisk(t: Test, freeMib: number, dir = testFolder(t)) {
  const [bin, room] = [join(dir, 'bin'), join(dir, 'room')];
  const leave = (mib: number): void => writeFileSync(room, `${mib}`);
  leave(freeMib);
  mkdirSync(bin, { recursive: true });
  writeFileSync(
    join(bin, 'df'),
    `#!/bin/sh
echo 'Filesystem 1048576-blocks Used Available Capacity Mounted on'
echo "/dev/vda 9000 100 $(cat '${room}') 2% /data"
`
  );
  chmodSync(join(bin, 'df'), 0o755);
  const child = spawn(join(RUNTIME, 'constellation-entrypoint'), [], {
    env: entrypointEnv({
      dir,
      env: {
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        RECORD_HOLD: '1',
        CONSTELLATION_DISK_GUARD_STEP: '0.1',
      },
    }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exit = new Promise<number | null>((done) => child.once('exit', done));
  t.teardown(() => child.kill('SIGKILL'));
  const ready = join(recordDir(dir), 'ready');
  const until = async (fits: () => boolean): Promise<void> => {
    for (let tries = 0; !fits(); tries += 1) {
      if (tries > 600) throw new Error(`it does not come to that: ${log}`);
      await wait(25);
    }
  };
  return {
    dir,
    leave,
    child,
    exit,
    until,
    log: () => log,
    isServing: () => existsSync(ready),
    signals: () => readFileSync(join(recordDir(dir), 'signals'), 'utf8').trim(),
  };
}

t.test('a server whose disk gets full is stopped cleanly', async (t) => {
  const it = await onDisk(t, 1024);
  await it.until(it.isServing);
  it.leave(1023);
  t.equal(await it.exit, 0, 'the recording server ends so at one SIGINT');
  t.equal(it.signals(), '1', 'one, and no second');
  t.match(it.log(), '1023 MiB are free');
});

t.test('started again it waits until there is room, saying so', async (t) => {
  const it = await onDisk(t, 1000);
  await it.until(() => it.log().includes('starts at 1536 MiB'));
  it.leave(1500);
  await wait(300); // three looks
  t.notOk(it.isServing(), 'a little more is not enough');
  it.leave(1536);
  await it.until(it.isServing);
  t.match(it.log(), 'there is room again');
});

t.test('what stopping has freed does not start it at once', async (t) => {
  const it = await onDisk(t, 1024);
  await it.until(it.isServing);
  it.leave(1023);
  t.equal(await it.exit, 0);
  rmSync(join(recordDir(it.dir), 'ready'));
  // RocksDB has let go of what it was merging, and would merge it again.
  const again = await onDisk(t, 1400, it.dir);
  await again.until(() => again.log().includes('starts at 1536 MiB'));
  t.notOk(again.isServing());
  again.leave(1536);
  await again.until(again.isServing);
  t.notOk(existsSync(join(it.dir, 'data/.disk-low')), 'and that is over');
});

t.test('the stop signal ends the wait', async (t) => {
  const it = await onDisk(t, 1);
  await it.until(() => it.log().includes('waiting'));
  it.child.kill('SIGINT');
  t.equal(await it.exit, 0);
  t.notOk(it.isServing());
});

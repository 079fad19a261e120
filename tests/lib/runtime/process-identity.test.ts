import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import {
  identityOf,
  ownIdentity,
  ownPlace,
  presenceOf,
  startTimeInPs,
  startTimeInStat,
} from '../../../lib/runtime/process-identity.js';

function statLine(name: string, state: string): string {
  const rest = Array.from({ length: 18 }, (_, index) => index + 100).join(' ');
  return `123 (${name}) ${state} ${rest} 987654 2 3 4\n`;
}

t.test(
  'the start time is field 22, whatever the program is called',
  async (t) => {
    t.equal(startTimeInStat(statLine('node', 'S')), '987654');
    t.equal(startTimeInStat(statLine('a) R 1 2 (b', 'R')), '987654');
    t.equal(startTimeInStat(statLine('node', 'Z')), null, 'a zombie has ended');
    t.equal(startTimeInStat(statLine('node', 'X')), null);
    t.equal(startTimeInStat(''), null);
  }
);

t.test('the start time of ps is read without its state', async (t) => {
  const text = 'Ss   Mon Nov 23 23:18:01 2026\n';
  t.equal(startTimeInPs(text), 'Mon Nov 23 23:18:01 2026');
  t.equal(startTimeInPs('Z    Mon Nov 23 23:18:01 2026\n'), null);
  t.equal(startTimeInPs('\n'), null);
});

t.test('this process is alive, and nobody else has its identity', async (t) => {
  const own = ownIdentity();
  t.equal(own.pid, process.pid);
  t.type(own.startTime, 'string');
  t.equal(presenceOf(own), 'alive');
  t.equal(presenceOf({ ...own, startTime: `${own.startTime ?? ''}0` }), 'gone');
  t.same(identityOf(process.pid), own);
});

t.test(
  'a process is alive while it runs and gone when it has ended',
  async (t) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
    t.teardown(() => child.kill('SIGKILL'));
    const identity = identityOf(child.pid ?? 0);
    if (identity === null) throw new Error('not started');
    t.equal(presenceOf(identity), 'alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    t.equal(presenceOf(identity), 'gone');
    t.equal(identityOf(child.pid ?? 0), null);
  }
);

t.test('pids that cannot be are nobody', async (t) => {
  for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 40]) {
    t.equal(identityOf(pid), null, String(pid));
  }
});

t.test('another container or machine cannot be seen from here', async (t) => {
  const own = ownIdentity();
  t.equal(presenceOf({ ...own, pidNamespace: 'pid:[1]' }), 'unknown');
  t.equal(presenceOf({ ...own, bootId: 'b', hostname: 'other' }), 'unknown');
  t.equal(presenceOf({ ...own, bootId: null }), 'unknown');
  t.equal(presenceOf(own, { ...ownPlace(), bootId: null }), 'unknown');
});

t.test(
  'a restart of the machine ended everything, except in containers',
  async (t) => {
    const machine = { ...ownIdentity(), pidNamespace: 'pid:[4026531836]' };
    const here = { ...ownPlace(), pidNamespace: 'pid:[4026531836]' };
    t.equal(presenceOf({ ...machine, bootId: 'before' }, here), 'gone');
    const pod = { ...machine, pidNamespace: 'pid:[7]', bootId: 'before' };
    t.equal(presenceOf(pod, here), 'unknown', 'it may have moved to a machine');
    t.equal(presenceOf(pod, { ...here, pidNamespace: 'pid:[7]' }), 'unknown');
  }
);

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import {
  identityOf,
  ownIdentity,
  ownPlace,
  presenceOf,
  startTimeInPs,
  startTimeInStat,
} from '../../../lib/runtime/process-identity.js';

function statLine(name: string, state: string, threads = 1): string {
  const rest = Array.from({ length: 16 }, (_, index) => index + 100).join(' ');
  return `123 (${name}) ${state} ${rest} ${threads} 117 987654 2 3 4\n`;
}

/** Has threads, and memory that takes a while to give back. */
const HEAVY = `
const { Worker } = require('node:worker_threads');
for (let index = 0; index < 3; index += 1) {
  new Worker('Buffer.alloc(1e8, 1); setInterval(() => {}, 1e6)', { eval: true })
    .on('online', () => setTimeout(said, 200));
}
let online = 0;
const server = require('node:net').createServer().listen(0, '127.0.0.1');
function said() {
  if ((online += 1) === 3) console.log(server.address().port);
}`;

t.test(
  'the start time is field 22, whatever the program is called',
  async (t) => {
    t.equal(startTimeInStat(statLine('node', 'S')), '987654');
    t.equal(startTimeInStat(statLine('a) R 1 2 (b', 'R')), '987654');
    t.equal(startTimeInStat(statLine('node', 'Z')), null, 'a zombie has ended');
    t.equal(startTimeInStat(statLine('node', 'X')), null);
    const ending = statLine('node', 'Z', 2);
    t.equal(startTimeInStat(ending), '987654', 'not before its last thread');
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

t.test('what is gone holds no port any more', async (t) => {
  for (let round = 0; round < 3; round += 1) {
    const child = spawn(process.execPath, ['-e', HEAVY]);
    t.teardown(() => child.kill('SIGKILL'));
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const identity = identityOf(child.pid ?? 0);
    if (identity === null) throw new Error('not started');
    child.kill('SIGKILL');
    // Nothing runs between the look and the attempt.
    while (presenceOf(identity) !== 'gone');
    const server = createServer().listen(Number(said.toString()), '127.0.0.1');
    await t.resolves(once(server, 'listening'), 'the port is free');
    server.close();
  }
});

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

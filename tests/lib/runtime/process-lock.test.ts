import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import {
  lockText,
  newLockContent,
  parseLock,
  type LockContent,
} from '../../../lib/runtime/lock-content.js';
import { LockedError } from '../../../lib/runtime/locked-error.js';
import { ownIdentity } from '../../../lib/runtime/process-identity.js';
import { acquireLock } from '../../../lib/runtime/process-lock.js';
import { RuntimeError } from '../../../lib/runtime/runtime-error.js';

const CONTENDER = fileURLToPath(
  new URL('../../fixtures/runtime/lock-contender.ts', import.meta.url)
);
/** Without npm's loader (.npmrc), which `npx tap` hands on; tap's hook comes back. */
const WITHOUT_LOADER = { ...process.env, NODE_OPTIONS: undefined };
const ELSEWHERE = { ...ownIdentity(), pid: 1, pidNamespace: 'pid:[1]' };

function folder(t: Test): string {
  const made = mkdtempSync(path.join(tmpdir(), 'lock ünïcode '));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function plant(file: string, changes: Partial<LockContent>): LockContent {
  const content = {
    ...newLockContent(ownIdentity(), 'planted', new Date()),
    ...changes,
  };
  writeFileSync(file, lockText(content));
  return content;
}

function contender(
  start: 'now' | 'go',
  files: readonly string[]
): ChildProcess {
  return spawn(
    process.execPath,
    ['--import', 'tsx', CONTENDER, start, ...files],
    { stdio: ['pipe', 'pipe', 'inherit'], env: WITHOUT_LOADER }
  );
}

interface Report {
  readonly won: readonly number[];
  readonly errors: readonly string[];
}

function linesOf({ stdout }: ChildProcess): AsyncIterator<string, undefined> {
  if (stdout === null) throw new Error('no stdout');
  return createInterface(stdout)[Symbol.asyncIterator]();
}

async function reportOf(
  lines: AsyncIterator<string, undefined>
): Promise<Report> {
  const { value } = await lines.next();
  if (value === undefined) throw new Error('the contender said nothing');
  return JSON.parse(value) as Report;
}

t.test('a lock says who holds it, why and since when', async (t) => {
  const file = path.join(folder(t), 'the lock');
  const lock = await acquireLock(file, { purpose: 'testing' });
  const content = parseLock(readFileSync(file, 'utf8'));
  t.match(content, { ...ownIdentity(), purpose: 'testing', token: lock.token });
  t.ok(Math.abs(Date.parse(content.since) - Date.now()) < 60_000);
  t.same(readdirSync(path.dirname(file)), ['the lock'], 'no temporary files');
  await lock.release();
});

t.test('a held lock is refused with the facts of its holder', async (t) => {
  const file = path.join(folder(t), 'lock');
  const lock = await acquireLock(file, { purpose: 'first' });
  const refusal = await acquireLock(file, { purpose: 'second' }).catch(
    (error: unknown) => error
  );
  t.ok(refusal instanceof LockedError);
  t.match(refusal, {
    code: 'LOCKED',
    pid: process.pid,
    purpose: 'first',
    path: file,
    since: /^\d{4}-/,
    message: new RegExp(`process ${process.pid}.*first`),
    suggestion: /stop it/,
  });
  await lock.release();
});

t.test(
  'a released lock is free, and releasing twice is harmless',
  async (t) => {
    const file = path.join(folder(t), 'lock');
    const first = await acquireLock(file, { purpose: 'first' });
    await first.release();
    t.notOk(existsSync(file));
    const second = await acquireLock(file, { purpose: 'second' });
    await first.release();
    t.equal(parseLock(readFileSync(file, 'utf8')).token, second.token);
    await second.release();
  }
);

t.test('a lock of a process killed with SIGKILL is free at once', async (t) => {
  const file = path.join(folder(t), 'lock');
  const child = contender('now', [file]);
  t.teardown(() => child.kill('SIGKILL'));
  t.same(await reportOf(linesOf(child)), { won: [0], errors: [] });
  await t.rejects(acquireLock(file, { purpose: 'early' }), { code: 'LOCKED' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await acquireLock(file, {
    purpose: 'after',
    staleMs: 3_600_000,
  });
  t.equal(parseLock(readFileSync(file, 'utf8')).pid, process.pid);
  t.same(readdirSync(path.dirname(file)), ['lock'], 'no guard is left');
  await lock.release();
});

t.test('a process that ends by itself takes its lock along', async (t) => {
  const file = path.join(folder(t), 'lock');
  const child = contender('now', [file]);
  t.teardown(() => child.kill('SIGKILL'));
  await reportOf(linesOf(child));
  t.ok(existsSync(file));
  child.stdin?.end();
  await once(child, 'exit');
  t.notOk(existsSync(file));
});

t.test('a reused pid is not taken for the holder', async (t) => {
  const file = path.join(folder(t), 'lock');
  plant(file, { startTime: '1' });
  const lock = await acquireLock(file, { purpose: 'p', staleMs: 3_600_000 });
  t.equal(lock.path, file);
  await lock.release();
});

const CONTAINER =
  ownIdentity().pidNamespace !== null &&
  ownIdentity().pidNamespace !== 'pid:[4026531836]';

t.test(
  'a lock from before a restart of the machine is stale',
  { skip: CONTAINER && 'runs in a container, where the heartbeat decides' },
  async (t) => {
    const file = path.join(folder(t), 'lock');
    plant(file, { bootId: 'an-earlier-boot' });
    const lock = await acquireLock(file, { purpose: 'p', staleMs: 3_600_000 });
    t.equal(lock.path, file);
    await lock.release();
  }
);

t.test(
  'a holder in another container is believed by its heartbeat',
  async (t) => {
    const file = path.join(folder(t), 'lock');
    plant(file, ELSEWHERE);
    let beat = Date.now();
    const heart = setInterval(() => {
      beat += 10;
      utimesSync(file, beat / 1000, beat / 1000);
    }, 20);
    t.teardown(() => clearInterval(heart));
    await t.rejects(acquireLock(file, { purpose: 'p', staleMs: 30_000 }), {
      code: 'LOCKED',
      pid: 1,
    });
  }
);

t.test('a silent holder in another container loses its lock', async (t) => {
  const file = path.join(folder(t), 'lock');
  plant(file, ELSEWHERE);
  const before = performance.now();
  const lock = await acquireLock(file, { purpose: 'p', staleMs: 150 });
  t.ok(performance.now() - before >= 100, 'not before it was silent enough');
  await lock.release();
});

t.test(
  'silence of a machine with another clock is watched, not computed',
  async (t) => {
    const file = path.join(folder(t), 'lock');
    plant(file, { ...ELSEWHERE, bootId: 'another-machine', hostname: 'other' });
    utimesSync(file, 1, 1);
    const before = performance.now();
    const lock = await acquireLock(file, { purpose: 'p', staleMs: 150 });
    t.ok(performance.now() - before >= 140);
    await lock.release();
  }
);

t.test('a damaged lock file is judged by its heartbeat', async (t) => {
  const file = path.join(folder(t), 'lock');
  writeFileSync(file, '{"pid": 12');
  const before = performance.now();
  const lock = await acquireLock(file, { purpose: 'p', staleMs: 150 });
  t.ok(performance.now() - before >= 140);
  await lock.release();
});

t.test('waiting for a heartbeat ends with the signal', async (t) => {
  const file = path.join(folder(t), 'lock');
  plant(file, { ...ELSEWHERE, bootId: null });
  const signal = AbortSignal.timeout(50);
  await t.rejects(acquireLock(file, { purpose: 'p', signal }));
  t.equal(parseLock(readFileSync(file, 'utf8')).purpose, 'planted');
});

t.test('a holder touches its lock and notices when it is lost', async (t) => {
  const file = path.join(folder(t), 'lock');
  const lock = await acquireLock(file, { purpose: 'p', heartbeatMs: 10 });
  utimesSync(file, 1, 1);
  while (statSync(file).mtimeMs < 10_000) {
    await new Promise((done) => setTimeout(done, 5));
  }
  t.notOk(lock.lost.aborted);
  const other = plant(file, { token: 'abcdefabcdef' });
  while (!lock.lost.aborted) {
    await new Promise((done) => setTimeout(done, 5));
  }
  await lock.release();
  t.equal(parseLock(readFileSync(file, 'utf8')).token, other.token);
});

t.test('a folder that cannot be written is said, with its cause', async (t) => {
  const file = path.join(folder(t), 'missing', 'lock');
  const error = await acquireLock(file, { purpose: 'p' }).catch(
    (thrown: unknown) => thrown
  );
  t.ok(error instanceof RuntimeError);
  t.match(error, { code: 'LOCK_FAILED', cause: { code: 'ENOENT' } });
});

t.test('of many calls over one stale lock one wins', async (t) => {
  for (let round = 0; round < 20; round++) {
    const file = path.join(folder(t), 'lock');
    const stale = plant(file, { startTime: '1' });
    if (round % 2 === 1) {
      // Somebody died while taking it over.
      plant(`${file}.takeover-${stale.token}`, { startTime: '1' });
    }
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) =>
        acquireLock(file, { purpose: `contender ${index}` })
      )
    );
    const won = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [outcome.value] : []
    );
    t.equal(won.length, 1, `round ${round}`);
    const token = parseLock(readFileSync(file, 'utf8')).token;
    t.equal(won[0]?.token, token);
    const losers = outcomes.filter(
      (outcome) =>
        outcome.status === 'rejected' && outcome.reason instanceof LockedError
    );
    t.equal(losers.length, 11);
    for (const lock of won) await lock.release();
  }
});

t.test('of many processes racing over stale locks one wins each', async (t) => {
  const made = folder(t);
  const files = Array.from({ length: 60 }, (_, index) =>
    path.join(made, `lock-${index}`)
  );
  for (const file of files) plant(file, { startTime: '1' });
  const children = Array.from({ length: 6 }, () => contender('go', files));
  t.teardown(() => children.forEach((child) => child.kill('SIGKILL')));
  const said = children.map(linesOf);
  await Promise.all(said.map((lines) => lines.next()));
  for (const { stdin } of children) stdin?.write('go\n');
  const reports = await Promise.all(said.map(reportOf));
  t.same(
    reports.flatMap(({ errors }) => errors),
    []
  );
  const won = reports.flatMap((report) => report.won).sort((a, b) => a - b);
  t.same(
    won,
    files.map((_, index) => index)
  );
  t.ok(
    reports.filter((report) => report.won.length > 0).length > 1,
    'there was a race'
  );
});

import {
  existsSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { EmbeddedRuntime } from '../../../lib/runtime/embedded/embedded-runtime.js';
import { acquireLock } from '../../../lib/runtime/process-lock.js';
import { readSetupRecord } from '../../../lib/setup/setup-record.js';
import {
  tearDown,
  type TeardownOutcome,
} from '../../../lib/teardown/tear-down.js';
import {
  isIdle,
  planTeardown,
  type TeardownPlan,
  type TeardownWish,
} from '../../../lib/teardown/teardown-plan.js';
import {
  contentOf,
  EARLIER_ENV,
  leaveBehind,
  type LeftBySetup,
} from '../../fixtures/torn-down.js';

const NOTHING: TeardownWish = {
  appview: undefined,
  config: false,
  data: false,
};

/** Everything that there is to take away. */
function allOf({ appview }: LeftBySetup): TeardownWish {
  return { appview, config: true, data: true };
}

async function plan(
  { folder }: LeftBySetup,
  wish: TeardownWish
): Promise<TeardownPlan> {
  return await planTeardown(new EmbeddedRuntime({ folder }), folder, wish);
}

async function carryOut(
  left: LeftBySetup,
  wish: TeardownWish,
  options: {
    readonly signal?: AbortSignal;
    readonly onDone?: (text: string) => void;
  } = {}
): Promise<TeardownOutcome> {
  const { folder } = left;
  const runtime = new EmbeddedRuntime({ folder });
  return await tearDown(runtime, folder, wish, await plan(left, wish), {
    force: false,
    signal: new AbortController().signal,
    ...options,
  });
}

t.test(
  'a plan names what goes with its size, and changes nothing',
  async (t) => {
    const left = await leaveBehind(t);
    const before = contentOf(left.root);
    const { remove, restoration, stops } = await plan(left, allOf(left));
    const named = remove.map(({ title, path }) => [title, path]);
    t.strictSame(named, [
      ['settings', left.settings],
      ['logs', left.folder.logs],
      ['data', left.folder.data],
      ['data', left.elsewhere],
    ]);
    const data = remove.find(({ path }) => path === left.elsewhere);
    t.ok((data?.sizeBytes ?? 0) > 5001, 'with the marker');
    t.match(restoration?.diff, '-CONSTELLATION_ENABLED=true');
    t.equal(stops, false);
    t.strictSame(contentOf(left.root), before);
  }
);

t.test('what was there before setup, or somebody added, stays', async (t) => {
  const left = await leaveBehind(t);
  const bystanders = [
    path.join(left.folder.path, 'notes.txt'),
    path.join(left.folder.logs, 'mine.log'),
    path.join(left.folder.data, 'mine.bin'),
    path.join(left.elsewhere, 'index.mdb.mine'),
  ];
  for (const file of bystanders) writeFileSync(file, 'mine');
  const outcome = await carryOut(left, allOf(left));
  for (const file of bystanders) t.equal(readFileSync(file, 'utf8'), 'mine');
  t.strictSame([...outcome.kept].sort(), [
    left.elsewhere,
    left.folder.data,
    left.folder.logs,
  ]);
  const rest = Object.keys(contentOf(left.root));
  const names = rest.map((name) => path.basename(name)).sort();
  const copies = names.filter((name) => /^\.env\.backup-/.test(name));
  t.strictSame(copies, [], 'the .env is as it was: no copy is needed');
  t.strictSame(
    names.filter((name) => !/^\.env\.backup-/.test(name)),
    [
      '.env',
      'constellation-embedded.json',
      'index.mdb',
      'index.mdb-lock',
      'index.mdb.mine',
      'mine.bin',
      'mine.log',
      'notes.txt',
    ],
    'the foreign data folder is whole'
  );
});

t.test(
  "where somebody has changed the AppView's .env since, the copies stay",
  async (t) => {
    const left = await leaveBehind(t);
    const file = path.join(left.appview, '.env');
    writeFileSync(file, `${readFileSync(file, 'utf8')}MINE=1\n`);
    const wish = { ...NOTHING, appview: left.appview };
    const { restoration } = await carryOut(left, wish);
    t.equal(restoration?.asBefore, false);
    t.match(readFileSync(file, 'utf8'), 'MINE=1\n');
    const copies = readdirSync(left.appview).filter((name) =>
      /^\.env\.backup-/.test(name)
    );
    t.equal(copies.length, 2, 'of before setup, and of before teardown');
  }
);

t.test('levels take no more than they say', async (t) => {
  const left = await leaveBehind(t);
  const wish = { ...NOTHING, config: true };
  const outcome = await carryOut(left, wish);
  t.notOk(existsSync(left.settings));
  t.notOk(existsSync(left.folder.logs));
  t.ok(existsSync(path.join(left.elsewhere, 'index.mdb')));
  t.match(outcome.recordKept, left.appview, 'nobody else knows how');
  t.ok(existsSync(left.folder.setupRecord));
  t.equal(isIdle(await plan(left, wish)), true, 'again: nothing to do');
  await carryOut(left, { ...NOTHING, appview: left.appview });
  await carryOut(left, { ...NOTHING, data: true });
  t.ok(existsSync(left.folder.setupRecord), 'it names data that stays');
  t.equal(isIdle(await plan(left, NOTHING)), true);
  t.equal(isIdle(await plan(left, wish)), false);
  t.equal((await carryOut(left, wish)).recordKept, null);
  t.notOk(existsSync(left.folder.setupRecord));
  t.equal(isIdle(await plan(left, allOf(left))), true, 'nothing is left to do');
});

t.test('a folder that is a link, or has lost its marker, stays', async (t) => {
  const left = await leaveBehind(t);
  await rename(left.elsewhere, `${left.elsewhere}-real`);
  symlinkSync(`${left.elsewhere}-real`, left.elsewhere);
  const marker = path.join(left.folder.data, 'constellation-embedded.json');
  await rename(marker, `${marker}.away`);
  t.strictSame((await plan(left, { ...NOTHING, data: true })).remove, []);
});

t.test(
  'an interruption after any step leaves what the next run ends',
  async (t) => {
    for (let steps = 1; ; steps++) {
      const left = await leaveBehind(t);
      const controller = new AbortController();
      let done = 0;
      const onDone = (): void => {
        if (++done === steps) controller.abort(new Error('Ctrl-C'));
      };
      const { signal } = controller;
      let ended = true;
      await carryOut(left, allOf(left), { signal, onDone }).catch(
        (error: unknown) => {
          ended = false;
          t.match(error, { message: 'Ctrl-C' });
        }
      );
      await carryOut(left, allOf(left));
      t.equal(readFileSync(left.env, 'utf8'), EARLIER_ENV, `step ${steps}`);
      t.notOk(existsSync(left.folder.setupRecord));
      t.notOk(existsSync(left.folder.data));
      t.notOk(existsSync(left.elsewhere));
      t.notOk(existsSync(left.settings));
      t.equal(isIdle(await plan(left, allOf(left))), true);
      if (ended) break;
      t.ok(steps < 20);
    }
  }
);

t.test('of the AppView only keys that are still ours go back', async (t) => {
  const left = await leaveBehind(t);
  const text = readFileSync(left.env, 'utf8');
  const changed = `${text.replace('=true', '=false')}MORE=1\n`;
  writeFileSync(left.env, changed);
  const { restoration } = await carryOut(left, {
    ...NOTHING,
    appview: left.appview,
  });
  t.strictSame(restoration?.left, [
    { key: 'CONSTELLATION_ENABLED', reason: 'changed-since' },
  ]);
  t.equal(
    readFileSync(left.env, 'utf8'),
    `${EARLIER_ENV}CONSTELLATION_ENABLED=false\nMORE=1\n`
  );
  t.equal((await readSetupRecord(left.folder.setupRecord))?.appview, null);
  const other = await plan(left, { ...NOTHING, appview: left.root });
  t.match(other, { appview: { state: 'not-ours' }, restoration: null });
});

t.test('data that a foreign index has open is refused, and told', async (t) => {
  const left = await leaveBehind(t);
  const file = path.join(left.elsewhere, 'constellation-embedded.lock');
  const lock = await acquireLock(file, { purpose: 'an index of the test' });
  t.teardown(() => lock.release());
  const wish = { ...NOTHING, data: true };
  await t.rejects(plan(left, wish), {
    code: 'LOCKED',
    message: `locked by process ${process.pid}`,
  });
  const { strays } = await plan(left, NOTHING);
  t.strictSame(strays, [{ pid: process.pid, path: left.elsewhere }]);
});

t.test('a damaged record stops it before anything goes', async (t) => {
  for (const name of ['setupRecord', 'embedded'] as const) {
    const left = await leaveBehind(t);
    const file = left.folder[name];
    writeFileSync(file, '{"schemaVersion": 1, "da');
    const before = contentOf(left.root);
    await t.rejects(carryOut(left, allOf(left)), {
      code: 'STATE_DAMAGED',
      message: file,
    });
    t.strictSame(contentOf(left.root), before);
  }
});

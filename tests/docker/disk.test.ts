import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { assertRoom } from '../../lib/backup/docker/room.js';
import { NO_FLOOR } from '../../lib/backup/space-check.js';
import { DataHelper } from '../../lib/runtime/docker/data-helper.js';
import { openEngine } from '../../lib/runtime/docker/engine.js';
import { countOf, setUpBackedUp } from '../fixtures/docker/backed-up.js';
import { docker } from '../fixtures/docker/engine.js';

const index = await setUpBackedUp(t, 'cldisk');
const { volume, state, stack, api, readEnv, script, setup, interrupt } = index;
const { name, create, inVolume, whole } = index;

const [sentinel] = (await create()).manifest.sentinels;
if (sentinel === undefined) throw new Error('no place was counted');
const place = sentinel;
// Asks the index, as an AppView does that runs.
await stack.compose('build', '-q', 'app');
await stack.compose('up', '-d', '--no-deps', 'app');
const toldNow = async (): Promise<string> =>
  await docker(
    ...['inspect', '-f', '{{json .Config.Env}}'],
    await stack.idOf('app')
  ).catch(() => '');
const since = (): number =>
  Date.parse(/LOCAL_SINCE=(\S+)/.exec(readEnv())?.[1] ?? '');
const generations = async (): Promise<number> =>
  (await inVolume()).filter((name) => name.startsWith('generation-')).length;

t.test('days to full are measured by what the volume was', async (t) => {
  const file = path.join(state, 'growth.jsonl');
  const [line = ''] = readFileSync(file, 'utf8').split('\n');
  const noted = JSON.parse(line) as Record<string, unknown>;
  t.match(noted, { dataPath: volume, sizeBytes: Number });
  const at = new Date(Date.now() - 2 * 86_400_000).toISOString();
  writeFileSync(file, `${JSON.stringify({ ...noted, at, sizeBytes: 0 })}\n`);
  const done = await script('test', '--only', 'data', '--json');
  t.equal(done.code, 0, done.stderr);
  const { checks } = JSON.parse(done.stdout) as { checks: unknown[] };
  t.match(checks, [
    {
      message: /free, full in \S+ days \(\S+ \w+ a day\)$/,
      facts: { sizeBytes: Number, freeBytes: Number, bytesPerDay: Number },
    },
  ]);
});

t.test('what the disk has no room for is not begun', async (t) => {
  const user = '10001:10001';
  const where = { engine: openEngine(), image: name, source: volume, user };
  const helper = await DataHelper.open(where);
  await t.rejects(
    assertRoom(helper, 2 ** 60, { source: volume, floor: NO_FLOOR }),
    {
      code: 'NO_SPACE',
      message: /are needed where the engine keeps .*, .* are free/,
    }
  );
  await assertRoom(helper, 1, { source: volume, floor: NO_FLOOR });
  await helper.close();
});

t.test('a rebuild that is interrupted leaves the old index', async (t) => {
  const env = readEnv();
  const isBegun = (): Promise<boolean> =>
    inVolume().then(
      (names) => names.includes('.generation'),
      () => false // it is stopped at this moment
    );
  const words = ['--rebuild', '--confirm', volume, ...whole];
  const ended = await interrupt(words, isBegun);
  t.equal(ended.code, 130, ended.stderr);
  t.match(ended.stderr, 'the old one serves again');
  t.ok((await countOf(api, place)) >= place.records);
  t.strictSame(await generations(), 0, 'nor is the new one kept');
  t.equal(readEnv(), env);
  t.match(await toldNow(), `LOCAL_SINCE=${new Date(since()).toISOString()}`);
});

t.test('rebuilt in one command, the old index kept', async (t) => {
  const begunMs = Date.now();
  const kept = await generations();
  const plan = await setup('--rebuild', '--dry-run');
  t.equal(plan.code, 0, plan.stderr);
  t.match(
    plan.stdout.replaceAll(/\s+/g, ' '),
    /begin a new, empty index in .* is kept until/
  );
  t.notMatch(plan.stdout, 'it runs already');
  const refused = await setup('--rebuild', '--confirm', 'another');
  t.equal(refused.code, 2, 'not without its name');
  const { target, collection, path: at, records } = place;
  const query = new URLSearchParams({ target, collection, path: at });
  const old = since();
  const trustsSince = `CONSTELLATION_LOCAL_SINCE=${new Date(old).toISOString()}`;
  t.match(await toldNow(), trustsSince);
  let isOver = false;
  let seenLow = 0;
  let wrong = 0;
  const watched = (async () => {
    while (!isOver) {
      const answer = await fetch(`${api}/links/count?${query.toString()}`)
        .then((response): Promise<unknown> => response.json())
        .catch(() => null);
      const { total = records } = (answer ?? {}) as { total?: number };
      if (total >= records) continue;
      seenLow += 1;
      if ((await toldNow()).includes(trustsSince)) wrong += 1;
    }
  })();
  const done = await setup('--rebuild', '--confirm', volume);
  isOver = true;
  await watched;
  t.ok(seenLow > 0, 'the new index was seen');
  t.equal(wrong, 0, 'no AppView that trusts the new index for the old time');
  t.equal(done.code, 0, done.stderr);
  const growth = readFileSync(path.join(state, 'growth.jsonl'), 'utf8');
  t.equal(growth.trim().split('\n').length, 1, 'growth is measured anew');
  t.ok(since() >= begunMs, 'the remote covers what was before');
  t.equal(await generations(), kept + 1, 'the old one is kept');
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t from 'tap';
import {
  countOf,
  runBackup,
  setUpBackedUp,
} from '../fixtures/docker/backed-up.js';
import { docker } from '../fixtures/docker/engine.js';
import { makePlace } from '../fixtures/docker/set-up.js';

const index = await setUpBackedUp(t, 'clback');
const { name, volume, state, stack, api, backup, create } = index;
const { useImage, relabelled } = index;
const { inVolume, indexId, served, untilReady, env, generation } = index;
const first = await create();

t.test('restored beside the old data, then swapped', async (t) => {
  const { id, sentinels } = first.manifest;
  const plan = await backup('restore', id, '--dry-run');
  t.match(plan.stdout, 'keep the present data');
  const readGrowth = (): string =>
    readFileSync(path.join(state, 'growth.jsonl'), 'utf8');
  t.not(readGrowth(), '', 'setup has noted how large the data is');
  const done = await backup('restore', id, '--yes', '--json');
  t.equal(done.code, 0, done.stderr);
  t.match(JSON.parse(done.stdout), {
    started: true,
    counts: { places: sentinels.length, gone: 0 },
  });
  t.equal(readGrowth(), '', 'how the old data grew is forgotten');
  const [named] = (await inVolume()).filter((name) =>
    name.startsWith('generation-')
  );
  t.match(
    await docker('exec', await indexId(), 'cat', '/data/.generation'),
    named
  );
  for (const sentinel of sentinels) {
    const now = await countOf(api, sentinel);
    t.ok(now >= sentinel.records, `${sentinel.target}: ${now}`);
  }
  await stack.compose('up', '-d', '--force-recreate', 'constellation-local');
  await untilReady();
  t.match(await served(), named, 'a plain up -d serves the restored one');
  const status = await backup('status', '--json');
  const { kept } = JSON.parse(status.stdout) as { kept: unknown[] };
  t.equal(kept.length, 1, 'the old data is kept');
  const gone = await backup(
    ...(['restore', '--discard-old', '--yes', '--confirm', volume] as const)
  );
  t.equal(gone.code, 0, gone.stderr);
  t.notOk((await inVolume()).includes('index.mdb'));
  const last = await create();
  t.equal(last.verified, true, 'what was restored is backed up');
});

t.test('another version is refused, unless it may try', async (t) => {
  const { id } = first.manifest;
  await useImage(await relabelled('embedded'));
  const before = await inVolume();
  const refused = await backup('restore', id, '--yes');
  t.equal(refused.code, 1);
  t.match(refused.stderr, /set up that version first .* --any-version/);
  t.strictSame(await inVolume(), before, 'nothing was begun');
  const tried = await backup('restore', id, '--yes', '--any-version');
  t.equal(tried.code, 0, tried.stderr);
  await useImage(await relabelled('constellation'));
  const foreign = await backup('restore', id, '--yes', '--any-version');
  t.equal(foreign.code, 1, 'the other server cannot read it at all');
  t.match(foreign.stderr, /cannot read/);
  await useImage(name);
});

t.test('to another volume and port, which is a folder', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'clback-folder-'));
  // Done last: until the place is gone the container writes to it.
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const other = await makePlace(t, {
    generation,
    project: `${name}-other`,
    env,
  });
  await other.stack.compose('up', '-d', 'jetstream');
  const done = await other.setup('--data', folder);
  t.equal(done.code, 0, done.stderr);
  const { path: made, manifest } = first;
  const restored = await runBackup(
    other.state,
    ['restore', made, '--yes', '--json', '--resume-wait', '0'],
    env
  );
  t.equal(restored.code, 0, restored.stderr);
  t.match(JSON.parse(restored.stdout), { dataPath: folder, started: true });
  const record = readFileSync(path.join(other.state, 'docker.json'), 'utf8');
  t.match(
    JSON.parse(record),
    { since: manifest.index.completeSince },
    'since when it is complete is written down'
  );
  for (const sentinel of manifest.sentinels.slice(0, 5)) {
    const now = await countOf(other.api, sentinel);
    t.ok(now >= sentinel.records, sentinel.target);
  }
});

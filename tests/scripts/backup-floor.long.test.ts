/** Looking at a backup on the disk of an index that needs the room itself. */

import { readdirSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { startIngesting } from '../fixtures/backup/ingesting-index.js';
import { fill } from '../fixtures/filled-disk.js';
import { smallDisk } from '../fixtures/small-disk.js';

const disk = smallDisk(t, 'size=400m');
if (disk !== null) await lookThere(disk);

async function lookThere(disk: string): Promise<void> {
  const index = await startIngesting(t, path.join(disk, 'data'));
  const { backup, document } = index;
  const there = ['--work', disk];

  t.test('a look does not take the room of the running index', async (t) => {
    fill(disk, 129);
    const before = readdirSync(disk);
    const made = await backup('create', there);
    t.equal(made.code, 3, made.stderr);
    const refusal =
      /unpacking it for a look may need .* in .*, beside 128\.0 MiB below which the running index pauses \(--min-free-mib\), where 1\d\d\.\d MiB are free/;
    t.match(made.stdout, refusal);
    t.match(made.stdout, /later: npx zx scripts\/backup\.ts verify /);
    t.match(made.stderr, 'Next: use a folder on another disk with --work DIR');
    const [name = ''] = index.names();
    const looked = await backup('verify', [name, ...there]);
    t.equal(looked.code, 1);
    t.match(looked.stderr, refusal);
    t.match(looked.stderr, 'Next: use a folder on another disk');
    t.strictSame(readdirSync(disk), before, 'nothing was unpacked');
    t.equal((await backup('verify', [name])).code, 0, 'another disk has room');
  });

  t.test('an index that has stopped needs none', async (t) => {
    await index.runtime.stop({});
    const { code, value } = await document('verify', there);
    t.equal(code, 0);
    t.match(value, { ok: true });
  });
}

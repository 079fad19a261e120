import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  MARKER_FILE,
  openDataFolder,
  readMarker,
  unusable,
} from '../../../../microcosm-bridge/constellation-embedded/store/data-folder.js';

t.test('a folder is made, with its parents, and found again', async (t) => {
  const path = join(t.testdir(), 'größe mit leerzeichen', 'data');
  const made = openDataFolder(path, false);
  t.match(made, { path, format: 1, sample: false });
  t.same(openDataFolder(path, false), made);
  t.same(readMarker(path), made);
});

t.test('a file in place of the folder is refused', async (t) => {
  const path = join(t.testdir({ data: 'text' }), 'data');
  t.throws(() => openDataFolder(path, false), {
    code: 'DATA_NOT_A_FOLDER',
    path,
  });
  t.throws(() => openDataFolder(join(path, 'deeper'), false), {
    code: 'DATA_NOT_A_FOLDER',
  });
});

t.test('a folder of somebody else is refused and left alone', async (t) => {
  const path = t.testdir({ 'photo.jpg': 'x' });
  t.throws(() => openDataFolder(path, false), {
    code: 'DATA_FOREIGN',
    message: /photo\.jpg/,
  });
  t.equal(readMarker(path), null);
});

t.test("a fresh volume with lost+found is not somebody else's", async (t) => {
  const path = t.testdir();
  mkdirSync(join(path, 'lost+found'));
  t.match(openDataFolder(path, false), { format: 1 });
});

t.test('a folder of a newer format is refused with the way out', async (t) => {
  const marker = {
    format: 2,
    createdAt: '2027-01-01T00:00:00Z',
    sample: false,
  };
  const path = t.testdir({ [MARKER_FILE]: JSON.stringify(marker) });
  t.throws(() => openDataFolder(path, false), {
    code: 'DATA_NEWER_FORMAT',
    message: /format 2, this version reads format 1/,
    suggestion: /newer version/,
  });
});

t.test('sample data and real data are never mixed', async (t) => {
  const real = t.testdir();
  openDataFolder(real, false);
  t.throws(() => openDataFolder(real, true), { code: 'DATA_SAMPLE_MISMATCH' });
  const sample = join(real, 'sample');
  openDataFolder(sample, true);
  t.throws(() => openDataFolder(sample, false), {
    code: 'DATA_SAMPLE_MISMATCH',
  });
});

t.test('a damaged marker is said, not overwritten', async (t) => {
  for (const text of ['', '{', '[]', '{"format":"1"}', '{"format":0.5}']) {
    const path = t.testdir({ [MARKER_FILE]: text });
    t.throws(() => openDataFolder(path, false), { code: 'DATA_DAMAGED' });
  }
});

t.test(
  'an unwritable folder is refused with the command to look at it',
  async (t) => {
    if (process.getuid?.() === 0) {
      const denied = Object.assign(new Error('EACCES: denied'), {
        code: 'EACCES',
      });
      t.match(unusable('/data', denied), {
        code: 'DATA_UNWRITABLE',
        suggestion: /ls -ld/,
      });
      return;
    }
    const path = t.testdir();
    chmodSync(path, 0o500);
    t.throws(() => openDataFolder(path, false), { code: 'DATA_UNWRITABLE' });
    chmodSync(path, 0o700);
  }
);

t.test('a full disk is said when the folder cannot be made', async (t) => {
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  t.match(unusable('/data', full), { code: 'DATA_DISK_FULL' });
});

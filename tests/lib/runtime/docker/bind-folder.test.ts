import { chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { prepareBindFolder } from '../../../../lib/runtime/docker/bind-folder.js';

const isRoot = process.getuid?.() === 0;
const skip = isRoot ? false : 'only root may give a folder to somebody else';
if (!isRoot && process.env['CI'] !== undefined) throw new Error(String(skip));

t.test('what cannot be a data folder is said', async (t) => {
  const file = path.join(t.testdir({ file: '' }), 'file');
  await t.rejects(prepareBindFolder(path.join(file, 'data')), {
    code: 'BAD_DATA_FOLDER',
    suggestion: `make it: mkdir -p ${file}/data`,
  });
});

t.test('a data folder gets a user that is not root', { skip }, async (t) => {
  const root = t.testdir();
  const [made, theirs, ofRoot] = ['made', 'theirs', "root's own"].map((name) =>
    path.join(root, name)
  );
  if (made === undefined || theirs === undefined || ofRoot === undefined)
    return;
  const image = { uid: 10_001, gid: 10_001 };
  t.strictSame(await prepareBindFolder(made), { ...image, isEmpty: true });
  t.match(statSync(made), image, 'a new one is given to the image’s user');

  const disk = path.join(root, 'a new disk');
  mkdirSync(path.join(disk, 'lost+found'), { recursive: true });
  t.strictSame(await prepareBindFolder(disk), { ...image, isEmpty: true });
  t.equal(statSync(path.join(disk, 'lost+found')).uid, 0, 'root’s own');

  mkdirSync(theirs);
  chownSync(theirs, 1234, 1235);
  const owner = { uid: 1234, gid: 1235 };
  t.strictSame(await prepareBindFolder(theirs), { ...owner, isEmpty: true });
  writeFileSync(path.join(theirs, 'CURRENT'), '');
  await t.rejects(prepareBindFolder(theirs), {
    code: 'BAD_DATA_FOLDER',
    message: `${theirs}/CURRENT belongs to 0, its folder to 1234`,
    suggestion: `sudo chown -R 1234:1235 "${theirs}"`,
  });
  chownSync(path.join(theirs, 'CURRENT'), 1234, 1235);
  t.strictSame(await prepareBindFolder(theirs), { ...owner, isEmpty: false });

  mkdirSync(ofRoot);
  writeFileSync(path.join(ofRoot, 'CURRENT'), '');
  await t.rejects(prepareBindFolder(ofRoot), {
    code: 'BAD_DATA_FOLDER',
    suggestion: `sudo chown -R 10001:10001 "${ofRoot}"`,
  });
  t.equal(statSync(ofRoot).uid, 0, 'what somebody has put there is left alone');
});

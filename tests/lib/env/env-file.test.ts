import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t from 'tap';
import {
  backupName,
  readEnvFile,
  writeEnvFile,
} from '../../../lib/env/index.js';
import { changeEnvFile, modeFor } from '../../../lib/env/env-file.js';

const now = (): Date => new Date('2026-11-23T23:15:00.123Z');
const BACKUP = '.env.backup-20261123T231500Z';

function mode(file: string): number {
  return statSync(file).mode & 0o777;
}

/** A folder with an `.env` of that text and mode. */
function envIn(folder: string, text: string | Buffer, bits = 0o640): string {
  const file = path.join(folder, '.env');
  writeFileSync(file, text);
  chmodSync(file, bits);
  return file;
}

t.test('keys are changed, a dated copy stays, mode is kept', async (t) => {
  const file = envIn(t.testdir({}), 'A=1\nB=2\n');
  const change = await writeEnvFile(file, { A: '3' }, { now });
  const backupPath = path.join(path.dirname(file), BACKUP);
  t.match(change, {
    path: file,
    realPath: file,
    created: false,
    backupPath,
    mode: 0o640,
    diff: /-A=1\n\+A=3\n/,
    changes: [{ key: 'A', before: '1', after: '3' }],
  });
  t.equal(readFileSync(file, 'utf8'), 'A=3\nB=2\n');
  t.equal(readFileSync(backupPath, 'utf8'), 'A=1\nB=2\n');
  t.equal(mode(file), 0o640);
  t.equal(mode(backupPath), 0o640);
  t.strictSame(readdirSync(path.dirname(file)).sort(), ['.env', BACKUP]);
});

t.test('when all is as wished nothing is written', async (t) => {
  const file = envIn(t.testdir({}), 'A=1\n');
  const before = statSync(file, { bigint: true });
  const change = await writeEnvFile(file, { A: '1', B: null }, { now });
  t.match(change, { changes: [], backupPath: null, diff: '' });
  const after = statSync(file, { bigint: true });
  t.equal(after.mtimeNs, before.mtimeNs);
  t.equal(after.ino, before.ino);
  t.strictSame(readdirSync(path.dirname(file)), ['.env']);
});

t.test('a dry run says the same and writes nothing', async (t) => {
  const file = envIn(t.testdir({}), 'A=1\n');
  const options = { now, dryRun: true };
  const plan = await writeEnvFile(file, { A: '2' }, options);
  t.match(plan, { diff: /\+A=2/, changes: [{ key: 'A' }], backupPath: null });
  t.equal(readFileSync(file, 'utf8'), 'A=1\n');
  t.strictSame(readdirSync(path.dirname(file)), ['.env']);
  const absent = path.join(path.dirname(file), 'absent');
  t.match(await writeEnvFile(absent, { A: '2' }, options), { created: true });
  t.notOk(existsSync(absent));
});

t.test('a copy is never written over another', async (t) => {
  const file = envIn(t.testdir({}), 'A=1\n');
  await writeEnvFile(file, { A: '2' }, { now });
  const second = await writeEnvFile(file, { A: '3' }, { now });
  const folder = path.dirname(file);
  t.equal(second.backupPath, path.join(folder, `${BACKUP}-2`));
  t.equal(readFileSync(path.join(folder, BACKUP), 'utf8'), 'A=1\n');
  t.equal(readFileSync(path.join(folder, `${BACKUP}-2`), 'utf8'), 'A=2\n');
});

t.test('a file that does not exist is made from its template', async (t) => {
  const file = path.join(t.testdir({}), 'größe here', '.env');
  mkdirSync(path.dirname(file));
  const options = { template: '# new\nA=1\n' };
  const change = await writeEnvFile(file, { A: '2' }, options);
  t.match(change, { created: true, backupPath: null });
  t.equal(readFileSync(file, 'utf8'), '# new\nA=2\n');
  t.equal(mode(file), 0o644 & ~process.umask());
});

t.test('the first secret closes the file, and copies with one', async (t) => {
  const file = envIn(t.testdir({}), 'A=1\n', 0o644);
  const redis = { REDIS_URL: 'redis://:hunter2@h' };
  const first = await writeEnvFile(file, redis, { now });
  t.equal(mode(file), 0o600);
  t.equal(mode(String(first.backupPath)), 0o644, 'the copy has no secret');
  t.notMatch(first.diff, 'hunter2');

  const open = envIn(t.testdir({}), 'DB_PASSWORD=x\n', 0o644);
  const change = await writeEnvFile(open, { A: '1' }, { now });
  t.equal(mode(open), 0o644, 'its owner chose to have it open');
  t.equal(mode(String(change.backupPath)), 0o600);
  const made = path.join(path.dirname(open), 'made');
  await writeEnvFile(made, redis);
  t.equal(mode(made), 0o600);
});

t.test('the mode after an edit', async (t) => {
  const change = (key: string, before: string | null, after: string | null) =>
    [{ key, before, after, kind: 'changed', line: 1 }] as const;
  t.equal(modeFor(undefined, 'A=1', [], 0o027), 0o640);
  t.equal(modeFor(0o664, '', change('API_TOKEN', null, 'x')), 0o600);
  t.equal(modeFor(0o664, '', change('API_TOKEN', '', 'x')), 0o600);
  t.equal(modeFor(0o664, '', change('API_TOKEN', 'w', 'x')), 0o664);
  t.equal(modeFor(0o664, '', change('API_TOKEN', 'x', null)), 0o664);
  t.equal(modeFor(0o664, '', change('API_TOKEN', null, '')), 0o664);
  t.equal(modeFor(0o664, '', change('U', 'http://h', 'http://u:p@h')), 0o600);
});

t.test('links are followed and stay', async (t) => {
  const folder = t.testdir({ real: { 'prod.env': 'A=1\n' } });
  const link = path.join(folder, '.env');
  symlinkSync('real/prod.env', link);
  const change = await writeEnvFile(link, { A: '2' }, { now });
  const real = path.join(folder, 'real', 'prod.env');
  t.ok(lstatSync(link).isSymbolicLink());
  t.equal(readFileSync(real, 'utf8'), 'A=2\n');
  t.equal(change.realPath, real);
  t.equal(change.backupPath, `${real}.backup-20261123T231500Z`);
});

t.test('what is no env file is refused with its path', async (t) => {
  const folder = t.testdir({ dir: {} });
  const put = (name: string, content: string | Buffer): string => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  symlinkSync('nowhere', path.join(folder, 'dangling'));
  const cases: Array<[string, string, RegExp]> = [
    [path.join(folder, 'dir'), 'not-a-file', /not a regular file/],
    [path.join(folder, 'dangling'), 'not-a-file', /leads nowhere/],
    ['/dev/null', 'not-a-file', /not a regular file/],
    [
      put('latin1', Buffer.from('A=1\nB=\xe9\n', 'latin1')),
      'not-text',
      /line 2/,
    ],
    [put('tail', Buffer.from('A=1\nB=\xe9', 'latin1')), 'not-text', /line 2/],
    [put('nul', 'A=1\nB=2\0\n'), 'not-text', /line 2/],
    [put('big', 'A=1\n'.repeat(300_000)), 'too-large', /1048576/],
    [put('broken', 'A=1\nB="open\n'), 'broken-env', /line 2, B: the quote/],
    [path.join(folder, 'latin1', 'x'), 'read-failed', /ENOTDIR/],
    [path.join(folder, 'no', 'x'), 'write-failed', /ENOENT/],
  ];
  for (const [file, code, message] of cases) {
    const before = existsSync(file) && statSync(file).mtimeMs;
    const written = writeEnvFile(file, { A: '2' });
    await t.rejects(written, { code, message, path: file }, file);
    t.equal(existsSync(file) && statSync(file).mtimeMs, before);
  }
  t.notOk(readdirSync(folder).some((name) => /backup|tmp/.test(name)));
});

t.test('a write by somebody else in the meantime is not lost', async (t) => {
  const file = envIn(t.testdir({}), 'A=1\n');
  const changed = changeEnvFile(
    file,
    () => {
      writeFileSync(file, 'A=1\nTHEIRS=1\n');
      return [{ key: 'A', value: '2' }];
    },
    { now }
  );
  await t.rejects(changed, { code: 'changed-meanwhile', path: file });
  t.equal(readFileSync(file, 'utf8'), 'A=1\nTHEIRS=1\n');
  const fresh = path.join(path.dirname(file), 'fresh');
  const made = changeEnvFile(fresh, () => {
    writeFileSync(fresh, 'THEIRS=1\n');
    return [{ key: 'A', value: '2' }];
  });
  await t.rejects(made, { code: 'changed-meanwhile' });
  t.equal(readFileSync(fresh, 'utf8'), 'THEIRS=1\n');
  t.notOk(readdirSync(path.dirname(file)).some((name) => /tmp/.test(name)));
});

const isRoot = process.getuid?.() === 0;
t.test(
  'the owner is kept',
  { skip: !isRoot && 'only root can give a file away' },
  async (t) => {
    const file = envIn(t.testdir({}), 'A=1\n');
    chownSync(file, 1234, 2345);
    const { backupPath } = await writeEnvFile(file, { A: '2' }, { now });
    for (const each of [file, String(backupPath)]) {
      t.match(statSync(each), { uid: 1234, gid: 2345 });
    }
  }
);

t.test('a file can be read for its text and mode', async (t) => {
  const file = envIn(t.testdir({}), '\uFEFFA=1\r\n');
  t.match(await readEnvFile(file), { text: '\uFEFFA=1\r\n', mode: 0o640 });
  t.equal(await readEnvFile(`${file}.not-there`), undefined);
});

t.test('the name of a copy has the moment in UTC', async (t) => {
  t.equal(backupName('.env', now()), BACKUP);
});

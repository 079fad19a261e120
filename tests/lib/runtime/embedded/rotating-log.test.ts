import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { RotatingLog } from '../../../../lib/runtime/embedded/rotating-log.js';

function folder(t: Test): string {
  const made = mkdtempSync(path.join(tmpdir(), 'log ünïcode '));
  t.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** All that was kept, oldest first. */
function kept(file: string): string {
  const names = readdirSync(path.dirname(file)).sort().reverse();
  return names
    .map((name) => readFileSync(path.join(path.dirname(file), name), 'utf8'))
    .join('');
}

t.test('lines are in the file as soon as they are written', async (t) => {
  const file = path.join(folder(t), 'logs', 'a.log');
  const log = new RotatingLog(file, { maxBytes: 1000 });
  log.write('eins\n');
  log.write('zwö\n');
  t.equal(readFileSync(file, 'utf8'), 'eins\nzwö\n');
  log.close();
});

t.test(
  'a full file is rotated, old ones are kept up to a number',
  async (t) => {
    const file = path.join(folder(t), 'a.log');
    const log = new RotatingLog(file, { maxBytes: 20, keep: 2 });
    for (let line = 0; line < 10; line++) log.write(`line ${line} ...\n`);
    t.same(readdirSync(path.dirname(file)), ['a.log', 'a.log.1', 'a.log.2']);
    t.equal(kept(file), 'line 7 ...\nline 8 ...\nline 9 ...\n');
    log.close();
  }
);

t.test('no line is split and none is lost while there is room', async (t) => {
  const file = path.join(folder(t), 'a.log');
  const log = new RotatingLog(file, { maxBytes: 100, keep: 9 });
  const lines = Array.from({ length: 60 }, (_, i) => `ümläut ${i}\n`);
  for (const line of lines) log.write(line);
  t.equal(kept(file), lines.join(''));
  for (const name of readdirSync(path.dirname(file))) {
    const text = readFileSync(path.join(path.dirname(file), name));
    t.ok(text.length <= 100, `${name} is at most 100 bytes`);
    t.equal(text.at(-1), 10);
  }
  log.close();
});

t.test('a line longer than the limit gets a file of its own', async (t) => {
  const file = path.join(folder(t), 'a.log');
  const log = new RotatingLog(file, { maxBytes: 20, keep: 3 });
  const long = `${'x'.repeat(50)}\n`;
  for (const line of ['a\n', long, 'b\n']) log.write(line);
  t.equal(readFileSync(`${file}.1`, 'utf8'), long);
  t.equal(kept(file), `a\n${long}b\n`);
  log.close();
});

t.test('a later start goes on with the same file and its size', async (t) => {
  const file = path.join(folder(t), 'a.log');
  writeFileSync(file, 'from before....\n');
  const log = new RotatingLog(file, { maxBytes: 20, keep: 1 });
  log.write('and more\n');
  t.equal(readFileSync(`${file}.1`, 'utf8'), 'from before....\n');
  t.equal(readFileSync(file, 'utf8'), 'and more\n');
  log.close();
});

t.test('without old files to keep the full one is dropped', async (t) => {
  const file = path.join(folder(t), 'a.log');
  const log = new RotatingLog(file, { maxBytes: 5, keep: 0 });
  log.write('one\n');
  log.write('two\n');
  t.same(readdirSync(path.dirname(file)), ['a.log']);
  t.equal(readFileSync(file, 'utf8'), 'two\n');
  log.close();
});

t.test('a file that is removed under it is made again', async (t) => {
  const file = path.join(folder(t), 'logs', 'a.log');
  const log = new RotatingLog(file, { maxBytes: 1000 });
  log.write('one\n');
  rmSync(path.dirname(file), { recursive: true });
  log.write('two\n');
  t.equal(readFileSync(file, 'utf8'), 'two\n');
  log.close();
});

t.test('what cannot be written is counted, and said later', async (t) => {
  const file = path.join(folder(t), 'a.log');
  const log = new RotatingLog(file, { maxBytes: 1000 });
  log.close();
  rmSync(file);
  mkdirSync(file); // an obstacle that stops root too
  log.write('lost\n');
  log.write('lost\n');
  t.equal(log.lostLines, 2);
  rmSync(file, { recursive: true });
  log.write('back\n');
  t.equal(
    readFileSync(file, 'utf8'),
    '(2 lines could not be written here)\nback\n'
  );
  t.equal(log.lostLines, 0);
  log.close();
});

t.test('rotation goes on where a kill -9 stopped it', async (t) => {
  const file = path.join(folder(t), 'a.log');
  const log = new RotatingLog(file, { maxBytes: 10, keep: 3 });
  log.write('first...\n');
  log.write('second..\n');
  rmSync(`${file}.1`); // as if moved on to .2 by a rotation that died
  writeFileSync(`${file}.2`, 'first...\n');
  log.write('third...\n');
  t.equal(readFileSync(`${file}.1`, 'utf8'), 'second..\n');
  t.ok(existsSync(`${file}.3`));
  t.equal(kept(file), 'first...\nsecond..\nthird...\n');
  log.close();
});

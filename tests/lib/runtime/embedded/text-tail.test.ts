import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import {
  lastLines,
  lastLogLines,
  linesSince,
} from '../../../../lib/runtime/embedded/text-tail.js';
import { scratchFolder } from '../../../fixtures/runtime/scratch.js';

t.test('the last lines of a file, however it ends', async (t) => {
  const file = path.join(scratchFolder(t), 'a.log');
  t.equal(await lastLines(file, 3), null, 'no file');
  writeFileSync(file, '');
  t.same(await lastLines(file, 3), []);
  writeFileSync(file, 'eins\nzwö\ndrei\nvier\n');
  t.same(await lastLines(file, 2), ['drei', 'vier']);
  t.same(await lastLines(file, 9), ['eins', 'zwö', 'drei', 'vier']);
  writeFileSync(file, 'eins\nhalf');
  t.same(await lastLines(file, 9), ['eins', 'half']);
});

t.test(
  'of a large file only the end is read, and no line is cut',
  async (t) => {
    const file = path.join(scratchFolder(t), 'a.log');
    const lines = Array.from({ length: 20_000 }, (_, i) => `lïne ${i} of many`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    t.same(await lastLines(file, 10_000), lines.slice(-10_000));
    t.same(await lastLines(file, 3), lines.slice(-3));
  }
);

t.test('older files of a rotated log are read as far as needed', async (t) => {
  const file = path.join(scratchFolder(t), 'a.log');
  writeFileSync(`${file}.2`, 'one\ntwo\n');
  writeFileSync(`${file}.1`, 'three\n');
  writeFileSync(file, 'four\nfive\n');
  t.same(await lastLogLines(file, 4), ['two', 'three', 'four', 'five']);
  t.same(await lastLogLines(file, 2), ['four', 'five']);
});

t.test('lines since a time, with what belongs to them', async (t) => {
  const lines = [
    '2026-01-01T10:00:00.000Z INFO  before',
    '    its second line',
    '2026-01-01T10:00:01.000Z ERROR after',
    '    at its stack',
  ];
  t.same(linesSince(lines, '2026-01-01T10:00:00.500Z'), lines.slice(2));
  t.same(linesSince(lines, '2026-01-01T10:00:00.000Z'), lines);
  t.same(linesSince(lines, '2026-01-02T00:00:00.000Z'), []);
});

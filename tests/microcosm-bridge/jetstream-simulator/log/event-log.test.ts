import { appendFile, writeFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { generateEvents } from '../../../../microcosm-bridge/jetstream-simulator/generator/generate-events.js';
import { EventBlock } from '../../../../microcosm-bridge/jetstream-simulator/log/event-block.js';
import { EventFile } from '../../../../microcosm-bridge/jetstream-simulator/log/event-file.js';
import {
  readEventHeader,
  shiftEventTime,
} from '../../../../microcosm-bridge/jetstream-simulator/log/event-header.js';
import { EventLog } from '../../../../microcosm-bridge/jetstream-simulator/log/event-log.js';
import { splitLines } from '../../../../microcosm-bridge/jetstream-simulator/log/lines.js';
import type { Position } from '../../../../microcosm-bridge/jetstream-simulator/log/segment.js';

const linesOf = (...timesUs: number[]) =>
  timesUs.map((timeUs) => Buffer.from(`{"time_us":${timeUs}}`));

const timeAt = async (log: EventLog, position: Position) => {
  const settled = log.settle(position);
  const block = await log.at(settled)?.block();
  return block?.timeUs(settled.event);
};

t.test('headers are read however an event is written', async (t) => {
  const did = 'did:plc:abc';
  const commit = { rev: '3abc', operation: 'create', collection: 'a.b.c' };
  const usual = { did, time_us: 5, kind: 'commit', commit };
  const cases: [unknown, number?, string?, string?][] = [
    [usual, 5, did, 'a.b.c'],
    [{ commit, kind: 'commit', time_us: 5, did }, 5, did, 'a.b.c'],
    [{ ...usual, commit: { collection: 'x.y.z', rev: 'A' } }, 5, did, 'x.y.z'],
    [{ did, time_us: 6, kind: 'account', account: {} }, 6, did],
    [{ did, time_us: 6, kind: 'identity', commit }, 6, did],
    [{ did: 7, time_us: '5', kind: 'commit', commit: [] }],
    [{ did, time_us: 1.5, kind: 'commit', commit: { collection: 1 } }, , did],
    [[usual]],
    [null],
    ['text'],
  ];
  for (const [event, timeUs, eventDid, collection] of cases) {
    const text = JSON.stringify(event);
    const header = { timeUs, did: eventDid, collection };
    t.same(readEventHeader(Buffer.from(text)), header, text);
  }
  t.same(
    readEventHeader(Buffer.from('{"did":"did:plc:abc","time_us":5,"ki')),
    { timeUs: undefined, did: undefined, collection: undefined },
    'a line that is cut off'
  );
});

t.test('the time of an event can be shifted, and nothing else', async (t) => {
  const [line = ''] = generateEvents({ events: 1 });
  const event = JSON.parse(line) as { time_us: number };
  const shifted = shiftEventTime(Buffer.from(line), -1234).toString();
  t.equal(
    shifted,
    line.replace(String(event.time_us), String(event.time_us - 1234))
  );
  const unusual = Buffer.from('{"kind":"account","time_us":5}');
  t.same(JSON.parse(shiftEventTime(unusual, 10).toString()), {
    kind: 'account',
    time_us: 15,
  });
  const none = Buffer.from('no event');
  t.equal(shiftEventTime(none, 10), none);
});

t.test('lines are split at either line end, empty ones left out', async (t) => {
  const texts = splitLines(Buffer.from('a\r\nb\n\n\r\nc')).map(String);
  t.same(texts, ['a', 'b', 'c']);
  t.same(splitLines(Buffer.from('')), []);
});

t.test('a cursor finds the first event that is not before it', async (t) => {
  const log = new EventLog(1e6);
  log.append(linesOf(10, 20, 30));
  log.append(linesOf(40, 50));
  const from = async (cursorUs: number) =>
    timeAt(log, await log.find(cursorUs));
  t.equal(await from(0), 10, 'an old one: the oldest');
  t.equal(await from(20), 20, 'inclusive');
  t.equal(await from(21), 30);
  t.equal(await from(30), 30, 'also the last one of a block');
  t.equal(await from(31), 40, 'over the border of blocks');
  t.equal(await from(51), undefined, 'a future one: the end');
  t.same(await log.find(51), log.end);
  t.equal(log.newestTimeUs, 50);
});

t.test('an event without time counts as old as the one before', async (t) => {
  const log = new EventLog(1e6);
  log.append([...linesOf(10), Buffer.from('nonsense'), ...linesOf(20)]);
  const { event } = await log.find(11);
  t.equal(event, 2);
  const block = new EventBlock([Buffer.from('nonsense')], 77);
  t.equal(block.newestTimeUs, 77);
});

t.test('memory is bounded: the oldest events go', async (t) => {
  const log = new EventLog(65_536);
  for (let i = 1; i <= 1000; i++) log.append(linesOf(i));
  t.ok(log.events > 10 && log.events < 1000, `${log.events} are left`);
  const oldest = 1000 - log.events + 1;
  t.equal(await timeAt(log, log.start), oldest);
  t.equal(await timeAt(log, { segment: 0, event: 0 }), oldest, 'who is late');
  t.equal(await timeAt(log, await log.find(1)), oldest, 'an old cursor');
});

t.test('a place in the log stays what it is when older ones go', async (t) => {
  const log = new EventLog(65_536);
  for (let i = 1; i <= 50; i++) log.append(linesOf(i));
  const place = await log.find(50);
  for (let i = 51; i <= 120; i++) log.append(linesOf(i));
  t.ok(log.start.segment > 0, 'some have gone');
  t.equal(await timeAt(log, place), 50);
  t.equal(
    await timeAt(log, log.settle({ ...place, event: 1 })),
    51,
    'the next'
  );
});

t.test('going back counts events, as far as there are some', async (t) => {
  const log = new EventLog(1e6);
  log.append(linesOf(1, 2, 3));
  log.append(linesOf(4));
  log.append(linesOf(5, 6));
  const back = (events: number) => timeAt(log, log.back(log.end, events));
  t.equal(await back(1), 6);
  t.equal(await back(2), 5);
  t.equal(await back(3), 4);
  t.equal(await back(4), 3);
  t.equal(await back(6), 1);
  t.equal(await back(600), 1);
});

t.test('a file is read in stretches of whole lines', async (t) => {
  const path = join(t.testdir(), 'events.jsonl');
  const lines = [...generateEvents({ events: 3000 })];
  const long = JSON.stringify({ time_us: 9e15, text: 'x'.repeat(2_000_000) });
  await writeFile(path, lines.join('\r\n') + '\n\n' + long);
  const file = await EventFile.open(path);
  t.teardown(() => file.close());
  t.ok(file.segments.length > 4, 'several');
  const read: string[] = [];
  for (const segment of file.segments) {
    const block = await segment.block();
    t.equal(block.events, segment.events);
    t.equal(block.newestTimeUs, segment.newestTimeUs);
    for (let i = 0; i < block.events; i++) read.push(String(block.payload(i)));
  }
  t.ok(read.join('\n') === [...lines, long].join('\n'), 'all of it');
});

t.test('a file can be shifted in time as a whole', async (t) => {
  const path = join(t.testdir(), 'events.jsonl');
  await writeFile(path, linesOf(100, 150, 120).join('\n'));
  const file = await EventFile.open(path, 1000);
  t.teardown(() => file.close());
  const [segment] = file.segments;
  t.equal(segment?.newestTimeUs, 1000);
  const block = await segment?.block();
  t.same(
    [0, 1, 2].map((i) => block?.timeUs(i)),
    [950, 1000, 970]
  );
});

t.test('a file that cannot be read is named', async (t) => {
  const dir = t.testdir();
  const unreadable = { code: 'file-unreadable' };
  await t.rejects(EventFile.open(join(dir, 'none.jsonl')), unreadable);
  await t.rejects(EventFile.open(dir), unreadable);
  const empty = join(dir, 'empty.jsonl');
  await writeFile(empty, '\n\n');
  const file = await EventFile.open(empty);
  t.same(file.segments, [], 'an empty one has no events');
  await file.close();
});

t.test('a file that shrinks under the reader is an error', async (t) => {
  const path = join(t.testdir(), 'events.jsonl');
  await writeFile(path, linesOf(1, 2, 3).join('\n'));
  const file = await EventFile.open(path);
  t.teardown(() => file.close());
  await truncate(path, 5);
  const read = Promise.resolve(file.segments[0]?.block());
  await t.rejects(read, { code: 'file-unreadable' });
  await truncate(path, 0);
  await appendFile(path, linesOf(1, 2, 3).join('\n'));
  t.equal((await file.segments[0]?.block())?.events, 3, 'and is tried again');
});

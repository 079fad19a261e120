import t from 'tap';
import { batchDelayMs } from '../../../../microcosm-bridge/constellation-embedded/jetstream/batch.js';
import { BatchBuffer } from '../../../../microcosm-bridge/constellation-embedded/jetstream/batch-buffer.js';
import type { ReadEvent } from '../../../../microcosm-bridge/constellation-embedded/jetstream/batch-buffer.js';
import { ManualClock } from './manual-clock.js';

const limits = {
  maxBatchEvents: 10,
  maxBatchBytes: 1000,
  maxBatchDelayMs: 1000,
  liveBatchDelayMs: 200,
};

function read(timeUs: number, more: Partial<ReadEvent> = {}): ReadEvent {
  const event = { kind: 'other', did: 'did:x:y', timeUs, name: 'n' } as const;
  const defaults = { bytes: 10, endpoint: 'ws://a', gap: null };
  return { event, cursorUs: timeUs, ...defaults, ...more };
}

function times(buffer: BatchBuffer): number[] {
  return buffer.take()?.events.map(({ timeUs }) => timeUs) ?? [];
}

t.test('a batch is complete with its events or its bytes', async (t) => {
  const buffer = new BatchBuffer(limits, new ManualClock());
  for (let i = 1; i <= 9; i++) buffer.add(read(i));
  t.notOk(buffer.full);
  buffer.add(read(10));
  t.ok(buffer.full);
  buffer.add(read(11, { bytes: 5000 }));
  t.equal(buffer.size, 11);
  t.equal(buffer.bytes, 5100);
  t.same(times(buffer), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  t.ok(buffer.full, 'one large event is a batch of its own');
  const { cursor, bytes, endpoint } = buffer.take() ?? {};
  t.same(
    { cursor, bytes, endpoint },
    {
      cursor: 11,
      bytes: 5000,
      endpoint: 'ws://a',
    }
  );
  t.equal(buffer.take(), null);
  t.equal(buffer.size, 0);
});

t.test('a batch is from one endpoint', async (t) => {
  const buffer = new BatchBuffer(limits, new ManualClock());
  buffer.add(read(5));
  buffer.add(read(3, { endpoint: 'ws://b' }));
  const first = buffer.take();
  const second = buffer.take();
  t.same([first?.endpoint, first?.cursor], ['ws://a', 5]);
  t.same([second?.endpoint, second?.cursor], ['ws://b', 3]);
});

t.test('a gap stands before the first event of its batch', async (t) => {
  const buffer = new BatchBuffer(limits, new ManualClock());
  const gap = { fromUs: 2, toUs: 9 };
  buffer.add(read(1));
  buffer.add(read(9, { gap }));
  buffer.add(read(10));
  const first = buffer.take();
  t.same(first?.events.length, 1);
  t.equal(first?.gap, undefined);
  t.same(buffer.take()?.gap, gap);
});

t.test('malformed frames are told with the next batch', async (t) => {
  const buffer = new BatchBuffer(limits, new ManualClock());
  buffer.addMalformed();
  t.equal(buffer.take(), null, 'they make no batch');
  buffer.add(read(1));
  buffer.addMalformed();
  t.equal(buffer.take()?.malformed, 2);
  buffer.add(read(2));
  t.equal(buffer.take()?.malformed, 0);
});

const pace: readonly (readonly [
  what: string,
  events: number,
  newestAgeMs: number,
  delayMs: number,
])[] = [
  ['a live stream: soon', 1, 20, 200],
  ['a live stream that fills batches in a second: later', 2000, 20, 1000],
  ['a busy stream that does not: soon', 1999, 20, 200],
  ['catching up: later', 1, 3_600_000, 1000],
  ['a host whose clock is ahead is live', 1, -5000, 200],
];
for (const [what, events, newestAgeMs, delayMs] of pace) {
  t.test(what, async (t) => {
    const timing = { ...limits, maxBatchEvents: 10_000 };
    t.equal(batchDelayMs({ events, newestAgeMs }, timing), delayMs);
  });
}

t.test('an open batch is due some time after its first event', async (t) => {
  const clock = new ManualClock();
  const buffer = new BatchBuffer(limits, clock);
  t.equal(buffer.dueInMs(0), null);
  clock.advance(5000);
  buffer.add(read(clock.now() * 1000));
  t.equal(buffer.dueInMs(0), 200);
  clock.advance(150);
  t.equal(buffer.dueInMs(0), 50);
  clock.advance(50);
  t.equal(buffer.dueInMs(0), 0);
});

t.test('the time in which nobody waited does not count', async (t) => {
  const clock = new ManualClock();
  const buffer = new BatchBuffer(limits, clock);
  buffer.add(read(clock.now() * 1000));
  clock.advance(900);
  t.equal(buffer.dueInMs(clock.elapsed()), 200);
});

t.test('a complete batch is due at once', async (t) => {
  const clock = new ManualClock();
  const buffer = new BatchBuffer(limits, clock);
  for (let i = 0; i < 10; i++) buffer.add(read(i));
  t.equal(buffer.dueInMs(clock.elapsed()), 0);
});

import { readFile } from 'node:fs/promises';
import t, { type Test } from 'tap';
import {
  generateEvents,
  samplePath,
  startSimulator,
} from '../../../../microcosm-bridge/jetstream-simulator/index.js';
import { sampleOptions } from '../../../../microcosm-bridge/jetstream-simulator/sample/sample.js';
import { StreamClient } from '../stream-client.js';

interface Event {
  did: string;
  time_us: number;
  commit: { rev: string; operation: string; collection: string; rkey: string };
}

const read = (line: string) => JSON.parse(line) as Event;
const recordOf = ({ did, commit }: Event) =>
  `${did}/${commit.collection}/${commit.rkey}`;

/** What a client without a cursor gets from a simulator with the sample. */
async function run(t: Test, nowMs: number, liveEvents: number) {
  let elapsedMs = 0;
  const simulator = await startSimulator({
    sample: true,
    withoutCursor: 'oldest',
    live: { eventsPerSecond: 1000 },
    // One second passes at every look at the clock.
    now: () => nowMs + 1000 * elapsedMs++,
  });
  const client = await StreamClient.open(t, simulator.url);
  const lines = await client.received(sampleOptions.events + liveEvents);
  await simulator.close();
  return lines.map(read);
}

t.test('the bundled sample is what the generator makes', async (t) => {
  const bundled = await readFile(samplePath, 'utf8');
  const made = [...generateEvents(sampleOptions)];
  t.ok(bundled === made.join('\n') + '\n', 'byte for byte');
  t.ok(Buffer.byteLength(bundled) < 1_500_000, 'it is small');
});

t.test('the sample ends now, whenever it is started', async (t) => {
  const events = [...generateEvents(sampleOptions)].map(read);
  const nowMs = Date.UTC(2027, 0, 1);
  const first = await run(t, nowMs, 1200);
  const sample = first.slice(0, events.length);
  const newestUs = sample.at(-1)?.time_us ?? 0;
  t.ok(Math.abs(newestUs - nowMs * 1000) < 10e6, 'its newest event is of now');
  const shiftUs = newestUs - (events.at(-1)?.time_us ?? 0);
  const shifted = events.map((e) => ({ ...e, time_us: e.time_us + shiftUs }));
  t.ok(
    JSON.stringify(sample) === JSON.stringify(shifted),
    'nothing but the time is another'
  );

  const live = first.slice(events.length);
  const records = new Set(events.map(recordOf));
  const touched = live.filter((event) => records.has(recordOf(event)));
  t.same(touched, [], 'the live tail leaves its records alone');
  const repositories = new Set(events.map(({ did }) => did));
  const again = live.filter(({ did }) => repositories.has(did));
  t.ok(again.length > live.length / 2, 'but its accounts go on');
  const revs = new Map(events.map(({ did, commit }) => [did, commit.rev]));
  t.ok(
    again.every(({ did, commit }) => commit.rev > (revs.get(did) ?? '')),
    'with later revs'
  );
});

t.test('a restart brings nothing that could be counted twice', async (t) => {
  const nowMs = Date.UTC(2027, 0, 1);
  const first = await run(t, nowMs, 300);
  const second = await run(t, nowMs + 600_000, 300);
  const count = sampleOptions.events;
  const identity = (event: Event) => `${recordOf(event)} ${event.commit.rev}`;
  t.ok(
    first.slice(0, count).map(identity).join() ===
      second.slice(0, count).map(identity).join(),
    'the sample has the same records, keys and revs'
  );
  const actors = (events: Event[]) =>
    events.slice(count, count + 300).map(({ did }) => did);
  t.not(
    actors(first).join(),
    actors(second).join(),
    'others act in the live tail'
  );
  t.ok((second[0]?.time_us ?? 0) > (first[0]?.time_us ?? 0), 'later');
  const created = (events: Event[]) =>
    events
      .slice(count)
      .filter(({ commit }) => commit.operation === 'create')
      .map(recordOf);
  const known = new Set(created(first));
  const repeated = created(second).filter((record) => known.has(record));
  t.same(repeated, [], 'the live tails have no record in common');
});

import t from 'tap';
import { parseEvent } from '../../../../microcosm-bridge/constellation-embedded/event.js';
import { goldenAnswers, goldenEvents } from './golden-case.js';
import type { GoldenCase } from './golden-case.js';
import { ReplayedIndex } from './replayed-index.js';
import type { Linker } from './replayed-index.js';

const index = new ReplayedIndex();
for (const line of goldenEvents()) {
  const event = parseEvent(line);
  if (event !== null) index.apply(event);
}

function counted<T>(
  target: string,
  count: (live: readonly Linker[]) => T
): Record<string, Record<string, T>> {
  const collections = [...index.linkers(target)].map(
    ([collection, paths]) =>
      [
        collection,
        Object.fromEntries(
          [...paths].map(([path, linkers]) => [
            path,
            count(linkers.filter(({ live }) => live)),
          ])
        ),
      ] as const
  );
  return Object.fromEntries(collections);
}

const target = ({ params }: GoldenCase): string => params.get('target') ?? '';

t.test('/links/all/count counts what the real server counts', async (t) => {
  const cases = goldenAnswers('/links/all/count');
  t.ok(cases.length > 300, 'the recording is there');
  for (const recorded of cases) {
    t.strictSame(
      counted(target(recorded), (live) => live.length),
      recorded.pages[0]?.body['links'],
      `case ${recorded.id}: ${target(recorded)}`
    );
  }
});

t.test('/links/all counts the same records and accounts', async (t) => {
  const cases = goldenAnswers('/links/all');
  t.ok(cases.length > 300, 'the recording is there');
  for (const recorded of cases) {
    t.strictSame(
      counted(target(recorded), (live) => ({
        records: live.length,
        distinct_dids: new Set(live.map(({ did }) => did)).size,
      })),
      recorded.pages[0]?.body['links'],
      `case ${recorded.id}: ${target(recorded)}`
    );
  }
});

t.test('/links lists the same records, newest first', async (t) => {
  const cases = goldenAnswers('/links');
  t.ok(cases.length > 800, 'the recording is there');
  for (const recorded of cases) {
    const { params, pages } = recorded;
    const dids = [
      ...params.getAll('did'),
      ...(params.get('from_dids')?.split(',') ?? []),
    ].filter((did) => did !== '');
    const listed = pages.flatMap(({ body }) => body['linking_records']);
    const linkers =
      index
        .linkers(target(recorded))
        .get(params.get('collection') ?? '')
        ?.get(params.get('path') ?? '') ?? [];
    const expected = linkers
      .filter(({ live, did }) => live && (!dids.length || dids.includes(did)))
      .map(({ did, collection, rkey }) => ({ did, collection, rkey }))
      .reverse();
    const recordedToTheEnd = pages.at(-1)?.body['cursor'] === null;
    t.strictSame(
      recordedToTheEnd ? expected : expected.slice(0, listed.length),
      listed,
      `case ${recorded.id}: ${params.toString()}`
    );
  }
});

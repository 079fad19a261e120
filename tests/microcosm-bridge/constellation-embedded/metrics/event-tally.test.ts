import t from 'tap';
import {
  EventTally,
  MAX_COLLECTIONS,
} from '../../../../microcosm-bridge/constellation-embedded/metrics/event-tally.js';
import { account, commit } from '../../../fixtures/index-store.js';

const DID = 'did:plc:a';

t.test('a stream cannot make up labels without end', async (t) => {
  const tally = new EventTally();
  const made = Array.from({ length: 1000 }, (_, n) =>
    commit('create', DID, `com.example.made${n}`, '1', {})
  );
  const collections = new Map<string, number>();
  for (const { labels, count } of tally.count(made)) {
    const before = collections.get(labels.collection) ?? 0;
    collections.set(labels.collection, before + count);
  }
  t.equal(collections.size, MAX_COLLECTIONS + 1);
  t.equal(collections.get('other'), 1000 - MAX_COLLECTIONS);
});

t.test('kinds are ours, whatever the stream calls them', async (t) => {
  const odd = {
    kind: 'other',
    did: DID,
    timeUs: 1,
    name: '__proto__',
  } as const;
  const events = [
    commit('create', DID, 'a.b.c', '1', {}),
    commit('create', DID, 'a.b.c', '2', {}),
    commit('delete', DID, 'a.b.c', '1'),
    account(DID, false, 'made-up'),
    odd,
  ];
  t.same(
    [...new EventTally().count(events)],
    [
      {
        labels: { kind: 'commit', operation: 'create', collection: 'a.b.c' },
        count: 2,
      },
      {
        labels: { kind: 'commit', operation: 'delete', collection: 'a.b.c' },
        count: 1,
      },
      { labels: { kind: 'account', operation: '', collection: '' }, count: 1 },
      { labels: { kind: 'other', operation: '', collection: '' }, count: 1 },
    ]
  );
});

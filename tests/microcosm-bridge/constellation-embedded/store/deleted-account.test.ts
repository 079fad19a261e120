/** What a deleted account leaves, and what is its own when it comes back. */

import t from 'tap';
import {
  LIKES,
  account,
  like,
  openTestIndex,
} from '../../../fixtures/index-store.js';
import type { TestIndex } from '../../../fixtures/index-store.js';
import {
  didPage,
  linkPage,
  linkPageOf,
} from '../../../../microcosm-bridge/constellation-embedded/store/link-pages.js';

const POST = 'at://did:plc:author/app.bsky.feed.post/3l3qo2vutsw2b';
const A = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';
const B = 'did:plc:bbbbbbbbbbbbbbbbbbbbbbbb';
const FIRST = { limit: 10, from: null, reverse: false };

/** What is said of the post's likes. */
function seen({ reader }: TestIndex) {
  const slot = reader.slot(POST, LIKES);
  if (slot === null) throw new Error('no likes were ever seen');
  const { slotId, records, dids } = slot;
  return {
    counts: [records, dids],
    listed: linkPage(reader, slotId, FIRST).items.map(({ rkey }) => rkey),
    dids: didPage(reader, slotId, FIRST).items,
    ofA: linkPageOf(reader, slotId, new Set([A]), FIRST).total,
  };
}

t.test('nothing of a deleted account is listed', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  index.apply(like(A, '1', POST), like(B, '1', POST), like(A, '2', POST));
  index.apply(account(A, false, 'deleted'));
  const left = { counts: [2, 2], listed: ['1'], dids: [B], ofA: 0 };
  t.same(seen(index), left, 'the link that is left counts (golden)');
  index.apply(account(A, true), account(A, false, 'deactivated'));
  t.same(seen(index), left, 'and there is no account to turn on or off');
});

t.test('the DID comes back as another account', async (t) => {
  const folder = t.testdir();
  const index = openTestIndex(folder);
  index.apply(like(A, '1', POST), like(A, '2', POST), like(B, '1', POST));
  index.apply(account(A, false, 'deleted'), like(A, '3', POST));
  const back = {
    counts: [3, 3],
    listed: ['3', '1', '1'],
    dids: [A, B, A],
    ofA: 1,
  };
  t.same(seen(index), back);
  await index.close();
  const again = openTestIndex(folder);
  t.teardown(again.close);
  t.same(seen(again), back, 'after a restart too');
  again.apply(account(A, false, 'deactivated'));
  t.same(seen(again), { ...back, listed: ['1'], dids: [B], ofA: 0 });
});

import t from 'tap';
import { MAX_TARGET_SOURCES } from '../../../../microcosm-bridge/constellation-embedded/store/link-ledger.js';
import {
  LIKES,
  commit,
  like,
  openTestIndex,
} from '../../../fixtures/index-store.js';

const A = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';
const B = 'did:plc:bbbbbbbbbbbbbbbbbbbbbbbb';
const POST = 'at://did:plc:author/app.bsky.feed.post/3l3qo2vutsw2b';
const OTHER = `${POST}x`;

/** Links to the post at paths that nobody else has. */
function hostile(first: number, count: number): Record<string, string> {
  const paths = Array.from({ length: count }, (_, n) => `p${first + n}`);
  return Object.fromEntries(paths.map((path) => [path, POST]));
}

t.test('a target is indexed under so many sources and no more', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  const sources = (): number => {
    index.reader.refresh();
    return index.reader.slots(POST).length;
  };
  index.apply(like(A, '1', POST));
  const many = hostile(0, MAX_TARGET_SOURCES);
  index.apply(commit('create', B, 'a.b.c', '1', { ...many, other: OTHER }));
  t.equal(sources(), MAX_TARGET_SOURCES);
  const source = { collection: 'a.b.c', path: '.other' };
  t.match(index.reader.slot(OTHER, source), { records: 1 }, 'the rest goes in');

  const { linkingRecords } = index.writer.state;
  index.apply(commit('create', B, 'a.b.c', '2', hostile(10_000, 3)));
  t.equal(sources(), MAX_TARGET_SOURCES);
  t.equal(
    index.writer.state.linkingRecords,
    linkingRecords,
    'nothing to keep of it'
  );
  index.apply(like(B, '2', POST));
  index.reader.refresh();
  t.match(
    index.reader.slot(POST, LIKES),
    { records: 2, dids: 2 },
    'a source that is there goes on counting'
  );

  index.apply(commit('update', B, 'a.b.c', '1', hostile(20_000, 3)));
  t.equal(
    index.writer.state.linkingRecords,
    linkingRecords,
    'a record whose links are all left out is forgotten'
  );
  index.apply(commit('delete', B, 'a.b.c', '1'));
  index.reader.refresh();
  t.match(index.reader.slot(POST, LIKES), { records: 2, dids: 2 });
});

t.test('a flood cannot keep the first like of a post out', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  index.apply(like(A, '1', OTHER));
  const flood = hostile(0, 2 * MAX_TARGET_SOURCES);
  index.apply(commit('create', B, 'a.b.c', '1', flood));
  index.apply(like(A, '2', POST));
  index.reader.refresh();
  t.equal(index.reader.slots(POST).length, MAX_TARGET_SOURCES + 1);
  t.match(index.reader.slot(POST, LIKES), { records: 1, dids: 1 });
});

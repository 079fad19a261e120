import t from 'tap';
import {
  LIKE,
  LIKES,
  account,
  commit,
  like,
  openTestIndex,
} from '../../../fixtures/index-store.js';
import { linkPage } from '../../../../microcosm-bridge/constellation-embedded/store/link-pages.js';

const POST = 'at://did:plc:author/app.bsky.feed.post/3l3qo2vutsw2b';
const A = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa';
const B = 'did:plc:bbbbbbbbbbbbbbbbbbbbbbbb';

t.test('a create that is seen twice counts once', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  const event = like(A, 'one', POST);
  index.apply(event, event);
  index.apply(event);
  t.match(index.reader.slot(POST, LIKES), { records: 1, dids: 1 });
  t.equal(index.writer.state.linkingRecords, 1);
  t.equal(index.writer.lastResult.replayed, 1);
});

t.test('a create of a record that exists replaces its links', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  index.apply(like(A, 'one', POST), like(A, 'one', `${POST}2`));
  t.match(index.reader.slot(POST, LIKES), { records: 0, dids: 0 });
  t.match(index.reader.slot(`${POST}2`, LIKES), { records: 1, dids: 1 });
});

t.test('an older revision after a rewind changes nothing', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  const first = like(A, 'one', POST);
  const second = commit('update', A, LIKE, 'one', {
    subject: { uri: `${POST}2` },
  });
  index.apply(first, second, first);
  t.match(index.reader.slot(POST, LIKES), { records: 0 });
  t.match(index.reader.slot(`${POST}2`, LIKES), { records: 1 });
});

t.test('events of one revision that differ are all taken', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  const { rev } = like(A, 'one', POST);
  const other = { subject: { uri: `${POST}2` } };
  index.apply(
    { ...like(A, 'one', POST), rev },
    { ...commit('update', A, LIKE, 'one', other), rev }
  );
  t.match(index.reader.slot(POST, LIKES), { records: 0 });
  t.match(index.reader.slot(`${POST}2`, LIKES), { records: 1 });
  index.apply({ ...commit('delete', A, LIKE, 'one'), rev });
  t.match(index.reader.slot(`${POST}2`, LIKES), { records: 0 });
});

t.test(
  'a whole batch that comes again after a rewind changes nothing',
  async (t) => {
    const index = openTestIndex(t.testdir());
    t.teardown(index.close);
    const batch = [
      like(A, 'one', POST),
      like(B, 'two', POST),
      commit('delete', A, LIKE, 'one'),
      like(A, 'three', POST),
      commit('update', B, LIKE, 'two', { subject: { uri: POST } }),
    ];
    index.apply(...batch);
    const before = index.reader.slot(POST, LIKES);
    index.apply(...batch);
    t.same(index.reader.slot(POST, LIKES), before);
    t.match(before, { records: 2, dids: 2 });
  }
);

t.test('a DID counts as one however often it links', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  index.apply(like(A, '1', POST), like(A, '2', POST), like(A, '3', POST));
  index.apply(like(B, '1', POST));
  t.match(index.reader.slot(POST, LIKES), { records: 4, dids: 2 });
  index.apply(commit('delete', A, LIKE, '1'), commit('delete', A, LIKE, '3'));
  t.match(index.reader.slot(POST, LIKES), { records: 2, dids: 2 });
  index.apply(commit('delete', A, LIKE, '2'));
  t.match(index.reader.slot(POST, LIKES), { records: 1, dids: 1 });
});

t.test('a delete of a record that was never seen does nothing', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  index.apply(like(A, '1', POST), commit('delete', B, LIKE, '1'));
  index.apply(commit('delete', A, LIKE, '2'), commit('delete', A, 'x.y', '1'));
  t.match(index.reader.slot(POST, LIKES), { records: 1, dids: 1 });
});

t.test('an update without links takes the record out', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  index.apply(like(A, '1', POST), commit('update', A, LIKE, '1', { a: 1 }));
  t.match(index.reader.slot(POST, LIKES), { records: 0, dids: 0 });
  t.equal(index.writer.state.linkingRecords, 0);
});

t.test('links of a deactivated account count but are not listed', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  const listed = (): number => {
    const slot = index.reader.slot(POST, LIKES);
    const request = { limit: 10, from: null, reverse: false };
    return linkPage(index.reader, slot?.slotId ?? 0, request).items.length;
  };
  index.apply(like(A, '1', POST), like(B, '1', POST));
  index.apply(account(A, false, 'deactivated'));
  t.match(index.reader.slot(POST, LIKES), { records: 2, dids: 2 });
  t.equal(listed(), 1);
  index.apply(account(A, false, 'takendown'), account(A, true, 'odd'));
  t.equal(listed(), 1, 'other states change nothing');
  index.apply(account(A, true));
  t.equal(listed(), 2);
});

t.test('all the records of a deleted account go, however many', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  const many = Array.from({ length: 2001 }, (_, i) =>
    like(A, `r${i}`, `${POST}-${i}`)
  );
  index.apply(...many, like(B, 'one', POST));
  index.apply(account(A, false, 'deleted'));
  t.equal(index.writer.state.linkingRecords, 1);
  t.match(index.reader.slot(`${POST}-2000`, LIKES), { records: 0 });
});

t.test('the records of a deleted account go, another one stays', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  index.apply(like(A, '1', POST), like(A, '2', `${POST}2`), like(B, '1', POST));
  index.apply(account(A, false, 'deleted'));
  t.match(index.reader.slot(POST, LIKES), { records: 1, dids: 1 });
  t.match(index.reader.slot(`${POST}2`, LIKES), { records: 0, dids: 0 });
  t.equal(index.writer.state.linkingRecords, 1);
});

t.test('collections and paths may be called __proto__', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  const record: unknown = JSON.parse(`{"__proto__": "${POST}"}`);
  index.apply(commit('create', A, '__proto__', '1', record));
  const source = { collection: '__proto__', path: '.__proto__' };
  t.match(index.reader.slot(POST, source), { records: 1 });
});

t.test('a batch that fails half way leaves the index as it was', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(index.close);
  index.apply(like(A, '1', POST));
  const { state } = index.writer;
  const poison = {
    ...like(B, '1', POST),
    get rkey(): string {
      throw new Error('poison');
    },
  };
  t.throws(() => index.apply(like(B, '2', POST), poison), /poison/);
  index.reader.refresh();
  t.same(index.writer.state, state);
  t.match(index.reader.slot(POST, LIKES), { records: 1, dids: 1 });
  index.apply(like(B, '3', `${POST}3`), like(B, '4', POST));
  t.match(index.reader.slot(POST, LIKES), { records: 2, dids: 2 });
  t.match(index.reader.slot(`${POST}3`, LIKES), { records: 1, dids: 1 });
});

t.test('counts, cursor and ids are there again after a restart', async (t) => {
  const folder = t.testdir();
  const first = openTestIndex(folder);
  first.apply(like(A, '1', POST), like(B, '1', POST));
  const { state } = first.writer;
  await first.close();
  const second = openTestIndex(folder);
  t.teardown(second.close);
  t.same(second.writer.state, state);
  second.apply(like(A, '2', POST));
  t.match(second.reader.slot(POST, LIKES), { records: 3, dids: 2 });
});

t.test('a page goes on after deletions and a restart', async (t) => {
  const folder = t.testdir();
  const rkeys = ['1', '2', '3', '4', '5', '6'];
  const first = openTestIndex(folder);
  first.apply(...rkeys.map((rkey) => like(A, rkey, POST)));
  const slotId = first.reader.slot(POST, LIKES)?.slotId ?? 0;
  const begin = { limit: 2, from: null, reverse: false };
  const page = linkPage(first.reader, slotId, begin);
  t.same(
    page.items.map(({ rkey }) => rkey),
    ['6', '5']
  );
  // Those around the border, the one that the cursor names among them.
  first.apply(commit('delete', A, LIKE, '5'), commit('delete', A, LIKE, '4'));
  await first.close();
  const second = openTestIndex(folder);
  t.teardown(second.close);
  second.apply(like(B, '7', POST));
  const rest = linkPage(second.reader, slotId, { ...begin, from: page.next });
  t.same(
    rest.items.map(({ rkey }) => rkey),
    ['3', '2'],
    'nothing is lost, nothing comes twice'
  );
  t.type(rest.next, 'number');
});

t.test(
  'complete since is the first event, and moves only with a gap',
  async (t) => {
    const index = openTestIndex(t.testdir());
    t.teardown(index.close);
    const first = like(A, '1', POST);
    index.apply(first);
    index.apply(like(A, '2', POST));
    t.equal(index.writer.state.completeSince, first.timeUs);
    const later = like(A, '3', POST);
    index.writer.apply([later], {
      cursor: later.timeUs,
      endpoint: 'ws://test',
      gapUntil: later.timeUs,
    });
    t.equal(index.writer.state.completeSince, later.timeUs);
  }
);

t.test('a path too long for the store makes no record', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(() => index.close());
  // Short enough in characters, three bytes each.
  const record = { ['鷹'.repeat(2000)]: 'did:plc:long' };
  index.apply(commit('create', 'did:plc:a', LIKE, 'k', record));
  t.equal(index.reader.state().linkingRecords, 0);
  t.same(index.reader.slots('did:plc:long'), []);
  const both = { ...record, subject: 'did:plc:short' };
  const written = commit('create', 'did:plc:a', LIKE, 'k', both);
  index.apply(written);
  index.apply(written);
  t.equal(index.writer.lastResult.replayed, 1, 'a repeat is known as one');
  t.equal(index.reader.slots('did:plc:short')[0]?.records, 1);
});

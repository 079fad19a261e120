import t from 'tap';
import type { CommitEvent } from '../../../../microcosm-bridge/constellation-embedded/event.js';
import type { ExpiredLink } from '../../../../microcosm-bridge/constellation-embedded/store/expiry.js';
import { linkPage } from '../../../../microcosm-bridge/constellation-embedded/store/link-pages.js';
import {
  Retention,
  horizonUs,
} from '../../../../microcosm-bridge/constellation-embedded/writer/retention.js';
import {
  LIKE,
  LIKES,
  account,
  commit,
  like,
  openTestIndex,
  tid,
} from '../../../fixtures/index-store.js';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const TARGET = 'at://did:plc:x/app.bsky.feed.post/1';

/** The key of a record made so many days ago. */
function daysAgo(days: number, clock = 0): string {
  return tid((NOW - days * DAY_MS) * 1000 * 1024 + clock * 1024);
}

/** A clock that the test moves on. */
function manualClock(): { now: () => number; pass: (ms: number) => void } {
  let now = NOW;
  return {
    now: () => now,
    pass: (ms) => {
      now += ms;
    },
  };
}

t.test('what is older goes, the rest stays, counts are right', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(() => index.close());
  index.apply(
    like('did:plc:a', daysAgo(40), TARGET),
    like('did:plc:a', daysAgo(10), TARGET),
    like('did:plc:b', daysAgo(31), TARGET),
    like('did:plc:c', 'self', TARGET),
    like('did:plc:d', daysAgo(40), 'at://did:plc:x/app.bsky.feed.post/old')
  );
  const retention = new Retention({
    days: 30,
    store: index.reader.store,
    expire: (links) => index.writer.expire(links),
    now: () => NOW,
  });
  retention.step();
  index.reader.refresh();
  t.equal(retention.dropped, 3);
  t.match(index.reader.slot(TARGET, LIKES), { records: 2, dids: 2 });
  t.equal(index.reader.state().linkingRecords, 2);
  t.same(
    index.reader.slots('at://did:plc:x/app.bsky.feed.post/old'),
    [],
    'a target without links is forgotten'
  );
  index.apply(
    commit('delete', 'did:plc:b', LIKE, daysAgo(31)),
    like('did:plc:e', daysAgo(1), 'at://did:plc:x/app.bsky.feed.post/old')
  );
  t.match(index.reader.slot(TARGET, LIKES), { records: 2, dids: 2 });
  t.equal(
    index.reader.slots('at://did:plc:x/app.bsky.feed.post/old').length,
    1
  );
});

t.test(
  'a target is then also forgotten when its last link is taken back',
  async (t) => {
    const index = openTestIndex(t.testdir(), true);
    t.teardown(() => index.close());
    index.apply(like('did:plc:a', daysAgo(1), TARGET));
    const before = index.writer.state.nextSeq - 1;
    index.apply(commit('delete', 'did:plc:a', LIKE, daysAgo(1)));
    t.same(index.reader.slots(TARGET), []);
    for (const name of ['subjects', 'slots', 'links', 'records'] as const) {
      t.equal(index.reader.store[name].getCount(), 0, `nothing in ${name}`);
    }
    index.apply(like('did:plc:a', daysAgo(1, 1), TARGET));
    t.match(index.reader.slot(TARGET, LIKES), { records: 1, dids: 1 });
    const slotId = index.reader.slot(TARGET, LIKES)?.slotId ?? -1;
    const pageFrom = (reverse: boolean) =>
      linkPage(index.reader, slotId, { limit: 9, from: before, reverse }).items;
    t.same(pageFrom(false), [], 'a cursor from before gives nothing twice');
    t.match(pageFrom(true), [{ rkey: daysAgo(1, 1) }], 'and loses nothing');
  }
);

t.test('links that the deletion of an account left go too', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(() => index.close());
  index.apply(
    like('did:plc:a', daysAgo(40, 1), TARGET),
    like('did:plc:a', daysAgo(40, 2), TARGET),
    account('did:plc:a', false, 'deleted')
  );
  t.match(index.reader.slot(TARGET, LIKES), { records: 1 });
  const retention = new Retention({
    days: 30,
    store: index.reader.store,
    expire: (links) => index.writer.expire(links),
    now: () => NOW,
  });
  retention.step();
  index.reader.refresh();
  t.same(index.reader.slots(TARGET), []);
});

t.test('a record with several links goes as a whole', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(() => index.close());
  const record = { subject: { uri: TARGET }, via: { uri: TARGET }, tag: 'a:b' };
  const event: CommitEvent = commit(
    'create',
    'did:plc:a',
    LIKE,
    daysAgo(40),
    record
  );
  index.apply(event);
  const retention = new Retention({
    days: 30,
    store: index.reader.store,
    expire: (links) => index.writer.expire(links),
    now: () => NOW,
  });
  retention.step();
  index.reader.refresh();
  t.equal(retention.dropped, 3);
  t.equal(index.reader.state().linkingRecords, 0);
});

t.test('each step is bounded, and passes are an hour apart', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(() => index.close());
  const many = Array.from({ length: 2500 }, (_, n) =>
    like('did:plc:a', daysAgo(40, n), TARGET)
  );
  index.apply(...many);
  const { now, pass } = manualClock();
  const steps: number[] = [];
  const retention = new Retention({
    days: 30,
    store: index.reader.store,
    expire: (links: readonly ExpiredLink[]) => {
      steps.push(links.length);
      return index.writer.expire(links);
    },
    now,
  });
  for (let call = 0; call < 50; call++) {
    retention.step();
    pass(100);
  }
  t.same(steps, [1000, 1000, 500]);
  t.equal(retention.dropped, 2500);
  index.apply(like('did:plc:a', daysAgo(40, 3000), TARGET));
  retention.step();
  t.equal(retention.dropped, 2500, 'not before the next pass');
  pass(3_600_000);
  retention.step();
  t.equal(retention.dropped, 2501);
});

t.test('a full disk ends a step, which comes again', async (t) => {
  const index = openTestIndex(t.testdir());
  t.teardown(() => index.close());
  index.apply(like('did:plc:a', daysAgo(40), TARGET));
  const { now, pass } = manualClock();
  let full = true;
  const retention = new Retention({
    days: 30,
    store: index.reader.store,
    expire: (links) => {
      if (full) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
      return index.writer.expire(links);
    },
    now,
  });
  retention.step();
  t.equal(retention.dropped, 0);
  full = false;
  pass(200);
  retention.step();
  t.equal(retention.dropped, 1);
});

t.test('the horizon is so many days before now', async (t) => {
  t.equal(horizonUs(30, NOW), (NOW - 30 * DAY_MS) * 1000);
});

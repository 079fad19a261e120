import t from 'tap';
import {
  wants,
  wantsAll,
} from '../../../../microcosm-bridge/jetstream-simulator/server/event-filter.js';
import {
  readOptionsUpdate,
  readSubscription,
} from '../../../../microcosm-bridge/jetstream-simulator/server/subscription.js';

const subscribe = (query: string) =>
  readSubscription(new URLSearchParams(query));

const did = 'did:plc:abcdefghijklmnopqrstuvwx';
const other = 'did:web:example.com';
const like = { did, timeUs: 1, collection: 'app.bsky.feed.like' };
const follow = { did, timeUs: 1, collection: 'app.bsky.graph.follow' };
const account = { did, timeUs: 1, collection: undefined };

/** Which of the three events of 100 bytes pass. */
function passing(query: string): string[] {
  const subscription = subscribe(query);
  if (typeof subscription === 'string') return [subscription];
  const { filter } = subscription;
  return Object.entries({ like, follow, account })
    .filter(([, header]) => wants(filter, header, 100))
    .map(([name]) => name);
}

t.test('events are chosen as Jetstream chooses them', async (t) => {
  const all = ['like', 'follow', 'account'];
  const cases: [string, string[]][] = [
    ['', all],
    ['wantedCollections=app.bsky.feed.like', ['like', 'account']],
    ['wantedCollections=app.bsky.graph.*', ['follow', 'account']],
    ['wantedCollections=app.bsky.*', all],
    ['wantedCollections=app.bsky.gra.*', ['account']],
    [
      'wantedCollections=com.example.thing&wantedCollections=app.bsky.feed.like',
      ['like', 'account'],
    ],
    [`wantedDids=${did}`, all],
    [`wantedDids=${other}`, []],
    [`wantedDids=${other}&wantedDids=${did}`, all],
    ['maxMessageSizeBytes=100', all],
    ['maxMessageSizeBytes=99', []],
    ['maxMessageSizeBytes=-5', all],
    ['unknown=1', all],
  ];
  for (const [query, names] of cases) t.same(passing(query), names, query);
});

t.test('the rest of the query is read', async (t) => {
  const bare = subscribe('');
  t.match(bare, { cursorUs: undefined, compress: false, requireHello: false });
  const full = subscribe(
    'cursor=1725519626134432&compress=true&requireHello=true'
  );
  t.match(full, {
    cursorUs: 1725519626134432,
    compress: true,
    requireHello: true,
  });
  t.match(subscribe('compress=1&requireHello=yes&cursor='), bare);
  t.match(subscribe('cursor=-1'), { cursorUs: -1 });
  t.ok(typeof bare !== 'string' && wantsAll(bare.filter));
  const narrow = subscribe('maxMessageSizeBytes=5');
  t.notOk(typeof narrow === 'string' || wantsAll(narrow.filter));
});

t.test('what is malformed is refused with the reason', async (t) => {
  const times = (count: number, one: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => one(i)).join('&');
  const cases: [string, RegExp][] = [
    ['cursor=soon', /invalid cursor: soon/],
    ['cursor=1.5', /invalid cursor/],
    ['cursor=99999999999999999999', /invalid cursor/],
    ['maxMessageSizeBytes=big', /invalid max message size/],
    ['wantedCollections=', /invalid collection/],
    ['wantedCollections=*', /invalid collection/],
    ['wantedCollections=app.bsky.feed*', /invalid collection/],
    ['wantedCollections=app..bsky.*', /invalid collection/],
    ['wantedCollections=like', /invalid collection/],
    ['wantedDids=plc:abc', /invalid DID/],
    ['wantedDids=did:plc:', /invalid DID/],
    [times(101, (i) => `wantedCollections=a.b.c${i}`), /101 > 100/],
    [times(10_001, (i) => `wantedDids=did:plc:a${i}`), /10001 > 10000/],
  ];
  for (const [query, reason] of cases) {
    t.match(subscribe(query), reason, query.slice(0, 60));
  }
  t.type(subscribe(times(100, (i) => `wantedCollections=a.b.c${i}`)), 'object');
  t.type(subscribe(times(10_000, (i) => `wantedDids=did:plc:a${i}`)), 'object');
});

t.test('an options update replaces the filter', async (t) => {
  const update = (payload: unknown) =>
    readOptionsUpdate(JSON.stringify({ type: 'options_update', payload }));
  const filter = update({
    wantedCollections: ['app.bsky.graph.*'],
    wantedDids: [did],
    maxMessageSizeBytes: 100,
  });
  if (typeof filter === 'string') return t.fail(filter);
  t.ok(wants(filter, follow, 100));
  t.notOk(wants(filter, follow, 101));
  t.notOk(wants(filter, like, 100));
  t.notOk(wants(filter, { ...follow, did: other }, 100));
  const all = update({});
  t.ok(typeof all !== 'string' && wantsAll(all), 'left out: not filtered');
  t.type(update({ wantedCollections: ['like'] }), 'string');
  t.type(update({ wantedCollections: 'app.bsky.feed.like' }), 'string');
  t.type(update({ wantedDids: [1] }), 'string');
  t.type(update({ maxMessageSizeBytes: '1' }), 'string');
  t.type(update(null), 'string');
  t.type(readOptionsUpdate('{"type":"hello"}'), 'string');
  t.type(readOptionsUpdate('hello'), 'string');
});

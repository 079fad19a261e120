import { jetstreamEventSchema } from '@atcute/jetstream';
import t from 'tap';
import { generateEvents } from '../../../../microcosm-bridge/jetstream-simulator/generator/generate-events.js';
import { Network } from '../../../../microcosm-bridge/jetstream-simulator/generator/network.js';
import {
  decodeTidTimeUs,
  encodeTid,
} from '../../../../microcosm-bridge/jetstream-simulator/generator/tid.js';
import { zipfRank } from '../../../../microcosm-bridge/jetstream-simulator/generator/zipf.js';

interface Facet {
  features: { $type: string; did?: string; uri?: string; tag?: string }[];
  index: { byteStart: number; byteEnd: number };
}

interface Event {
  did: string;
  time_us: number;
  kind: string;
  commit: {
    rev: string;
    operation: string;
    collection: string;
    rkey: string;
    cid?: string;
    record?: {
      createdAt: string;
      subject?: { uri: string; cid: string } | string;
      via?: unknown;
      reply?: { parent: { uri: string }; root: { uri: string } };
      embed?: {
        $type: string;
        record?: { uri?: string; record?: { uri: string } };
      };
      facets?: Facet[];
      text?: string;
    };
  };
}

const count = 40_000;
const lines = [...generateEvents({ events: count })];
const events = lines.map((line) => JSON.parse(line) as Event);
const ofCollection = (name: string) =>
  events.filter(
    ({ commit }) =>
      commit.operation === 'create' && commit.collection.endsWith(`.${name}`)
  );
const likes = ofCollection('like');
const posts = ofCollection('post');
const share = (part: readonly unknown[]) => part.length / count;
const uriOf = ({ did, commit }: Event) =>
  `at://${did}/${commit.collection}/${commit.rkey}`;
const likedUri = ({ commit }: Event) => {
  const subject = commit.record?.subject;
  return typeof subject === 'object' ? subject.uri : '';
};

t.test('every event is one that Jetstream could have sent', async (t) => {
  const { validate } = jetstreamEventSchema['~standard'];
  for (const event of events) {
    const result = await validate(event);
    if (result.issues) {
      t.fail('not a valid event', { event, issues: result.issues });
      return;
    }
  }
  t.pass('all are valid');
  t.ok(
    events.every(({ did }) => /^did:plc:[a-z2-7]{24}$/.test(did)),
    'DIDs are of the PLC method'
  );
});

t.test('the events have the mix of the network', async (t) => {
  const deletes = events.filter((e) => e.commit.operation === 'delete');
  const shares: [string, number, number][] = [
    ['likes', share(likes), 0.64],
    ['follows', share(ofCollection('follow')), 0.14],
    ['posts', share(posts), 0.1],
    ['reposts', share(ofCollection('repost')), 0.07],
    ['deletes', share(deletes), 0.05],
  ];
  for (const [name, is, wanted] of shares) {
    t.ok(Math.abs(is - wanted) < 0.01, `${name}: ${is}`);
  }
});

t.test('an event takes 500 bytes on average, within a tenth', async (t) => {
  const bytes = Buffer.byteLength(lines.join('\n')) + 1;
  t.ok(Math.abs(bytes / count - 500) < 50, `${bytes / count} bytes`);
});

t.test('one post takes a tenth of the likes, the rest are Zipf', async (t) => {
  const counts = new Map<string, number>();
  for (const like of likes) {
    const uri = likedUri(like);
    counts.set(uri, (counts.get(uri) ?? 0) + 1);
  }
  const ranked = [...counts.values()].sort((a, b) => b - a);
  const at = (rank: number) => (ranked[rank] ?? 0) / likes.length;
  t.ok(Math.abs(at(0) - 0.1) < 0.01, `the first: ${at(0)}`);
  t.ok(at(1) < at(0), 'the first leads');
  t.ok(at(10) < at(1) / 4, 'popularity falls off');
  t.ok(at(100) < at(10) / 4 && at(100) > 0, 'with a long tail');
  t.ok(counts.size > count / 40, 'over many posts');
});

t.test('nobody likes the same post twice', async (t) => {
  const pairs = new Set(likes.map((like) => `${like.did} ${likedUri(like)}`));
  t.ok(pairs.size > likes.length * 0.999, `${likes.length - pairs.size} twice`);
});

t.test('time only grows, in the stream and in each repository', async (t) => {
  let last = 0;
  const revs = new Map<string, string>();
  for (const { did, time_us: timeUs, commit } of events) {
    if (timeUs <= last || !(commit.rev > (revs.get(did) ?? ''))) {
      t.fail('time went back', { did, timeUs, last, commit });
    }
    last = timeUs;
    revs.set(did, commit.rev);
  }
  t.ok(
    events.every(({ time_us: timeUs, commit }) => {
      const lagUs = timeUs - decodeTidTimeUs(commit.rev);
      return lagUs > 0 && lagUs < 1_000_000;
    }),
    'a rev is the time of its commit, shortly before'
  );
});

t.test('everything refers to what exists', async (t) => {
  const uris = new Set<string>();
  const posted = new Set<string>();
  let wrong = 0;
  for (const event of events) {
    const { operation, record } = event.commit;
    if (operation === 'delete') {
      if (!uris.delete(uriOf(event))) wrong++;
      continue;
    }
    const { subject, reply, embed } = record ?? {};
    // A deleted post can still be the root of a thread or found by a repost.
    const targets = [
      typeof subject === 'object' ? subject.uri : undefined,
      reply?.parent.uri,
      embed?.record?.uri ?? embed?.record?.record?.uri,
    ];
    for (const uri of targets) {
      if (uri !== undefined && !posted.has(uri)) wrong++;
    }
    if (uris.has(uriOf(event))) wrong++;
    uris.add(uriOf(event));
    posted.add(uriOf(event));
  }
  t.equal(wrong, 0);
});

t.test('a deleted post is found by a repost only', async (t) => {
  const deleted = new Set<string>();
  let found = 0;
  for (const event of events) {
    const { operation, record } = event.commit;
    if (operation === 'delete') deleted.add(uriOf(event));
    else if (!record?.via && deleted.has(likedUri(event))) found++;
  }
  t.equal(found, 0);
});

t.test('posts have replies, quotes in both forms and facets', async (t) => {
  const embeds = posts.map(({ commit }) => commit.record?.embed?.$type ?? '');
  const of = (type: string) => embeds.filter((embed) => embed === type).length;
  const replies = posts.filter(({ commit }) => commit.record?.reply);
  t.ok(replies.length > posts.length * 0.3, 'replies');
  t.ok(
    replies.some(({ commit }) => {
      const { parent, root } = commit.record?.reply ?? {};
      return parent?.uri !== root?.uri;
    }),
    'and replies to replies'
  );
  t.ok(of('app.bsky.embed.record') > posts.length * 0.05, 'quotes');
  t.ok(
    of('app.bsky.embed.recordWithMedia') > posts.length * 0.02,
    'quotes beside pictures'
  );
  const features = posts
    .flatMap(({ commit }) => commit.record?.facets ?? [])
    .flatMap((facet) => facet.features.map(({ $type }) => $type));
  for (const kind of ['mention', 'link', 'tag']) {
    const $type = `app.bsky.richtext.facet#${kind}`;
    t.ok(
      features.filter((f) => f === $type).length > posts.length * 0.05,
      kind
    );
  }
});

t.test('facets point at their own words, in bytes of UTF-8', async (t) => {
  let multibyte = 0;
  for (const { commit } of posts) {
    const text = Buffer.from(commit.record?.text ?? '');
    for (const { index, features } of commit.record?.facets ?? []) {
      const shown = text.subarray(index.byteStart, index.byteEnd).toString();
      const [feature] = features;
      const begins = feature?.did
        ? `@${feature.did.slice(-6)}.`
        : feature?.tag
          ? `#${feature.tag}`
          : (feature?.uri?.slice(8, 12) ?? '?');
      if (!shown.startsWith(begins)) t.fail(shown, { index, feature });
      if (text.length > text.toString().length) multibyte++;
    }
  }
  t.ok(multibyte > 0, 'some behind characters of several bytes');
});

t.test('accounts and posts become more as the stream goes on', async (t) => {
  const dids = (to: number) =>
    new Set(events.slice(0, to).map(({ did }) => did)).size;
  t.ok(dids(count) > dids(count / 4) * 2, 'accounts');
  t.ok(dids(count) > count / 20 && dids(count) < count / 5, 'not too many');
});

t.test('the same options give the same bytes, others do not', async (t) => {
  const first = (seed: number) => [...generateEvents({ events: 500, seed })];
  t.same(first(7), first(7));
  t.not(first(7).join(), first(8).join());
  const slow = [...generateEvents({ events: 500, eventsPerSecond: 1 })];
  const spanUs = (events: readonly string[]) => {
    const at = (line = '') => (JSON.parse(line) as Event).time_us;
    return at(events.at(-1)) - at(events[0]);
  };
  t.ok(Math.abs(spanUs(slow) / 500e6 - 1) < 0.2, 'pace is events a second');
});

t.test('options out of range are refused by name', async (t) => {
  const wrong = [
    { events: -1 },
    { events: 1.5 },
    { seed: -1 },
    { startTimeUs: Number.NaN },
    { eventsPerSecond: 0 },
  ];
  for (const options of wrong) {
    const [name = ''] = Object.keys(options);
    t.throws(() => generateEvents(options).next(), { message: name }, name);
  }
});

t.test('a network that goes on deletes nothing from before', async (t) => {
  const network = new Network(3);
  const before = new Set<string>();
  for (const line of generateEvents({ events: 3000, seed: 3 }, network)) {
    before.add(uriOf(JSON.parse(line) as Event));
  }
  network.continueWith(9);
  let deleted = 0;
  let known = 0;
  for (let i = 0; i < 3000; i++) {
    const line = network.next(1.8e15 + i);
    const event = JSON.parse(line) as Event;
    if (event.commit.operation === 'delete') {
      deleted++;
      t.notOk(before.has(uriOf(event)), 'made after');
    } else if (before.has(likedUri(event))) known++;
  }
  t.ok(deleted > 50, 'though it deletes');
  t.ok(known > 500, 'and what was before is still liked');
});

t.test('a TID is what atproto says it is', async (t) => {
  // The first and the last one there can be, and one that sorts between.
  t.equal(encodeTid(0, 0), '2222222222222');
  t.equal(encodeTid(2 ** 53 - 1, 1023), 'bzzzzzzzzzzzz');
  t.ok(
    encodeTid(1_767_225_600_000_000, 5) > encodeTid(1_767_225_599_999_999, 1023)
  );
  t.equal(
    decodeTidTimeUs(encodeTid(1_767_225_600_123_456, 77)),
    1_767_225_600_123_456
  );
});

t.test(
  'a Zipf rank is within its range and the lower the likelier',
  async (t) => {
    t.equal(zipfRank(1, 0.999), 0);
    t.equal(zipfRank(1000, 0), 0);
    t.equal(zipfRank(1000, 1 - 2 ** -32), 999);
    const counts = Array.from({ length: 100 }, () => 0);
    for (let i = 0; i < 100_000; i++) {
      const rank = zipfRank(100, (i + 0.5) / 100_000);
      counts[rank] = (counts[rank] ?? 0) + 1;
    }
    const ratio = (counts[0] ?? 0) / (counts[9] ?? 1);
    t.ok(ratio > 6 && ratio < 11, `first to tenth: ${ratio}`);
  }
);

import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import fc from 'fast-check';
import {
  freshnessOf,
  type CacheEntry,
} from '../../../lib/constellation/cache-entry.js';
import { MemoryCache } from '../../../lib/constellation/memory-cache.js';
import {
  redisEntryReader,
  writeRedisEntry,
} from '../../../lib/constellation/redis-entry.js';

function entry(
  value: number,
  change: Partial<CacheEntry<number>> = {}
): CacheEntry<number> {
  return {
    value,
    origin: 'local',
    partial: false,
    fetchedAtMs: 0,
    ageKnown: true,
    freshMs: 30_000,
    ...change,
  };
}

t.test('the least recently used entry goes first', async (t) => {
  const cache = new MemoryCache<number>({ entries: 3 });
  for (const key of ['a', 'b', 'c']) cache.set(key, entry(1));
  t.ok(cache.get('a'));
  cache.set('d', entry(1));
  t.equal(cache.get('b'), undefined);
  t.ok(cache.get('a') && cache.get('c') && cache.get('d'));
  cache.set('a', entry(2));
  t.match(cache.stats(), { entries: 3, capacity: 3, evictions: 1 });
  t.equal(cache.get('a')?.value, 2);
  const none = new MemoryCache<number>({ entries: 0 });
  none.set('a', entry(1));
  t.equal(none.get('a'), undefined);
});

t.test('large values count by their size', async (t) => {
  const cache = new MemoryCache<number>({
    entries: 100,
    sizeBytes: 10,
    sizeOf: (value) => value,
  });
  cache.set('a', entry(4));
  cache.set('b', entry(4));
  cache.set('c', entry(4));
  t.equal(cache.get('a'), undefined);
  cache.set('b', entry(1));
  cache.set('d', entry(5));
  t.ok(cache.get('c'), 'a replaced value gives its bytes back');
  cache.set('huge', entry(11));
  t.equal(cache.get('huge'), undefined, 'what fits nowhere is not kept');
  t.ok(cache.get('d'), 'and pushes nothing out');
});

t.test(
  'the cache never holds more than it may, and what it holds is right',
  async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const action = fc.tuple(key, fc.nat(9), fc.boolean());
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const cache = new MemoryCache<number>({ entries: 4 });
        const last = new Map<string, number>();
        for (const [name, value, isSet] of actions) {
          if (isSet) {
            cache.set(name, entry(value));
            last.set(name, value);
          } else {
            const got = cache.get(name);
            if (got !== undefined && got.value !== last.get(name)) return false;
          }
          if (cache.stats().entries > 4) return false;
        }
        return true;
      }),
      { numRuns: 200 }
    );
  }
);

t.test(
  'an entry is fresh, then served while refreshed, then in need, then useless',
  async (t) => {
    const limits = { whileRefreshingMs: 30_000, inNeedMs: 600_000 };
    for (const [atMs, expected] of [
      [0, 'fresh'],
      [29_999, 'fresh'],
      [30_000, 'refresh'],
      [59_999, 'refresh'],
      [60_000, 'in-need'],
      [629_999, 'in-need'],
      [630_000, 'useless'],
    ] as const) {
      t.equal(freshnessOf(entry(1), atMs, limits), expected, `at ${atMs} ms`);
    }
    const partial = entry(1, { partial: true });
    t.equal(freshnessOf(partial, 29_999, limits), 'fresh');
    t.equal(freshnessOf(partial, 30_000, limits), 'useless');
  }
);

t.test('a Redis value is read whoever wrote it, or not at all', async (t) => {
  const read = redisEntryReader(
    ['followers', 'mentions'],
    ([followers, mentions]) => ({ followers, mentions })
  );
  const old = read('{"followers":3,"mentions":4}');
  t.strictSame(old, {
    value: { followers: 3, mentions: 4 },
    origin: null,
    fetchedAtMs: null,
  });
  const written = writeRedisEntry({
    value: { followers: 3, mentions: 4 },
    origin: 'local',
    fetchedAtMs: 1_777_593_600_000,
  });
  const parsed = JSON.parse(written) as Record<string, unknown>;
  t.match(
    parsed,
    { followers: 3, mentions: 4 },
    'as an older program reads it'
  );
  t.strictSame(read(written), {
    value: { followers: 3, mentions: 4 },
    origin: 'local',
    fetchedAtMs: 1_777_593_600_000,
  });
  const spaced = JSON.stringify(parsed, null, 1);
  t.strictSame(read(spaced), read(written), 'written in another way');
  t.match(read(written.replace('local', 'moon')), { origin: null });
  for (const text of [
    written.replace('3', '03'),
    written.replace('3', '9999999999999999'),
    `${written} x`,
    '',
    'null',
    '7',
    '[]',
    '"x"',
    '{',
    '{}',
    '{"followers":3}',
    '{"followers":3,"mentions":-1}',
    '{"followers":"3","mentions":4}',
    '{"followers":3,"mentions":4.5}',
    '{"followers":3,"mentions":null}',
    '{"followers":3,"mentions":1e300}',
    '\u0000\u0001',
    '{"__proto__":{"followers":3,"mentions":4}}',
    `{"followers":3,"mentions":4,"x":"${'a'.repeat(1024)}"}`,
  ]) {
    t.equal(read(text), null, text.slice(0, 50));
  }
  const odd = '{"followers":3,"mentions":4,"origin":"moon","fetchedAt":"now"}';
  t.match(read(odd), {
    origin: null,
    fetchedAtMs: null,
  });
});

t.test('the quick way of reading says what JSON.parse says', async (t) => {
  const read = redisEntryReader(['likes', 'reposts'], ([likes, reposts]) => ({
    likes,
    reposts,
  }));
  const number = fc.oneof(
    fc.nat().map(String),
    fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
    fc.constantFrom('-0', '03', '1.0', '1e3', '9007199254740992', 'null', '"3"')
  );
  const origin = fc.oneof(
    fc.constantFrom('"local"', '"remote"', '"merged"'),
    fc.constantFrom('"moon"', '"Local"', '"loc\\u0061l"', '"a","b":"c"', 'null')
  );
  const fields = fc
    .tuple(number, number, number, origin)
    .map(([likes, reposts, fetchedAt, origin]) => [
      `"likes":${likes}`,
      `"reposts":${reposts}`,
      `"fetchedAt":${fetchedAt}`,
      `"origin":${origin}`,
    ]);
  const anyOrder = fields.chain((list) => fc.shuffledSubarray(list));
  let readable = 0;
  fc.assert(
    fc.property(
      fc.oneof(fields, anyOrder),
      fc.constantFrom(',', ',', ', '),
      fc.constantFrom('', '', '\n', 'x'),
      (list, between, after) => {
        const text = `{${list.join(between)}}${after}`;
        const entry = read(text);
        if (entry !== null) readable++;
        // With a space before it, it is none that writeRedisEntry wrote.
        return isDeepStrictEqual(entry, read(` ${text}`));
      }
    ),
    { numRuns: 2_000 }
  );
  t.ok(readable > 100, `${readable} of them could be read`);

  const written = writeRedisEntry({
    value: { likes: 3, reposts: 4 },
    origin: 'local',
    fetchedAtMs: 1_777_593_600_000,
  });
  const parsed = t.capture(JSON, 'parse');
  t.match(read(written), { value: { likes: 3, reposts: 4 } });
  t.strictSame(parsed(), [], 'what this program wrote is read the quick way');
});

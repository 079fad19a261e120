import t from 'tap';
import fc from 'fast-check';
import {
  effectiveCompleteness,
  coverageOf,
  type Completeness,
} from '../../../lib/constellation/coverage.js';
import type { LocalVerdict } from '../../../lib/constellation/local-standing.js';
import { choosePlan } from '../../../lib/constellation/plan.js';
import { parseCompleteness } from '../../../lib/constellation/since.js';
import { isDid, parseRecordUri } from '../../../lib/constellation/target.js';
import { tidTimeUs } from '../../../lib/constellation/tid.js';
import { DID, postUri, tidAt } from '../../fixtures/client/tids.js';

const SINCE_MS = Date.UTC(2026, 4, 1);
const NOW_MS = Date.UTC(2026, 4, 2);
const MARGIN_MS = 10_000;
const SINCE: Completeness = { kind: 'since', sinceMs: SINCE_MS };

function coverage(target: string, completeness: Completeness): string {
  return coverageOf({
    target,
    completeness,
    nowMs: NOW_MS,
    marginMs: MARGIN_MS,
  });
}

t.test('a young index knows all of records younger than it', async (t) => {
  for (const [what, target, expected] of [
    ['made an hour after', postUri(SINCE_MS + 3_600_000), 'full'],
    ['made just after the margin', postUri(SINCE_MS + 10_001), 'full'],
    ['made within the margin', postUri(SINCE_MS + 10_000), 'partial'],
    ['made at that moment', postUri(SINCE_MS), 'partial'],
    ['made before', postUri(SINCE_MS - 1), 'partial'],
    ['made now', postUri(NOW_MS), 'full'],
    ['from the future', postUri(NOW_MS + 1), 'partial'],
    [
      'from the far future',
      `at://${DID}/app.bsky.feed.post/jzzzzzzzzzzzz`,
      'partial',
    ],
    ['of 1970', `at://${DID}/app.bsky.feed.post/2222222222222`, 'partial'],
    [
      'under a key that is no TID',
      `at://${DID}/app.bsky.feed.post/self`,
      'partial',
    ],
    ['under a TID in capitals', postUri(NOW_MS - 1).toUpperCase(), 'partial'],
    ['under a TID and more', `${postUri(NOW_MS - 1)}a`, 'partial'],
    ['with a slash at the end', `${postUri(NOW_MS - 1)}/`, 'partial'],
    [
      'by handle',
      `at://a.example/app.bsky.feed.post/${tidAt(NOW_MS - 1)}`,
      'partial',
    ],
    [
      'another kind of record',
      `at://${DID}/app.bsky.graph.list/${tidAt(NOW_MS - 1)}`,
      'full',
    ],
    ['an account', DID, 'partial'],
    ['a page of the web', 'https://example.com/', 'partial'],
    ['nothing', '', 'partial'],
  ] as const) {
    t.equal(coverage(target, SINCE), expected, what);
    t.equal(
      coverage(target, { kind: 'complete' }),
      'full',
      `${what}, backfilled`
    );
    t.equal(
      coverage(target, { kind: 'unknown' }),
      'partial',
      `${what}, unknown`
    );
  }
});

t.test('a clock that jumps back makes it ask more, not less', async (t) => {
  const question = {
    target: postUri(NOW_MS),
    completeness: SINCE,
    marginMs: 0,
  };
  t.equal(coverageOf({ ...question, nowMs: NOW_MS }), 'full');
  t.equal(coverageOf({ ...question, nowMs: NOW_MS - 60_000 }), 'partial');
});

t.test('the later of two words about completeness holds', async (t) => {
  const early: Completeness = { kind: 'since', sinceMs: 1 };
  const late: Completeness = { kind: 'since', sinceMs: 2 };
  const complete: Completeness = { kind: 'complete' };
  const unknown: Completeness = { kind: 'unknown' };
  for (const [configured, reported, expected] of [
    [early, undefined, early],
    [unknown, undefined, unknown],
    [complete, undefined, complete],
    [complete, late, complete],
    [complete, unknown, complete],
    [early, late, late],
    [late, early, late],
    [unknown, late, late],
    [late, unknown, unknown],
  ] as const) {
    t.strictSame(effectiveCompleteness(configured, reported), expected);
  }
});

t.test('a TID tells its time, and nothing else does', async (t) => {
  t.equal(tidTimeUs('2222222222222'), 0);
  // From the TID specification's examples of valid ones.
  t.equal(tidTimeUs('3jzfcijpj2z2a'), 1_688_137_381_887_007);
  for (const rkey of [
    '',
    'self',
    '3jzfcijpj2z2',
    '3jzfcijpj2z2aa',
    '3JZFCIJPJ2Z2A',
    '3jzf-cij-pj2z-2a',
    'kjzfcijpj2z2a',
    '0000000000000',
    '3jzfcijpj2z2\n',
  ]) {
    t.equal(tidTimeUs(rkey), null, JSON.stringify(rkey));
  }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (timeMs) => {
      return tidTimeUs(tidAt(timeMs)) === timeMs * 1000;
    }),
    { numRuns: 200 }
  );
});

t.test('only the one spelling the index stores is asked about', async (t) => {
  t.strictSame(parseRecordUri(`at://${DID}/app.bsky.feed.post/3k`), {
    did: DID,
    collection: 'app.bsky.feed.post',
    rkey: '3k',
  });
  for (const text of [
    `AT://${DID}/app.bsky.feed.post/3k`,
    `at://${DID}/app.bsky.feed.post/3k/`,
    `at://${DID}/app.bsky.feed.post/3k#a`,
    `at://${DID}/app.bsky.feed.post/3k?a`,
    `at://${DID}/app.bsky.feed.post/..`,
    `at://${DID}/app.bsky.feed.post`,
    `at://${DID}`,
    'at://a.example/app.bsky.feed.post/3k',
    'at://did:web:a%2fb/app.bsky.feed.post/3k',
    `at://${DID}/post/3k`,
    `at://${DID}/app.bsky.feed.post/${'a'.repeat(513)}`,
    `at://did:plc:${'a'.repeat(8200)}/app.bsky.feed.post/3k`,
  ]) {
    t.equal(parseRecordUri(text), null, text.slice(0, 60));
  }
  t.ok(isDid('did:web:example.com%3A8080'));
  for (const text of ['did:plc:', 'did:PLC:abc', 'a.example', 'did:web:a:']) {
    t.notOk(isDid(text), text);
  }
});

t.test(
  'CONSTELLATION_LOCAL_SINCE is a time with its zone, or complete',
  async (t) => {
    const since = (sinceMs: number): Completeness => ({
      kind: 'since',
      sinceMs,
    });
    t.strictSame(parseCompleteness(undefined, 'x'), { kind: 'unknown' });
    t.strictSame(parseCompleteness('complete', 'x'), { kind: 'complete' });
    t.strictSame(parseCompleteness('2026-05-01', 'x'), since(SINCE_MS));
    t.strictSame(
      parseCompleteness('2026-05-01T02:00:00.000+02:00', 'x'),
      since(SINCE_MS)
    );
    for (const text of [
      'Complete',
      'yesterday',
      '1777593600',
      '2026-05-01T12:00:00', // no zone: another time elsewhere
      '2026-02-30T00:00:00Z',
      '2026-13-01',
      '',
    ]) {
      t.throws(() => parseCompleteness(text, 'CONSTELLATION_LOCAL_SINCE'), {
        code: 'BAD_OPTION',
        message: /^CONSTELLATION_LOCAL_SINCE = /,
      });
    }
  }
);

t.test('who is asked follows from what the local index can know', async (t) => {
  const base = {
    main: 'local',
    hasFallback: true,
    mainAllowed: true,
    verdict: 'current' as LocalVerdict,
    coverage: 'full',
    mergeable: true,
  } as const;
  for (const [what, change, order, mainIsWhole, standIn] of [
    ['a young post', {}, 'main-then-fallback', true, null],
    ['an old post', { coverage: 'partial' }, 'both', false, null],
    [
      'an old post, nothing behind',
      { coverage: 'partial', hasFallback: false },
      'main',
      false,
      null,
    ],
    [
      'a young post while catching up',
      { verdict: 'behind' },
      'both',
      false,
      null,
    ],
    [
      'a young post while nothing is known',
      { verdict: 'unknown' },
      'both',
      false,
      null,
    ],
    [
      'a young post of a stalled index',
      { verdict: 'stalled' },
      'fallback-then-main',
      false,
      'STALLED',
    ],
    [
      'the same with nothing behind',
      { verdict: 'stalled', hasFallback: false },
      'main',
      false,
      null,
    ],
    [
      'an index that failed lately',
      { mainAllowed: false },
      'fallback-then-main',
      true,
      'BREAKER_OPEN',
    ],
    [
      'a list of an old post',
      { coverage: 'partial', mergeable: false },
      'fallback-then-main',
      false,
      null,
    ],
    [
      'a remote index',
      {
        main: 'remote',
        coverage: 'partial',
        verdict: 'unknown',
        hasFallback: false,
      },
      'main',
      true,
      null,
    ],
  ] as const) {
    const plan = choosePlan({ ...base, ...change });
    t.strictSame(plan, { order, mainIsWhole, standIn }, what);
  }
});

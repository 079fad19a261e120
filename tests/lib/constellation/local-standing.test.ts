import t from 'tap';
import {
  readHealth,
  readNumbers,
} from '../../../lib/constellation/local-health.js';
import {
  UNSEEN,
  standingAfter,
  type LocalObservation,
  type LocalStanding,
} from '../../../lib/constellation/local-standing.js';

const STALL_AFTER_MS = 120_000;

function health(
  verdict: string,
  ageMs: number | null = 500,
  more: object = {}
): LocalObservation {
  const observation = readHealth({
    verdict,
    newest_event_age_ms: ageMs,
    complete_since: '2026-05-01T00:00:00.000Z',
    ...more,
  });
  if (observation === null) throw new Error('no health');
  return observation;
}

function numbers(records: number): LocalObservation {
  const stats = { dids: 1, targetables: 2, linking_records: records };
  const observation = readNumbers({ days_indexed: 1, stats });
  if (observation === null) throw new Error('no numbers');
  return observation;
}

const UNREACHABLE: LocalObservation = { kind: 'unreachable' };
const MUTE: LocalObservation = { kind: 'mute' };

/** Looks at these moments (s), from nothing seen. */
function after(
  looks: readonly (readonly [atSeconds: number, seen: LocalObservation])[],
  stallAfterMs = STALL_AFTER_MS
): LocalStanding {
  return looks.reduce<LocalStanding>(
    (before, [atSeconds, seen]) =>
      standingAfter(before, seen, atSeconds * 1000, stallAfterMs),
    UNSEEN
  );
}

t.test('an index with /health is taken at its word', async (t) => {
  for (const [what, seen, verdict] of [
    ['current', health('current'), 'current'],
    ['current, of unknown age', health('current', null), 'current'],
    ['just not late', health('current', 15_000), 'current'],
    ['calls itself current and is late', health('current', 15_001), 'behind'],
    ['catching up', health('catching-up', 9e6), 'behind'],
    ['starting', health('starting', null), 'behind'],
    ['stalled', health('stalled', 9e6), 'stalled'],
    ['fed from a file, all read', health('idle', 9e9), 'current'],
  ] as const) {
    t.equal(after([[0, seen]]).verdict, verdict, what);
  }
  const back = [
    [0, health('current')],
    [5, UNREACHABLE],
    [9, health('current', 100)],
  ] as const;
  t.equal(after(back).verdict, 'behind', 'its newest event is from before');
  t.equal(after([...back, [10, health('current', 1_001)]]).verdict, 'behind');
  t.equal(after([...back, [10, health('current', 999)]]).verdict, 'current');
  const quiet = after([[0, health('current', 60_000)]], 0);
  t.equal(quiet.verdict, 'current', 'a quiet network is never late');
});

t.test('it tells since when it is complete, if it can know', async (t) => {
  const since = { kind: 'since', sinceMs: Date.UTC(2026, 4, 1) };
  const unknown = { kind: 'unknown' };
  for (const [what, seen, completeness] of [
    ['it does', health('current'), since],
    ['it does not', health('current', 1, { complete_since: null }), unknown],
    [
      'it tells nonsense',
      health('current', 1, { complete_since: 'x' }),
      unknown,
    ],
    ['invented data', health('current', 1, { sample: true }), unknown],
    ['a file has an end', health('idle'), unknown],
  ] as const) {
    t.strictSame(after([[0, seen]]).completeness, completeness, what);
  }
  t.equal(after([[0, numbers(1)]]).completeness, undefined);
});

t.test('a real server, which has numbers only, is watched', async (t) => {
  const moving = [0, 5, 10, 15, 20].map((s) => [s, numbers(1000 + s)] as const);
  for (const [what, looks, verdict] of [
    ['seen once, so it may have stood still', [[0, numbers(1)]], 'behind'],
    [
      'seen to move for the first time, so it may be catching up',
      moving,
      'behind',
    ],
    ['a minute later', [...moving, [70, numbers(1100)]], 'current'],
    [
      'never seen to move',
      [
        [0, numbers(1)],
        [29, numbers(1)],
      ],
      'behind',
    ],
    [
      'moved, and still for 29 s',
      [...moving, [70, numbers(1100)], [99, numbers(1100)]],
      'current',
    ],
    [
      'moved, and still for 30 s',
      [...moving, [70, numbers(1100)], [100, numbers(1100)]],
      'behind',
    ],
    [
      'still for two minutes',
      [
        [0, numbers(1)],
        [120, numbers(1)],
      ],
      'stalled',
    ],
    [
      'moving again',
      [
        [0, numbers(1)],
        [120, numbers(1)],
        [121, numbers(2)],
      ],
      'behind',
    ],
    ['away', [...moving, [75, numbers(1200)], [76, UNREACHABLE]], 'unknown'],
    [
      'back after 10 s',
      [
        ...moving,
        [75, numbers(1200)],
        [80, UNREACHABLE],
        [90, numbers(1210)],
        [119, numbers(1290)],
      ],
      'behind',
    ],
    [
      'caught up',
      [
        ...moving,
        [75, numbers(1200)],
        [80, UNREACHABLE],
        [90, numbers(1210)],
        [121, numbers(1300)],
      ],
      'current',
    ],
    [
      'back after ten minutes, four later',
      [
        [0, numbers(1)],
        [1, UNREACHABLE],
        [600, UNREACHABLE],
        [601, numbers(2)],
        [840, numbers(3)],
      ],
      'behind',
    ],
  ] as const) {
    t.equal(after(looks).verdict, verdict, what);
  }
  t.equal(
    after(
      [
        [0, numbers(1)],
        [9e5, numbers(1)],
      ],
      0
    ).verdict,
    'current',
    'a quiet network stands still'
  );
});

t.test(
  'one that comes back with a fraction of its records is another',
  async (t) => {
    const replaced = after([
      [0, numbers(1000)],
      [1, UNREACHABLE],
      [60, numbers(20)],
      [65, numbers(25)],
    ]);
    t.strictSame(replaced.completeness, { kind: 'unknown' });
    const same = after([
      [0, numbers(1000)],
      [1, UNREACHABLE],
      [60, numbers(900)],
    ]);
    t.equal(same.completeness, undefined);
  }
);

t.test(
  'one that tells nothing of itself is taken at the operator’s word',
  async (t) => {
    t.equal(after([[0, MUTE]]).verdict, 'current');
    t.equal(
      after([
        [0, MUTE],
        [1, UNREACHABLE],
        [2, MUTE],
      ]).verdict,
      'current'
    );
    t.equal(
      after([
        [0, health('current')],
        [1, MUTE],
      ]).verdict,
      'unknown'
    );
    t.equal(
      after([
        [0, numbers(1)],
        [1, MUTE],
      ]).verdict,
      'unknown'
    );
  }
);

t.test(
  'its disk is what it last told, and not known once it is away',
  async (t) => {
    const disk = { free_bytes: 5, bytes_per_day: 2, days_to_full: 2.5 };
    const told = [0, health('current', 500, { disk })] as const;
    t.strictSame(after([told]).disk, {
      dataBytes: null,
      totalBytes: null,
      freeBytes: 5,
      bytesPerDay: 2,
      daysToFull: 2.5,
    });
    t.equal(after([told, [1, UNREACHABLE]]).disk, null);
    t.equal(
      after([[0, numbers(3)]]).disk,
      null,
      'the real server does not tell'
    );
    const young = { free_bytes: 5, bytes_per_day: null, days_to_full: null };
    t.match(after([[0, health('current', 500, { disk: young })]]).disk, {
      bytesPerDay: null,
      daysToFull: null,
    });
    for (const none of [undefined, null, 7, {}, { free_bytes: '5' }]) {
      t.equal(after([[0, health('current', 5, { disk: none })]]).disk, null);
    }
  }
);

t.test('what is no health and no numbers is not taken for them', async (t) => {
  for (const body of [
    undefined,
    null,
    'OK',
    [],
    {},
    { verdict: 'fine' },
    { verdict: 1 },
    JSON.parse('{"__proto__":{"verdict":"current"}}'),
  ]) {
    t.equal(readHealth(body), null, JSON.stringify(body));
  }
  for (const body of [
    null,
    7,
    {},
    { stats: [] },
    { stats: {} },
    { stats: { dids: 1, targetables: 1, linking_records: '3' } },
    { stats: { dids: -1, targetables: 1, linking_records: 3 } },
  ]) {
    t.equal(readNumbers(body), null, JSON.stringify(body));
  }
});

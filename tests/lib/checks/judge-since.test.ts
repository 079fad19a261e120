import t from 'tap';
import { parseGaps } from '../../../lib/checks/health/movement.js';
import { judgeSince } from '../../../lib/checks/health/judge-since.js';

const NOTED = new Date('2026-01-01T00:00:00Z');
const NEVER = '0001-01-01T00:00:00Z';

t.test('a time of completeness is judged by what is known', async (t) => {
  for (const [what, noted, told, finishedAt, startedAt, next] of [
    ['nothing was noted', null, null, NEVER, '2026-01-01T00:00:00Z', null],
    ['it never ended', NOTED, null, NEVER, '2026-01-09T00:00:00Z', null],
    [
      'away for an hour',
      NOTED,
      null,
      '2026-01-05T00:00:00Z',
      '2026-01-05T01:00:00Z',
      null,
    ],
    [
      'away for two days',
      NOTED,
      null,
      '2026-01-05T00:00:00Z',
      '2026-01-07T00:00:00Z',
      '2026-01-07T00:00:00.000Z',
    ],
    [
      'away before the time that was noted',
      NOTED,
      null,
      '2025-12-01T00:00:00Z',
      '2025-12-09T00:00:00Z',
      null,
    ],
    [
      'the index says the same',
      NOTED,
      new Date('2025-12-31T23:59:58Z'),
      NEVER,
      '2026-01-09T00:00:00Z',
      null,
    ],
    [
      'the index says a later time',
      NOTED,
      new Date('2026-01-03T00:00:00Z'),
      NEVER,
      '2026-01-01T00:00:00Z',
      '2026-01-03T00:00:00.000Z',
    ],
  ] as const) {
    const judged = judgeSince({
      ...{ noted, told, finishedAt, startedAt, gaps: [] },
    });
    if (next === null) t.equal(judged, null, what);
    else {
      t.match(judged, { status: 'fail', facts: { since: next } }, what);
      t.match(JSON.stringify(judged), `--since ${next}`);
    }
  }
});

t.test('a stream that stood still while it ran is known', async (t) => {
  const [day, hour] = [86_400, 3600];
  const noted = NOTED.getTime() / 1000;
  const judge = (text: string) =>
    judgeSince({
      ...{ noted: NOTED, told: null, gaps: parseGaps(text) },
      ...{ finishedAt: NEVER, startedAt: '2026-01-01T00:00:00Z' },
    });
  const gap = (fromS: number, lastsS: number): string =>
    `gap ${noted + fromS} ${noted + fromS + lastsS}`;
  t.equal(judge(''), null);
  t.equal(judge(`moved ${noted}\n${gap(day, 23 * hour)}\n`), null);
  t.equal(judge(gap(-9 * day, 2 * day)), null, 'before the time was noted');
  const lines = [
    'moved 1',
    gap(5 * day, 2 * day),
    gap(day, 3 * day),
    'gap x y',
  ];
  t.match(judge(lines.join('\n')), {
    status: 'fail',
    seen: /nothing was taken in for 2 d.*, until 2026-01-08T00:00:00\.000Z/,
    facts: { since: '2026-01-08T00:00:00.000Z' },
  });
  for (const bad of ['gap 5 4', 'gap -1 9', 'gap 1', 'gap 1 99999999999999']) {
    t.strictSame(parseGaps(bad), [], bad);
  }
});

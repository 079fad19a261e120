import t from 'tap';
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
    const judged = judgeSince({ noted, told, finishedAt, startedAt });
    if (next === null) t.equal(judged, null, what);
    else {
      t.match(judged, { status: 'fail', facts: { since: next } }, what);
      t.match(JSON.stringify(judged), `--since ${next}`);
    }
  }
});

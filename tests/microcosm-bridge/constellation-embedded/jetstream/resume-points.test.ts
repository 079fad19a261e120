import fc from 'fast-check';
import t from 'tap';
import {
  FUTURE_TOLERANCE_US,
  ResumePoints,
} from '../../../../microcosm-bridge/constellation-embedded/jetstream/resume-points.js';

const S = 1_000_000;
const NOW = 1_760_000_000 * S;
const A = 'ws://a/subscribe';
const B = 'ws://b/subscribe';

t.test('nothing read yet: begin now', async (t) => {
  const points = new ResumePoints(10_000, null);
  t.equal(points.resumeAt(A), null);
  t.equal(points.furthestUs, null);
});

t.test('the same host goes on exactly, another one rewinds', async (t) => {
  const start = { cursorUs: NOW, host: A };
  const points = new ResumePoints(10_000, start);
  t.equal(points.resumeAt(A), NOW);
  t.equal(points.resumeAt(B), NOW - 10 * S);
});

t.test('a cursor of unknown origin is rewound everywhere', async (t) => {
  const points = new ResumePoints(10_000, { cursorUs: NOW, host: null });
  t.equal(points.resumeAt(A), NOW - 10 * S);
});

t.test('a rewind does not go below zero', async (t) => {
  const points = new ResumePoints(10_000, { cursorUs: 5, host: A });
  t.equal(points.resumeAt(B), 0);
});

t.test('going to and fro does not drift back', async (t) => {
  const points = new ResumePoints(10_000, { cursorUs: NOW, host: A });
  for (let round = 0; round < 20; round++) {
    points.advance(B, NOW - 9 * S, NOW);
    points.advance(A, NOW, NOW);
  }
  t.equal(points.resumeAt(A), NOW);
  t.equal(points.resumeAt(B), NOW - 9 * S);
});

t.test('a host whose clock is behind keeps its own point', async (t) => {
  const points = new ResumePoints(10_000, { cursorUs: NOW, host: A });
  t.equal(points.advance(B, NOW - 4 * S, NOW), NOW - 4 * S);
  t.equal(points.resumeAt(B), NOW - 4 * S, 'not where A was');
});

t.test('an event that jumps back does not move the point back', async (t) => {
  const points = new ResumePoints(10_000, { cursorUs: NOW - 100 * S, host: A });
  points.advance(A, NOW - 50 * S, NOW);
  t.equal(points.advance(A, NOW - 90 * S, NOW), NOW - 50 * S);
  t.equal(points.resumeAt(A), NOW - 50 * S);
});

t.test('an event from the far future does not move the point', async (t) => {
  const points = new ResumePoints(10_000, { cursorUs: NOW - 50 * S, host: A });
  const late = NOW + FUTURE_TOLERANCE_US;
  t.equal(points.advance(A, late + 1, NOW), NOW - 50 * S);
  t.equal(points.advance(A, Number.MAX_SAFE_INTEGER, NOW), NOW - 50 * S);
  t.equal(points.advance(A, late, NOW), late, 'a clock may be a bit ahead');
});

t.test('before there is a point the future counts as now', async (t) => {
  const points = new ResumePoints(10_000, null);
  t.equal(points.advance(A, NOW * 2, NOW), NOW);
  t.equal(points.resumeAt(A), NOW);
});

t.test('no resume is ever later than what was read', async () => {
  const host = fc.constantFrom('a', 'b', 'c');
  const read = fc.record({
    host,
    time: fc.integer({ min: 0, max: 2 * NOW }),
  });
  fc.assert(
    fc.property(fc.array(read), host, (reads, next) => {
      const points = new ResumePoints(10_000, null);
      let furthest = 0;
      const before = new Map<string, number>();
      for (const { host, time } of reads) {
        const point = points.advance(host, time, NOW);
        furthest = Math.max(furthest, point);
        if (point < (before.get(host) ?? 0)) return false;
        before.set(host, point);
      }
      const resume = points.resumeAt(next);
      if (resume === null) return reads.length === 0;
      return resume <= furthest && furthest <= NOW + FUTURE_TOLERANCE_US;
    })
  );
});

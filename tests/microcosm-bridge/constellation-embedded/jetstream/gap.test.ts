import t from 'tap';
import {
  MeanSpacing,
  detectGap,
} from '../../../../microcosm-bridge/constellation-embedded/jetstream/gap.js';

const S = 1_000_000;
const C = 1_760_000_000 * S;

const cases: readonly (readonly [
  what: string,
  coveredUs: number | null,
  afterSeconds: number,
  meanSpacingSeconds: number | null,
  isGap: boolean,
])[] = [
  ['a first start has nothing to miss', null, 1e6, null, false],
  ['the event at the cursor itself', C, 0, 0.002, false],
  ['an earlier event, as after a rewind', C, -10, 0.002, false],
  ['just after the cursor', C, 1, 0.002, false],
  ['a minute is not worth an alarm', C, 60, 0.002, false],
  ['more than a minute on a busy stream', C, 60.1, 0.002, true],
  ['a day on a busy stream', C, 86_400, 0.002, true],
  ['more than a minute, nothing known of the stream', C, 61, null, true],
  ['three minutes on a stream of one event in ten seconds', C, 180, 10, false],
  ['more than twenty spacings of a quiet stream', C, 201, 10, true],
];
for (const [what, coveredUs, after, spacing, isGap] of cases) {
  t.test(`${what}: ${isGap ? 'a gap' : 'no gap'}`, async (t) => {
    const firstUs = C + after * S;
    const meanSpacingUs = spacing === null ? null : spacing * S;
    t.same(
      detectGap({ coveredUs, firstUs, meanSpacingUs }),
      isGap ? { fromUs: C, toUs: firstUs } : null
    );
  });
}

t.test('the mean spacing is that of recent events', async (t) => {
  const spacing = new MeanSpacing();
  let timeUs = C;
  for (let i = 0; i < 8; i++) spacing.add((timeUs += S));
  t.equal(spacing.valueUs, null, 'seven spacings say nothing');
  spacing.add((timeUs += S));
  t.equal(spacing.valueUs, S);
  for (let i = 0; i < 1000; i++) spacing.add((timeUs += 3 * S));
  t.ok(Math.abs((spacing.valueUs ?? 0) - 3 * S) < 0.01 * S);
});

t.test('an interruption and a jump back are no spacing', async (t) => {
  const spacing = new MeanSpacing();
  for (let i = 0; i < 100; i++) spacing.add(C + i * S);
  spacing.interrupt();
  spacing.add(C + 86_400 * S);
  t.equal(spacing.valueUs, S);
  spacing.add(C);
  t.ok((spacing.valueUs ?? 0) <= S && (spacing.valueUs ?? 0) > 0);
});

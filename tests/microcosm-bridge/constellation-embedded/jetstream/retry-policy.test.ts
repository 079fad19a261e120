import t from 'tap';
import {
  nextEndpointIndex,
  retryDelayMs,
} from '../../../../microcosm-bridge/constellation-embedded/jetstream/retry-policy.js';

const limits = { minMs: 500, maxMs: 30_000 };

t.test('the ceiling of the delay doubles up to its limit', async (t) => {
  const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 100_000].map((failures) =>
    retryDelayMs(failures, 1, limits)
  );
  t.same(
    ceilings,
    [0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000]
  );
});

t.test('the delay is anywhere below its ceiling', async (t) => {
  t.equal(retryDelayMs(5, 0, limits), 0);
  t.equal(retryDelayMs(5, 0.25, limits), 1000);
  t.equal(retryDelayMs(1, 0.99, limits), 0, 'the first retry is at once');
});

t.test('a host that fails has to wait for its next turn', async (t) => {
  for (const reason of [
    'unreachable',
    'silent',
    'garbage',
    'oversized',
    'protocol',
  ] as const) {
    t.equal(nextEndpointIndex(0, 3, { reason, healthy: true }), 1, reason);
    t.equal(nextEndpointIndex(2, 3, { reason, healthy: false }), 0, reason);
  }
  const young = { reason: 'closed', healthy: false } as const;
  t.equal(nextEndpointIndex(0, 2, young), 1);
  t.equal(nextEndpointIndex(0, 1, young), 0);
});

t.test('a healthy connection that was closed is tried again', async (t) => {
  const ended = { reason: 'closed', healthy: true } as const;
  t.equal(nextEndpointIndex(1, 3, ended), 1);
});

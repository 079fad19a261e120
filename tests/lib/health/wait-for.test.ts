import { getEventListeners } from 'node:events';
import t from 'tap';
import {
  HealthError,
  waitFor,
  type Judgement,
  type Probe,
  type WaitClock,
} from '../../../lib/health/index.js';

/** A clock that jumps to the end of every sleep that nothing cuts short. */
function jumpingClock(): WaitClock & { nowMs: number } {
  const clock = {
    nowMs: 0,
    now: () => clock.nowMs,
    sleep: async (ms: number, signal: AbortSignal): Promise<void> => {
      // A try that answers at once must win against its own limit.
      for (let turn = 0; turn < 20; turn++) {
        await new Promise((done) => setImmediate(done));
        signal.throwIfAborted();
      }
      clock.nowMs += ms;
    },
  };
  return clock;
}

function probe(
  read: (signal: AbortSignal, attempt: number) => Promise<number>,
  judge: (value: number, count: number) => Judgement
): Probe<number> & { reads: number } {
  const made = {
    name: 'ready' as const,
    target: 'http://x/ready',
    reads: 0,
    read: (signal: AbortSignal) => read(signal, (made.reads += 1)),
    judge: (readings: readonly { readonly value: number }[]) =>
      judge(readings.at(-1)?.value ?? 0, readings.length),
  };
  return made;
}

const passFrom =
  (least: number) =>
  (value: number): Judgement => ({
    state: value >= least ? 'pass' : 'wait',
    detail: `value ${value}`,
  });

t.test(
  'it asks until the probe passes, and says how long that took',
  async (t) => {
    const clock = jumpingClock();
    const asked = probe(async (_, attempt) => attempt, passFrom(4));
    const tries: string[] = [];
    const waited = await waitFor(asked, {
      deadlineMs: 10_000,
      intervalMs: 100,
      clock,
      onTry: (detail) => tries.push(detail),
    });
    t.same(waited, { value: 4, detail: 'value 4', tries: 4, elapsedMs: 300 });
    t.same(tries, ['value 1', 'value 2', 'value 3']);
  }
);

t.test('errors are tries that failed', async (t) => {
  const asked = probe(async (_, attempt) => {
    if (attempt < 3) throw new Error('ECONNREFUSED');
    return attempt;
  }, passFrom(1));
  const waited = await waitFor(asked, {
    deadlineMs: 10_000,
    clock: jumpingClock(),
  });
  t.equal(waited.tries, 3);
});

t.test('the deadline ends it with the last failure as cause', async (t) => {
  const clock = jumpingClock();
  const asked = probe(async () => 0, passFrom(1));
  const error = await waitFor(asked, {
    deadlineMs: 1000,
    intervalMs: 300,
    clock,
  }).catch((thrown: unknown) => thrown);
  t.ok(error instanceof HealthError);
  t.match(error, {
    code: 'DEADLINE',
    message: 'http://x/ready was not ready within 1000 ms',
    cause: { code: 'NOT_YET', message: 'value 0' },
  });
  t.ok(clock.nowMs <= 1000);
  t.equal(asked.reads, 4);
});

t.test(
  'a try that hangs is cut off and does not eat the deadline',
  async (t) => {
    const clock = jumpingClock();
    const signals: AbortSignal[] = [];
    const asked = probe(async (signal, attempt) => {
      signals.push(signal);
      if (attempt === 1) return await new Promise<number>(() => undefined);
      return attempt;
    }, passFrom(1));
    const waited = await waitFor(asked, {
      deadlineMs: 10_000,
      tryTimeoutMs: 500,
      intervalMs: 100,
      clock,
    });
    t.equal(waited.tries, 2);
    t.equal(waited.elapsedMs, 600);
    t.match(signals[0]?.reason, { code: 'TRY_TIMEOUT' });
  }
);

t.test('a death ends it at once, with the last lines', async (t) => {
  const clock = jumpingClock();
  let dead = false;
  const asked = probe(async () => {
    dead = true;
    return 0;
  }, passFrom(1));
  await t.rejects(
    waitFor(asked, {
      deadlineMs: 600_000,
      clock,
      isDead: async () =>
        dead ? { message: 'the index ended', lastLines: ['boom'] } : null,
    }),
    { code: 'DIED', message: /the index ended[^]*boom/, lastLines: ['boom'] }
  );
  t.equal(asked.reads, 1);
  t.equal(clock.nowMs, 0);
});

t.test('a hopeless answer ends it at once', async (t) => {
  const asked = probe(
    async () => 0,
    () => ({ state: 'fail', detail: 'another program answers' })
  );
  await t.rejects(
    waitFor(asked, { deadlineMs: 600_000, clock: jumpingClock() }),
    { code: 'HOPELESS', message: 'another program answers' }
  );
  t.equal(asked.reads, 1);
});

t.test('the signal ends a sleep and a try with its own reason', async (t) => {
  const reason = new Error('Ctrl-C');
  for (const hangs of [true, false]) {
    const controller = new AbortController();
    const asked = probe(
      async () => (hangs ? await new Promise<number>(() => undefined) : 0),
      passFrom(1)
    );
    setTimeout(() => controller.abort(reason), 20);
    await t.rejects(
      waitFor(asked, {
        deadlineMs: 600_000,
        tryTimeoutMs: 600_000,
        intervalMs: 300_000,
        signal: controller.signal,
      }),
      reason
    );
  }
});

t.test('no listener is left on the signal', async (t) => {
  const { signal } = new AbortController();
  await waitFor(
    probe(async (_, attempt) => attempt, passFrom(5)),
    { deadlineMs: 10_000, signal, clock: jumpingClock() }
  );
  t.same(getEventListeners(signal, 'abort'), []);
});

t.test('readings are kept for probes that compare them', async (t) => {
  const asked = probe(
    async (_, attempt) => attempt,
    (_, count) => ({ state: count >= 3 ? 'pass' : 'wait', detail: '' })
  );
  const { tries } = await waitFor(asked, {
    deadlineMs: 10_000,
    clock: jumpingClock(),
  });
  t.equal(tries, 3);
});

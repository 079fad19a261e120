import { setTimeout as delay } from 'node:timers/promises';
import { HealthError } from './health-error.js';
import type { Judgement, Probe, Reading } from './probe.js';

/** A clock that tests can move. */
export interface WaitClock {
  /** Monotonic (ms). */
  readonly now: () => number;
  /** Rejects when the signal fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What is known of a process that died. */
export interface Death {
  /** For people: `the index (process 123) ended`. */
  readonly message: string;
  readonly lastLines: readonly string[];
}

/** How long and how often is asked. */
export interface WaitOptions {
  /** In all (ms). */
  readonly deadlineMs: number;
  /** For one try (ms, default 2,000). */
  readonly tryTimeoutMs?: number | undefined;
  /** Between two tries (ms, default 250). */
  readonly intervalMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Says so when what is waited for has died; asked before every try. */
  readonly isDead?: (() => Promise<Death | null>) | undefined;
  /** Told what each try came to. */
  readonly onTry?: ((detail: string) => void) | undefined;
  readonly clock?: WaitClock | undefined;
}

/** What waiting came to. */
export interface Waited<R> {
  readonly detail: string;
  readonly value: R;
  readonly tries: number;
  readonly elapsedMs: number;
}

const CLOCK: WaitClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};

/** Readings that are kept for judging. */
const KEPT = 100;

/**
 * Takes readings until they pass.
 *
 * @throws HealthError DEADLINE with the last failure as its cause, DIED at once
 *   with its last log lines, HOPELESS; the signal's reason when aborted
 */
export async function waitFor<R>(
  probe: Probe<R>,
  options: WaitOptions
): Promise<Waited<R>> {
  const { deadlineMs, tryTimeoutMs = 2000, intervalMs = 250 } = options;
  const { clock = CLOCK, signal = new AbortController().signal } = options;
  const startedMs = clock.now();
  const readings: Reading<R>[] = [];
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    await throwIfDead(options);
    const leftMs = deadlineMs - (clock.now() - startedMs);
    const limitMs = Math.max(1, Math.min(tryTimeoutMs, leftMs));
    const failure = await attempt(probe, readings, limitMs, clock, signal);
    signal.throwIfAborted();
    const elapsedMs = clock.now() - startedMs;
    if ('value' in failure) return { ...failure, tries, elapsedMs };
    options.onTry?.(failure.error.message);
    if (failure.error.code === 'HOPELESS') throw failure.error;
    await throwIfDead(options);
    if (elapsedMs + intervalMs >= deadlineMs) {
      throw new HealthError(
        `${probe.target} was not ${probe.name} within ${deadlineMs} ms`,
        { code: 'DEADLINE', url: probe.target, cause: failure.error }
      );
    }
    await clock.sleep(intervalMs, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  }
}

type Attempt<R> =
  | { readonly value: R; readonly detail: string }
  | { readonly error: HealthError };

async function attempt<R>(
  probe: Probe<R>,
  readings: Reading<R>[],
  limitMs: number,
  clock: WaitClock,
  signal: AbortSignal
): Promise<Attempt<R>> {
  let value: R;
  try {
    value = await limited(probe.read, limitMs, clock, signal);
  } catch (error) {
    return { error: asHealthError(error, probe.target) };
  }
  readings.push({ value, atMs: clock.now() });
  if (readings.length > KEPT) readings.shift();
  const judgement: Judgement = probe.judge(readings);
  const { state, detail } = judgement;
  if (state === 'pass') return { value, detail };
  const code = state === 'fail' ? 'HOPELESS' : 'NOT_YET';
  return { error: new HealthError(detail, { code, url: probe.target }) };
}

/** Runs one try; both its time and the caller's signal end it. */
async function limited<R>(
  read: (signal: AbortSignal) => Promise<R>,
  limitMs: number,
  clock: WaitClock,
  signal: AbortSignal
): Promise<R> {
  const ended = new AbortController();
  const onAbort = (): void => ended.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const tooLate = clock.sleep(limitMs, ended.signal).then(() => {
    const error = new HealthError(`no answer within ${Math.ceil(limitMs)} ms`, {
      code: 'TRY_TIMEOUT',
    });
    ended.abort(error);
    throw error;
  });
  tooLate.catch(() => undefined); // the race may be over
  try {
    return await Promise.race([read(ended.signal), tooLate]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    ended.abort();
  }
}

async function throwIfDead({ isDead }: WaitOptions): Promise<void> {
  const death = await isDead?.();
  if (death === undefined || death === null) return;
  const { message, lastLines } = death;
  const quote = lastLines.map((line) => `\n  | ${line.slice(0, 300)}`).join('');
  throw new HealthError(
    quote === '' ? message : `${message}; its last lines:${quote}`,
    { code: 'DIED', lastLines }
  );
}

function asHealthError(error: unknown, target: string): HealthError {
  if (error instanceof HealthError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new HealthError(message, {
    code: 'UNREACHABLE',
    url: target,
    cause: error,
  });
}

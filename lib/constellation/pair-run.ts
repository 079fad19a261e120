import type { Clock } from './clock.js';
import type { Ending } from './ending.js';
import {
  ConstellationError,
  asConstellationError,
  type ConstellationErrorCode,
} from './errors.js';
import type { Wanted } from './gate.js';
import type { Plan } from './plan.js';
import type { Found, Origin, Question } from './question.js';
import type { Effort, Upstream } from './upstream.js';

/** Whoever waits for an answer. */
export interface Caller<T> extends Wanted {
  /** Takes an answer that a better one may still replace. */
  offer(found: Found<T>): void;
}

/** Told how the indexes did. */
export interface PairListener {
  /** The fallback stands in for a failed main index. */
  stoodIn(code: ConstellationErrorCode): void;
  /** The main index failed. */
  mainFailed(code: ConstellationErrorCode): void;
}

/** What one question may take. */
export interface AskOptions<T> {
  readonly caller: Caller<T>;
  /** Ends everything. */
  readonly ending: Ending;
  /** How long the first caller waits, in milliseconds. */
  readonly deadlineMs: number;
  /** How long it is tried at all, in milliseconds. */
  readonly spanMs: number;
}

/** What a {@link PairRun} is made of. */
export interface PairRunOptions<T> {
  readonly main: Upstream;
  readonly fallback: Upstream | null;
  readonly clock: Clock;
  readonly question: Question<T>;
  readonly plan: Plan;
  readonly ask: AskOptions<T>;
  readonly listener: PairListener;
}

/** The share of the first caller's time after which the other index is asked. */
const HAND_OVER_SHARE = 0.4;
/** How long the main index is waited for once the fallback has answered. */
const GRACE_MS = 100;

type Settled<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ConstellationError };

/** One question on its way through the two indexes, in the planned order. */
export class PairRun<T> {
  readonly #options: PairRunOptions<T>;

  constructor(options: PairRunOptions<T>) {
    this.#options = options;
  }

  /** @throws ConstellationError the one failure, or `UNAVAILABLE` with both */
  run(): Promise<Found<T>> {
    const { plan, fallback } = this.#options;
    if (fallback === null) return this.#mainOnly();
    switch (plan.order) {
      case 'main':
        return this.#mainOnly();
      case 'main-then-fallback':
        return this.#mainFirst(fallback);
      case 'fallback-then-main':
        return this.#fallbackFirst(fallback);
      case 'both':
        return this.#both(fallback);
    }
  }

  async #mainOnly(): Promise<Found<T>> {
    const main = await this.#main(this.#options.ask.spanMs);
    if (!main.ok) throw main.error;
    return this.#fromMain(main.value);
  }

  /** The fallback is asked where the main index fails, or is late. */
  async #mainFirst(fallback: Upstream): Promise<Found<T>> {
    const handOverMs = this.#handOverMs();
    const main = this.#main(handOverMs, 0);
    const early = await this.#within(main, handOverMs);
    if (early?.ok === true) return this.#fromMain(early.value);
    if (early !== undefined && isFinal(early.error)) throw early.error;
    this.#options.listener.stoodIn(early?.error.code ?? 'TRY_TIMEOUT');
    const other = this.#ask(fallback, this.#options.ask.spanMs);
    // One that was only late may still be the first.
    const first = await Promise.race([
      other.then(() => null),
      main.then((settled) => (settled.ok ? settled : other.then(() => null))),
    ]);
    if (first !== null) return this.#fromMain(first.value);
    const settled = await other;
    if (settled.ok) return this.#fromFallback(fallback, settled.value);
    const last = await main;
    if (last.ok) return this.#fromMain(last.value);
    throw unavailable(last.error, settled.error);
  }

  /** The main index is not asked before the fallback had its chance. */
  async #fallbackFirst(fallback: Upstream): Promise<Found<T>> {
    const asked = this.#ask(fallback, this.#options.ask.spanMs);
    const main = this.#lastResort(asked);
    const other = await asked;
    if (other.ok) return this.#fromFallback(fallback, other.value);
    if (isFinal(other.error)) throw other.error;
    const last = await main;
    if (last === null) throw other.error;
    if (last.ok) return this.#fromMain(last.value);
    throw unavailable(last.error, other.error);
  }

  async #both(fallback: Upstream): Promise<Found<T>> {
    const { ask, question } = this.#options;
    const main = this.#main(ask.spanMs);
    void main.then((settled) => {
      if (settled.ok) ask.caller.offer(this.#fromMain(settled.value));
    });
    const other = await this.#ask(fallback, ask.spanMs);
    if (!other.ok) {
      if (isFinal(other.error)) throw other.error;
      const settled = await main;
      if (settled.ok) return this.#fromMain(settled.value);
      throw unavailable(settled.error, other.error);
    }
    const found = this.#fromFallback(fallback, other.value);
    ask.caller.offer(found);
    const settled = await this.#within(main, GRACE_MS);
    if (settled?.ok !== true || question.merge === null) return found;
    const value = question.merge(settled.value, other.value);
    return { ...found, value, origin: 'merged' };
  }

  /**
   * Asks the main index once the fallback failed or took its share of the
   * time; null where neither happened.
   */
  async #lastResort(asked: Promise<Settled<T>>): Promise<Settled<T> | null> {
    const { ask } = this.#options;
    const early = await this.#within(asked, this.#handOverMs());
    if (early?.ok === true) return null;
    if (early !== undefined && isFinal(early.error)) return null;
    const main = await this.#main(ask.spanMs);
    if (main.ok) ask.caller.offer(this.#fromMain(main.value));
    return main;
  }

  async #main(
    spanMs: number,
    patienceMs = this.#options.ask.deadlineMs
  ): Promise<Settled<T>> {
    const settled = await this.#ask(this.#options.main, spanMs, patienceMs);
    if (!settled.ok) this.#options.listener.mainFailed(settled.error.code);
    return settled;
  }

  /** What it came to within a time, or undefined. */
  #within(
    asked: Promise<Settled<T>>,
    limitMs: number
  ): Promise<Settled<T> | undefined> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.afterIdle(limitMs, () =>
        resolve(undefined)
      );
      void asked.then((settled) => {
        cancel();
        resolve(settled);
      });
    });
  }

  async #ask(
    upstream: Upstream,
    spanMs: number,
    patienceMs = this.#options.ask.deadlineMs
  ): Promise<Settled<T>> {
    const { question, ask } = this.#options;
    const { caller, ending } = ask;
    const effort: Effort = { wanted: caller, ending, spanMs, patienceMs };
    try {
      return { ok: true, value: await upstream.ask(question, effort) };
    } catch (cause) {
      const error = asConstellationError(cause, 'UNAVAILABLE', 'Failed.');
      return { ok: false, error };
    }
  }

  #handOverMs(): number {
    return this.#options.ask.deadlineMs * HAND_OVER_SHARE;
  }

  #fromMain(value: T): Found<T> {
    const { main, plan } = this.#options;
    const origin: Origin = main.deployment;
    return { value, origin, role: main.role, partial: !plan.mainIsWhole };
  }

  #fromFallback(fallback: Upstream, value: T): Found<T> {
    const origin: Origin = fallback.deployment;
    return { value, origin, role: fallback.role, partial: false };
  }
}

/** Whether asking another index would only repeat the failure. */
function isFinal(error: ConstellationError): boolean {
  return error.code === 'REJECTED' || error.code === 'CLOSED';
}

function unavailable(
  main: ConstellationError,
  fallback: ConstellationError
): ConstellationError {
  return new ConstellationError(
    'UNAVAILABLE',
    `No index answered: ${main.message} ${fallback.message}`,
    { cause: main, causes: [main, fallback] }
  );
}

import type { CircuitBreaker } from './circuit-breaker.js';
import { type BreakerOutcome } from './circuit-breaker.js';
import type { Clock } from './clock.js';
import type { Deployment } from './detect-deployment.js';
import type { Ending } from './ending.js';
import {
  ConstellationError,
  asConstellationError,
  type ConstellationErrorCode,
} from './errors.js';
import type { EventListener, SourceRole } from './events.js';
import type { Gate, Wanted } from './gate.js';
import type { HttpSource } from './http-source.js';
import type { Question } from './question.js';
import { retryDelayMs } from './retry-delay.js';
import { SourceUsage, type SourceStats } from './source-usage.js';
import { pause, TimeLimit } from './time-limit.js';

/** What an {@link Upstream} is made of. */
export interface UpstreamOptions {
  readonly role: SourceRole;
  readonly deployment: Deployment;
  readonly source: Pick<HttpSource, 'getJson' | 'url'>;
  readonly gate: Gate;
  readonly breaker: CircuitBreaker;
  readonly clock: Clock;
  /** Time for one try, in milliseconds. */
  readonly tryTimeoutMs: number;
  readonly retries: number;
  readonly retryDelayMs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly emit: EventListener;
}

/** How hard to try for one question. */
export interface Effort {
  readonly wanted: Wanted;
  /** Ends everything. */
  readonly ending: Ending;
  /**
   * Milliseconds from the first request, in which all tries have to end.
   * Waiting for a place does not count: it says nothing of the index.
   */
  readonly spanMs: number;
  /** The longest pause the index may ask for that is worth waiting. */
  readonly patienceMs: number;
}

/** A try that had less time than this says nothing of the index. */
const LEAST_EVIDENCE_MS = 100;
/** The pause after a 429 that names none. */
const UNNAMED_PAUSE_MS = 1_000;

/** One index with its gate, its circuit breaker, its retries and its numbers. */
export class Upstream {
  readonly role: SourceRole;
  readonly deployment: Deployment;
  readonly #options: UpstreamOptions;
  readonly #usage = new SourceUsage();

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.role = options.role;
    this.deployment = options.deployment;
  }

  /** Whether its circuit breaker would let a request through. */
  get allowed(): boolean {
    return this.#options.breaker.allows(this.#nowMs());
  }

  /** @throws ConstellationError whatever the last try failed with */
  async ask<T>(question: Question<T>, effort: Effort): Promise<T> {
    let firstSentMs: number | null = null;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#try(question, effort, () => {
          firstSentMs ??= this.#nowMs();
          return effort.spanMs - (this.#nowMs() - firstSentMs);
        });
      } catch (cause) {
        const error = asConstellationError(cause, 'UNREACHABLE', 'Failed.');
        const spentMs = this.#nowMs() - (firstSentMs ?? this.#nowMs());
        await this.#beforeRetry(error, tries, effort, spentMs);
      }
    }
  }

  /** What it has done so far. */
  stats(): SourceStats {
    const { breaker, gate, source } = this.#options;
    const nowMs = this.#nowMs();
    return {
      role: this.role,
      deployment: this.deployment,
      url: source.url,
      ...this.#usage.summary(),
      breaker: breaker.state(nowMs),
      breakerOpens: breaker.opens,
      breakerRetryInMs: breaker.retryInMs(nowMs),
      active: gate.active,
      waiting: gate.waiting,
      pausedMs: gate.pausedMs,
    };
  }

  /** Waits for the next try, or throws where there is none. */
  async #beforeRetry(
    error: ConstellationError,
    tries: number,
    effort: Effort,
    spentMs: number
  ): Promise<void> {
    const { clock, retries, random, emit } = this.#options;
    const isPaused = error.code === 'RATE_LIMITED';
    const delayMs = retryDelayMs({
      tries,
      retries,
      code: error.code,
      status: error.status,
      retryAfterMs: isPaused ? pauseOf(error) : undefined,
      retryDelayMs: this.#options.retryDelayMs,
      remainingMs:
        Math.min(effort.spanMs, isPaused ? effort.patienceMs : Infinity) -
        spentMs,
      random: random(),
    });
    if (delayMs === null || effort.ending.reason !== null) throw error;
    emit({ type: 'retry', role: this.role, tries, delayMs, code: error.code });
    await pause(clock, delayMs, effort.ending);
  }

  async #try<T>(
    question: Question<T>,
    effort: Effort,
    remainingMs: () => number
  ): Promise<T> {
    const { gate, breaker } = this.#options;
    if (!this.allowed) throw this.#breakerOpen();
    if (gate.pausedMs > effort.patienceMs) throw this.#paused();
    const entering = gate.enter(effort.wanted, effort.ending);
    if (entering !== null) await entering;
    try {
      const permit = breaker.acquire(this.#nowMs());
      if (permit === null) throw this.#breakerOpen();
      let outcome: BreakerOutcome = 'unknown';
      const limitMs = Math.min(this.#options.tryTimeoutMs, remainingMs());
      try {
        const value = await this.#send(question, effort.ending, limitMs);
        outcome = 'success';
        return value;
      } catch (error) {
        outcome = outcomeOf(error, limitMs);
        throw error;
      } finally {
        this.#report(breaker.report(permit, outcome, this.#nowMs()));
      }
    } finally {
      gate.leave();
    }
  }

  async #send<T>(
    question: Question<T>,
    ending: Ending,
    limitMs: number
  ): Promise<T> {
    const { clock, source, emit } = this.#options;
    const startedMs = this.#nowMs();
    const limit = new TimeLimit(
      clock,
      limitMs,
      () => this.#timedOut(limitMs),
      ending
    );
    let code: ConstellationErrorCode | null = null;
    try {
      return question.parse(
        await source.getJson(question.path, limit),
        this.role
      );
    } catch (cause) {
      const error = asConstellationError(cause, 'ABORTED', 'Given up.');
      code = error.code;
      if (code === 'RATE_LIMITED') this.#pauseFor(error);
      throw error;
    } finally {
      limit.clear();
      const durationMs = this.#nowMs() - startedMs;
      this.#usage.record(durationMs, code);
      emit({
        type: 'request',
        role: this.role,
        endpoint: question.endpoint,
        durationMs,
        code,
      });
    }
  }

  #pauseFor(error: ConstellationError): void {
    const pauseMs = pauseOf(error);
    this.#options.gate.pause(pauseMs);
    if (pauseMs > UNNAMED_PAUSE_MS) {
      this.#options.gate.refuseAll(this.#paused());
    }
  }

  #report(changedTo: ReturnType<CircuitBreaker['report']>): void {
    if (changedTo === null) return;
    this.#options.emit({ type: 'breaker', role: this.role, state: changedTo });
    if (changedTo === 'open') this.#options.gate.refuseAll(this.#breakerOpen());
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #timedOut(limitMs: number): ConstellationError {
    const { url } = this.#options.source;
    return new ConstellationError(
      'TRY_TIMEOUT',
      `${url} did not answer within ${Math.round(limitMs)} ms.`,
      { url }
    );
  }

  #breakerOpen(): ConstellationError {
    const { url } = this.#options.source;
    const inMs = this.#options.breaker.retryInMs(this.#nowMs());
    return new ConstellationError(
      'BREAKER_OPEN',
      `${url} failed lately; the next try is in ${Math.ceil(inMs)} ms.`,
      { url }
    );
  }

  #paused(): ConstellationError {
    const { url } = this.#options.source;
    const retryAfterMs = this.#options.gate.pausedMs;
    return new ConstellationError(
      'RATE_LIMITED',
      `${url} asked to be left alone for ${Math.ceil(retryAfterMs)} ms more.`,
      { url, retryAfterMs }
    );
  }
}

/** How long an index that asked for patience is left alone. */
function pauseOf({ retryAfterMs }: ConstellationError): number {
  return retryAfterMs ?? UNNAMED_PAUSE_MS;
}

/** What a failed try says about the index's health. */
function outcomeOf(error: unknown, limitMs: number): BreakerOutcome {
  if (!(error instanceof ConstellationError)) return 'unknown';
  switch (error.code) {
    case 'REJECTED':
      return 'success';
    case 'UNREACHABLE':
    case 'CONNECTION_LOST':
    case 'REDIRECTED':
    case 'BAD_BODY':
    case 'BAD_SHAPE':
      return 'failure';
    case 'HTTP_STATUS':
      return error.status === 404 ? 'unknown' : 'failure';
    case 'TRY_TIMEOUT':
      return limitMs >= LEAST_EVIDENCE_MS ? 'failure' : 'unknown';
    default:
      return 'unknown';
  }
}

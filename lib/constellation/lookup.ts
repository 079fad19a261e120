import type { Answer, Batch, CallOptions } from './answer.js';
import { BatchResult } from './batch-result.js';
import { abortedError, closedError, deadlineError } from './call-errors.js';
import type { CacheEntry } from './cache-entry.js';
import type { Ending } from './ending.js';
import { ConstellationError, asConstellationError } from './errors.js';
import { waitForFlights, type LandingEnd } from './landing.js';
import type { LookupContext } from './lookup-context.js';
import type { MemoryCacheOptions, MemoryCacheStats } from './memory-cache.js';
import type { Question } from './question.js';
import { Shelf, sourceOf, type RedisCodec } from './shelf.js';
import {
  SingleFlight,
  type Flight,
  type FlightOutcome,
} from './single-flight.js';
import { TimeLimit } from './time-limit.js';

/** A kind of question: how to check, to name and to ask one. */
export interface LookupKind<Q, T> {
  /** The cache's key; in Redis with the codec's prefix before it. */
  readonly key: (query: Q) => string;
  /**
   * Both take the query's key, so as not to make it once more.
   * @throws ConstellationError `BAD_TARGET`
   */
  readonly check: (query: Q, key: string) => void;
  readonly question: (query: Q, key: string) => Question<T>;
  readonly memory: MemoryCacheOptions<T>;
  /** Null keeps this kind out of Redis. */
  readonly redis: RedisCodec<T> | null;
}

/** How a {@link Lookup} did. */
export interface LookupStats extends MemoryCacheStats {
  /** Questions under way. */
  readonly flights: number;
  /** Questions that joined one under way. */
  readonly shared: number;
}

/** A question on its way. */
interface Departure<Q, T> {
  readonly key: string;
  readonly query: Q;
  readonly flight: Flight<T>;
}

/** Fetching goes on this long at most after the callers have left. */
const BEHIND_MS = 30_000;
/** A call ends this much before its deadline, so as not to end after it. */
const MARGIN_SHARE = 0.02;
const LONGEST_MARGIN_MS = 20;

/**
 * Answers one kind of question: from memory, from Redis, or from the indexes,
 * each within the call's deadline. Whatever is not there in time is fetched
 * behind for the next caller.
 */
export class Lookup<Q, T> {
  readonly #context: LookupContext;
  readonly #kind: LookupKind<Q, T>;
  readonly #shelf: Shelf<T>;
  readonly #flights = new SingleFlight<T>();
  readonly #refreshing = new Set<string>();

  constructor(context: LookupContext, kind: LookupKind<Q, T>) {
    this.#context = context;
    this.#kind = kind;
    this.#shelf = new Shelf(context, kind.memory, kind.redis);
  }

  /** @throws ConstellationError where there is no answer of any kind */
  async one(query: Q, call: CallOptions = {}): Promise<Answer<T>> {
    const { answers, failures } = await this.many([query], call);
    const answer = answers.get(query);
    if (answer !== undefined) return answer;
    throw failures.get(query) ?? closedError();
  }

  /** Never rejects; each distinct query is in exactly one of the two maps. */
  async many(
    queries: readonly Q[],
    call: CallOptions = {}
  ): Promise<Batch<Q, T>> {
    const { clock } = this.#context;
    const deadlineMs = call.deadlineMs ?? this.#context.deadlineMs;
    const marginMs = Math.min(LONGEST_MARGIN_MS, deadlineMs * MARGIN_SHARE);
    const startMs = clock.monotonicMs();
    const untilMs = startMs + deadlineMs - marginMs;
    const result = new BatchResult<Q, T>(this.#context.usage);
    const unknown = this.#fromMemory(queries, result, startMs);
    if (unknown.size === 0) return result;

    const { redis } = this.#context;
    let missing: ReadonlyMap<string, Q> = unknown;
    if (redis !== null && this.#kind.redis !== null) {
      const shelved = await this.#fromRedis(unknown, untilMs - startMs);
      const shelvedMs = clock.monotonicMs();
      missing = this.#withoutFound(unknown, shelved, (query, entry) => {
        result.answered(query, this.#shelf.answer(entry, 'redis', shelvedMs));
      });
      if (missing.size === 0) return result;
    }

    const letGo = redis?.hold();
    const flights = this.#depart(missing, deadlineMs);
    const end = await waitForFlights(
      flights.map(({ flight }) => flight),
      clock,
      untilMs,
      call.signal
    );
    for (const { key, query, flight } of flights) {
      const got = this.#landing(key, flight, end, { ...call, deadlineMs });
      if (got instanceof ConstellationError) result.failed(query, got);
      else result.answered(query, got);
    }
    letGo?.();
    return result;
  }

  stats(): LookupStats {
    return {
      ...this.#shelf.memoryStats(),
      flights: this.#flights.size,
      shared: this.#flights.shared,
    };
  }

  /** Answers what memory has; returns the rest by key. */
  #fromMemory(
    queries: readonly Q[],
    result: BatchResult<Q, T>,
    nowMs: number
  ): Map<string, Q> {
    const missing = new Map<string, Q>();
    const refresh = new Map<string, Q>();
    for (const query of queries) {
      if (result.has(query)) continue;
      const key = this.#kind.key(query);
      const shelved =
        this.#context.closing.reason !== null
          ? null
          : this.#shelf.get(key, nowMs);
      if (shelved?.freshness === 'fresh') {
        result.answered(
          query,
          this.#shelf.answer(shelved.entry, 'memory', nowMs)
        );
      } else if (shelved?.freshness === 'refresh') {
        result.answered(
          query,
          this.#shelf.answer(shelved.entry, 'stale', nowMs)
        );
        refresh.set(key, query);
      } else {
        const problem = this.#problemOf(query, key);
        if (problem === null) missing.set(key, query);
        else result.failed(query, problem);
      }
    }
    if (refresh.size > 0) void this.#refresh(refresh);
    return missing;
  }

  #fromRedis(
    queries: ReadonlyMap<string, Q>,
    limitMs: number
  ): ReturnType<Shelf<T>['fromRedis']> {
    const { pair } = this.#context;
    return this.#shelf.fromRedis([...queries.keys()], limitMs, (key) => {
      const query = queries.get(key);
      return (
        query !== undefined && pair.knowsAll(this.#kind.question(query, key))
      );
    });
  }

  /** What was not found, by key; tells of what was. */
  #withoutFound(
    queries: ReadonlyMap<string, Q>,
    entries: readonly (CacheEntry<T> | null)[],
    found: (query: Q, entry: CacheEntry<T>, key: string) => void
  ): ReadonlyMap<string, Q> {
    const left = new Map<string, Q>();
    let index = 0;
    for (const [key, query] of queries) {
      const entry = entries[index++] ?? null;
      if (entry === null) left.set(key, query);
      else found(query, entry, key);
    }
    return left;
  }

  #problemOf(query: Q, key: string): ConstellationError | null {
    if (this.#context.closing.reason !== null) return closedError();
    try {
      this.#kind.check(query, key);
      return null;
    } catch (error) {
      return asConstellationError(error, 'BAD_TARGET', 'Cannot be asked.');
    }
  }

  /** Renews what was served past its time, one attempt at a time for each. */
  async #refresh(stale: ReadonlyMap<string, Q>): Promise<void> {
    const { deadlineMs } = this.#context;
    const due = [...stale].filter(
      ([key]) => !this.#refreshing.has(key) && !this.#flights.has(key)
    );
    if (due.length === 0) return;
    for (const [key] of due) this.#refreshing.add(key);
    const queries = new Map(due);
    const renewed = await this.#fromRedis(queries, deadlineMs);
    const left = this.#withoutFound(queries, renewed, (_query, _entry, key) =>
      this.#refreshing.delete(key)
    );
    for (const { key, flight } of this.#depart(left, deadlineMs)) {
      void flight.landed.then(() => this.#refreshing.delete(key));
    }
  }

  /** Starts asking, or joins who asks already; all within one time limit. */
  #depart(
    queries: ReadonlyMap<string, Q>,
    deadlineMs: number
  ): readonly Departure<Q, T>[] {
    const { clock, closing } = this.#context;
    const reason = (): Error => deadlineError(BEHIND_MS);
    const limit = new TimeLimit(clock, BEHIND_MS, reason, closing);
    let underway = 0;
    const landed = (): void => {
      underway -= 1;
      if (underway === 0) limit.clear();
    };
    const departures: Departure<Q, T>[] = [];
    for (const [key, query] of queries) {
      const flight = this.#flights.join(key, (begun) => {
        underway += 1;
        return this.#ask(key, query, deadlineMs, begun, limit).finally(landed);
      });
      departures.push({ key, query, flight });
    }
    if (underway === 0) limit.clear();
    return departures;
  }

  async #ask(
    key: string,
    query: Q,
    deadlineMs: number,
    flight: Flight<T>,
    ending: Ending
  ): Promise<FlightOutcome<T>> {
    const question = this.#kind.question(query, key);
    try {
      const found = await this.#context.pair.ask(question, {
        caller: flight,
        ending,
        deadlineMs,
        spanMs: BEHIND_MS,
      });
      const entry = this.#shelf.keep(key, found, question.merge);
      return { ok: true, entry };
    } catch (cause) {
      const error = asConstellationError(cause, 'UNAVAILABLE', 'Failed.');
      return { ok: false, error };
    }
  }

  /** The best there is for a caller who has waited long enough. */
  #landing(
    key: string,
    { outcome, interim }: Flight<T>,
    end: LandingEnd,
    call: CallOptions
  ): Answer<T> | ConstellationError {
    const shelf = this.#shelf;
    if (end === 'aborted') return abortedError(call.signal);
    if (outcome?.ok === true && !outcome.entry.partial) {
      return shelf.answer(outcome.entry, sourceOf(outcome.entry.origin));
    }
    if (outcome?.ok === false && outcome.error.code === 'REJECTED') {
      return outcome.error;
    }
    if (interim?.partial === false) return shelf.interim(interim);
    const stale = shelf.get(key)?.entry;
    if (stale?.partial === false) return shelf.answer(stale, 'stale');
    if (outcome?.ok === true) {
      return shelf.answer(outcome.entry, sourceOf(outcome.entry.origin));
    }
    if (interim !== null) return shelf.interim(interim);
    return outcome?.error ?? deadlineError(call.deadlineMs ?? BEHIND_MS);
  }
}

import type { ConstellationError } from './errors.js';
import type { Origin } from './question.js';

/**
 * Where an answer came from: an index just now, this process's memory, Redis,
 * or memory past its time because nothing better could be had.
 */
export type AnswerSource = 'local' | 'remote' | 'memory' | 'redis' | 'stale';

/** A value and what is known about it. */
export interface Answer<T> {
  readonly value: T;
  readonly source: AnswerSource;
  /** The index the value is from; null where a cache did not say. */
  readonly origin: Origin | null;
  /** Milliseconds since the index said it; null where a cache did not say. */
  readonly ageMs: number | null;
  /** True where the index may not know all: treat numbers as a lower bound. */
  readonly partial: boolean;
}

/** What a batch got: each query is in exactly one of the two. */
export interface Batch<Q, T> {
  readonly answers: ReadonlyMap<Q, Answer<T>>;
  readonly failures: ReadonlyMap<Q, ConstellationError>;
}

/** What a caller may say about one call. */
export interface CallOptions {
  /** Milliseconds within which the call ends, 1 or more. Default: the client's. */
  readonly deadlineMs?: number | undefined;
  /** Ends the call early; the answer is fetched behind nevertheless. */
  readonly signal?: AbortSignal | undefined;
}

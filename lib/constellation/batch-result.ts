import type { Answer, Batch } from './answer.js';
import type { ConstellationError } from './errors.js';
import type { Usage } from './usage.js';

/** A batch as it fills; counts what goes into it. */
export class BatchResult<Q, T> implements Batch<Q, T> {
  readonly answers = new Map<Q, Answer<T>>();
  readonly failures = new Map<Q, ConstellationError>();
  readonly #usage: Usage;

  constructor(usage: Usage) {
    this.#usage = usage;
  }

  /** Whether the query has been dealt with. */
  has(query: Q): boolean {
    return this.answers.has(query) || this.failures.has(query);
  }

  answered(query: Q, answer: Answer<T>): void {
    this.answers.set(query, answer);
    this.#usage.asked += 1;
    this.#usage.answers[answer.source] += 1;
    if (answer.partial) this.#usage.partial += 1;
  }

  failed(query: Q, error: ConstellationError): void {
    this.failures.set(query, error);
    this.#usage.asked += 1;
    this.#usage.failed(error.code);
  }
}

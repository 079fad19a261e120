import type { AnswerSource } from './answer.js';
import type { ConstellationErrorCode } from './errors.js';

/** What callers asked and what they got. */
export interface UsageStats {
  /** Posts, profiles and other things asked about, one each. */
  readonly asked: number;
  /** Answers by where they came from. */
  readonly answers: Readonly<Record<AnswerSource, number>>;
  /** Answers that were partial. */
  readonly partial: number;
  /** Questions without an answer, by why. */
  readonly failures: Readonly<Partial<Record<ConstellationErrorCode, number>>>;
}

/** Counts what callers get. */
export class Usage {
  asked = 0;
  partial = 0;
  readonly answers: Record<AnswerSource, number> = {
    local: 0,
    remote: 0,
    memory: 0,
    redis: 0,
    stale: 0,
  };
  readonly #failures = new Map<ConstellationErrorCode, number>();

  failed(code: ConstellationErrorCode): void {
    this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1);
  }

  summary(): UsageStats {
    return {
      asked: this.asked,
      answers: { ...this.answers },
      partial: this.partial,
      failures: Object.fromEntries(this.#failures),
    };
  }
}

import type { Clock } from './clock.js';
import {
  coverageOf,
  effectiveCompleteness,
  type Completeness,
  type Coverage,
} from './coverage.js';
import { ConstellationError, type ConstellationErrorCode } from './errors.js';
import type { EventListener } from './events.js';
import { UNSEEN, type LocalStanding } from './local-standing.js';
import { PairRun, type AskOptions, type PairListener } from './pair-run.js';
import { choosePlan, type Plan } from './plan.js';
import type { Found, Question } from './question.js';
import type { StandingMonitor } from './standing-monitor.js';
import type { Upstream } from './upstream.js';

/** What an {@link IndexPair} is made of. */
export interface IndexPairOptions {
  readonly main: Upstream;
  readonly fallback: Upstream | null;
  /** Watches a local main index; null for a remote one. */
  readonly monitor: StandingMonitor | null;
  /** What the operator says of a local main index. */
  readonly completeness: Completeness;
  /** See `coverageOf`. */
  readonly marginMs: number;
  readonly clock: Clock;
  readonly emit: EventListener;
}

/** Failures after which a local index may come back as another one. */
const WAS_AWAY: ReadonlySet<ConstellationErrorCode> = new Set([
  'UNREACHABLE',
  'CONNECTION_LOST',
  'TRY_TIMEOUT',
]);

/** The index asked first and the one behind it, asked as if they were one. */
export class IndexPair {
  readonly #options: IndexPairOptions;
  readonly #listener = {
    stoodIn: (code: ConstellationErrorCode | 'STALLED'): void => {
      this.#fallbacks += 1;
      this.#options.emit({ type: 'fallback', code });
    },
    mainFailed: (code: ConstellationErrorCode): void => {
      if (WAS_AWAY.has(code)) this.#options.monitor?.distrust();
    },
  };
  #fallbacks = 0;

  constructor(options: IndexPairOptions) {
    this.#options = options;
  }

  /** How often the fallback stood in for the main index. */
  get fallbacks(): number {
    return this.#fallbacks;
  }

  /** What holds of a local main index's completeness right now. */
  get completeness(): Completeness {
    const { completeness, monitor } = this.#options;
    return effectiveCompleteness(completeness, monitor?.last.completeness);
  }

  /** What the last look at a local main index said; null for a remote one. */
  get standing(): LocalStanding | null {
    return this.#options.monitor?.last ?? null;
  }

  /** Whether whoever asked the main index alone can have got all there is. */
  knowsAll({ target }: Pick<Question<unknown>, 'target'>): boolean {
    return (
      this.#options.main.deployment === 'remote' ||
      this.#coverage(target) === 'full'
    );
  }

  /** Looks at a local main index where the last look is old. */
  async look(): Promise<void> {
    await this.#options.monitor?.current();
  }

  /**
   * @throws ConstellationError the one failure, `UNAVAILABLE` with both, or
   *   `BAD_TARGET` for a cursor of an index that is no longer there
   */
  async ask<T>(question: Question<T>, ask: AskOptions<T>): Promise<Found<T>> {
    const { main, fallback } = this.#options;
    if (question.pinnedTo === 'fallback') {
      if (fallback === null) throw noSuchIndex();
      return this.#run(fallback, null, question, ask, ALONE);
    }
    const planned = this.#plan(question);
    // Nearly always it is there at once: nobody waits for a promise then.
    const plan = planned instanceof Promise ? await planned : planned;
    if (question.pinnedTo === 'main') {
      return this.#run(main, null, question, ask, plan);
    }
    if (plan.standIn !== null) this.#listener.stoodIn(plan.standIn);
    return this.#run(main, fallback, question, ask, plan);
  }

  #run<T>(
    main: Upstream,
    fallback: Upstream | null,
    question: Question<T>,
    ask: AskOptions<T>,
    plan: Plan
  ): Promise<Found<T>> {
    return new PairRun({
      main,
      fallback,
      clock: this.#options.clock,
      question,
      plan,
      ask,
      listener: main.role === 'main' ? this.#listener : UNHEARD,
    }).run();
  }

  #plan<T>(question: Question<T>): Plan | Promise<Plan> {
    const { main, monitor } = this.#options;
    const mainAllowed = main.allowed;
    // Nobody looks at an index that is left alone for a moment.
    const looked = mainAllowed ? monitor?.current() : monitor?.last;
    return looked instanceof Promise
      ? looked.then((standing) => this.#choose(question, mainAllowed, standing))
      : this.#choose(question, mainAllowed, looked);
  }

  #choose<T>(
    question: Question<T>,
    mainAllowed: boolean,
    standing: LocalStanding | undefined
  ): Plan {
    const { main, fallback } = this.#options;
    return choosePlan({
      main: main.deployment,
      hasFallback: fallback !== null,
      mainAllowed,
      verdict: (standing ?? UNSEEN).verdict,
      coverage: this.#coverage(question.target),
      mergeable: question.merge !== null,
    });
  }

  #coverage(target: string): Coverage {
    const { clock, marginMs } = this.#options;
    return coverageOf({
      target,
      completeness: this.completeness,
      nowMs: clock.wallMs(),
      marginMs,
    });
  }
}

/** An index asked by itself, which knows all it is asked. */
const ALONE: Plan = { order: 'main', mainIsWhole: true, standIn: null };

/** Nobody stands in for an index asked by itself, and nothing hangs on it. */
const UNHEARD: PairListener = {
  stoodIn: () => undefined,
  mainFailed: () => undefined,
};

function noSuchIndex(): ConstellationError {
  return new ConstellationError(
    'BAD_TARGET',
    'The cursor is of a fallback index, and none is set.',
    { suggestion: 'Start again from the first page.' }
  );
}

import type { Clock } from './clock.js';
import type { Ending } from './ending.js';
import { ConstellationError } from './errors.js';
import type { HttpSource } from './http-source.js';
import { readHealth, readNumbers } from './local-health.js';
import {
  UNSEEN,
  standingAfter,
  type LocalObservation,
  type LocalStanding,
  type LocalVerdict,
} from './local-standing.js';
import { pause, TimeLimit } from './time-limit.js';

/** How a {@link StandingMonitor} looks. */
export interface StandingMonitorOptions {
  readonly source: Pick<HttpSource, 'probe' | 'url'>;
  readonly clock: Clock;
  /** See `standingAfter`; 0 turns the check off. */
  readonly stallAfterMs: number;
  /** Time for one look, in milliseconds. */
  readonly timeoutMs: number;
  readonly onVerdict: (verdict: LocalVerdict) => void;
  /** Ends when the client is closed. */
  readonly closing: Ending;
}

/** Pause between looks while all is known, in milliseconds. */
const LOOK_EVERY_MS = 5_000;
/** Pause between looks while that will soon change. */
const LOOK_EVERY_CHANGING_MS = 1_000;
/** A network that writes at all has written something by then. */
const SECOND_LOOK_MS = 150;
/** Nothing is decided on a look older than this. */
const TOO_OLD_MS = 10_000;

/**
 * Knows what the local index's answers are worth. It looks only when it is
 * asked, so a client nobody uses makes no requests.
 */
export class StandingMonitor {
  readonly #options: StandingMonitorOptions;
  #standing: LocalStanding = UNSEEN;
  #looking: Promise<void> | null = null;
  #hasHealth: boolean | null = null;

  constructor(options: StandingMonitorOptions) {
    this.#options = options;
  }

  /** What the last look said, however long ago. */
  get last(): LocalStanding {
    return this.#standing;
  }

  /** The standing, looked at again where it is old; waits only where it must. */
  current(): LocalStanding | Promise<LocalStanding> {
    const ageMs =
      this.#options.clock.monotonicMs() - this.#standing.observedAtMs;
    const { verdict } = this.#standing;
    const every =
      verdict === 'unknown' || verdict === 'behind'
        ? LOOK_EVERY_CHANGING_MS
        : LOOK_EVERY_MS;
    if (ageMs > every) {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
      });
    }
    return ageMs > TOO_OLD_MS && this.#looking !== null
      ? this.#looking.then(() => this.#standing)
      : this.#standing;
  }

  /** A request failed: what was seen before no longer counts. */
  distrust(): void {
    this.#take({ kind: 'unreachable' });
    this.#standing = { ...this.#standing, observedAtMs: -Infinity };
  }

  async #look(): Promise<void> {
    const isFirst = this.#standing.numbers === null;
    this.#take(await this.#observe());
    if (!isFirst || this.#standing.numbers === null) return;
    // Whether numbers move only a second look can tell.
    const { clock, closing } = this.#options;
    await pause(clock, SECOND_LOOK_MS, closing).catch(() => undefined);
    this.#take(await this.#observe());
  }

  #take(seen: LocalObservation): void {
    const { clock, stallAfterMs, onVerdict } = this.#options;
    const before = this.#standing.verdict;
    this.#standing = standingAfter(
      this.#standing,
      seen,
      clock.monotonicMs(),
      stallAfterMs
    );
    if (this.#standing.verdict !== before) onVerdict(this.#standing.verdict);
  }

  async #observe(): Promise<LocalObservation> {
    const { clock, source, timeoutMs, closing } = this.#options;
    const limit = new TimeLimit(
      clock,
      timeoutMs,
      () =>
        new ConstellationError(
          'TRY_TIMEOUT',
          `${source.url} did not tell its health within ${timeoutMs} ms.`
        ),
      closing
    );
    try {
      return await this.#ask(limit);
    } catch {
      this.#hasHealth = null;
      return { kind: 'unreachable' };
    } finally {
      limit.clear();
    }
  }

  async #ask(ending: Ending): Promise<LocalObservation> {
    const { source } = this.#options;
    if (this.#hasHealth !== false) {
      const health = readHealth((await source.probe('/health', ending)).body);
      const hadHealth = this.#hasHealth === true;
      this.#hasHealth = health !== null ? true : hadHealth ? null : false;
      if (health !== null) return health;
      if (hadHealth) return { kind: 'mute' };
    }
    const { status, body } = await source.probe('/', ending);
    if (status >= 500) return { kind: 'unreachable' };
    return readNumbers(body) ?? { kind: 'mute' };
  }
}

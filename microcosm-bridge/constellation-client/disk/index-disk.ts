import {
  type CancelTimer,
  type ClientStats,
  type Clock,
  type LocalDisk,
} from '../../../lib/constellation/index.js';
import type { LogLevel } from '../../../lib/log/log.js';
import {
  growthRate,
  measuredGrowth,
  withReading,
  type GrowthReading,
} from '../../../lib/setup/disk/growth.js';
import { measureData } from './measure-data.js';

/** Between two looks at the data (ms); one takes as long as its files are many. */
export const LOOK_EVERY_MS = 300_000;

/** A smaller share of what it was is other data, which grows in its own way. */
const SHRUNK_SHARE = 0.5;

/** What it works with. */
export interface IndexDiskTools {
  readonly clock: Clock;
  readonly log: (level: LogLevel, text: string) => void;
  /** Whether the index tells its disk itself; nothing is measured then. */
  readonly isTold: () => boolean;
}

/**
 * The disk of an index that does not tell it, looked at from time to time and
 * never because somebody asks. What cannot be read is said, and is no failure.
 */
export class IndexDisk {
  readonly #dataPath: string | null;
  readonly #tools: IndexDiskTools;
  /** A clock that jumps changes no growth: only how long it was is counted. */
  readonly #originMs: number;
  #readings: readonly GrowthReading[] = [];
  #disk: LocalDisk | null = null;
  #problem: string | null = null;
  #cancel: CancelTimer = () => undefined;
  #stopped = false;

  /** @param dataPath null: it is not here, and nothing is measured */
  constructor(dataPath: string | null, tools: IndexDiskTools) {
    this.#dataPath = dataPath;
    this.#tools = tools;
    const { clock } = tools;
    this.#originMs = clock.wallMs() - clock.monotonicMs();
  }

  /** Why the data could not be measured, or not whole; null: it was. */
  get problem(): string | null {
    return this.#tools.isTold() ? null : this.#problem;
  }

  /** The client's numbers with the disk where the index does not tell it. */
  addTo(stats: ClientStats): ClientStats {
    const { local } = stats;
    if (local === null || local.disk !== null) return stats;
    return { ...stats, local: { ...local, disk: this.#disk } };
  }

  /** Looks at once, and then from time to time. */
  start(): void {
    if (this.#dataPath === null) return;
    void this.#lookAgain(this.#dataPath);
  }

  /** Looks no more. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #lookAgain(dataPath: string): Promise<void> {
    if (!this.#tools.isTold()) await this.#look(dataPath);
    if (this.#stopped) return;
    this.#cancel = this.#tools.clock.afterIdle(
      LOOK_EVERY_MS,
      () => void this.#lookAgain(dataPath)
    );
  }

  async #look(dataPath: string): Promise<void> {
    const { space, size, problem } = await measureData(dataPath);
    this.#say(problem);
    if (size !== null) this.#note(size);
    if (space === null) {
      this.#disk = null;
      return;
    }
    const rate = growthRate(this.#readings, size?.dataPath ?? '');
    const growth = measuredGrowth(space, rate);
    this.#disk = {
      ...space,
      dataBytes: size?.sizeBytes ?? null,
      bytesPerDay: growth === null ? null : Math.max(0, growth.bytesPerDay),
      daysToFull: growth?.daysToFull ?? null,
    };
  }

  #note(size: Omit<GrowthReading, 'at'>): void {
    const nowMs = this.#originMs + this.#tools.clock.monotonicMs();
    const last = this.#readings.at(-1);
    const isOther =
      last !== undefined &&
      (last.dataPath !== size.dataPath ||
        size.sizeBytes < last.sizeBytes * SHRUNK_SHARE);
    const at = new Date(nowMs).toISOString();
    this.#readings = withReading(isOther ? [] : this.#readings, {
      at,
      ...size,
    });
  }

  #say(problem: string | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (problem === null) {
      this.#tools.log('info', 'the data of the index can be measured again');
    } else {
      this.#tools.log('warn', `${problem}; the bridge goes on without`);
    }
  }
}

/**
 * Commits batches, whatever happens: waits while the disk is full or the data
 * folder is not in its place, and finds the one event that the store cannot
 * take instead of losing its batch.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { JetstreamEvent } from '../event.js';
import type { Pause } from '../health/index-status.js';
import type { BatchPosition } from '../store/index-writer.js';
import type { IndexState } from '../store/state.js';
import { freeBytes, isDiskFull } from './disk-space.js';

/** How long to wait for space before the next try, ms. */
const RETRY_MS = 1000;

/** The part of the writer that commits. */
export interface BatchSink {
  readonly state: Pick<IndexState, 'cursor' | 'endpoint'>;
  /** All or nothing. @throws when the batch cannot be committed */
  apply(events: readonly JetstreamEvent[], position: BatchPosition): unknown;
}

/** What the committer needs and whom it tells. */
export interface CommitterOptions {
  readonly writer: BatchSink;
  readonly dataPath: string;
  /** Free bytes below which nothing is written. */
  readonly minFreeBytes: number;
  /** Free bytes of the data folder's file system. @throws where it is away */
  readonly free?: (folder: string) => number;
  readonly onPause: (pause: Pause) => void;
  readonly onResume: (pause: Pause) => void;
  /** An event that the store refused; it is left out. */
  readonly onReject: (event: JetstreamEvent, error: unknown) => void;
}

/** Why nothing can be written now. */
type Hindrance = Pick<Pause, 'reason' | 'message'>;

/** One for a writer. */
export class Committer {
  readonly #options: CommitterOptions;
  #pause: Pause | null = null;

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  /** Set while nothing can be written. */
  get pause(): Pause | null {
    return this.#pause;
  }

  /**
   * Commits a batch, waiting for its disk as long as it takes.
   *
   * @returns false when `signal` ended the wait; some of the batch may be in
   *   then, but the cursor is still the old one
   */
  async commit(
    events: readonly JetstreamEvent[],
    position: BatchPosition,
    signal: AbortSignal
  ): Promise<boolean> {
    const parts: (readonly JetstreamEvent[])[] = [events];
    for (;;) {
      const part = parts[0];
      if (part === undefined) return true;
      const isLast = parts.length === 1;
      const hindrance =
        this.#hindrance() ??
        this.#write(
          parts,
          part,
          isLast ? position : this.#halfway(part, position)
        );
      if (hindrance === null) {
        this.#resume();
        continue;
      }
      this.#stop(hindrance);
      try {
        await sleep(RETRY_MS, undefined, { signal });
      } catch {
        return false;
      }
    }
  }

  #hindrance(): Hindrance | null {
    const { dataPath, minFreeBytes, free = freeBytes } = this.#options;
    let bytes: number;
    try {
      bytes = free(dataPath);
    } catch (error) {
      // What is open would still be written to, and be lost with the folder.
      const why = error instanceof Error ? error.message : String(error);
      const message = `${dataPath} is not in its place (${why}); put it back`;
      return { reason: 'data-away', message };
    }
    if (bytes >= minFreeBytes) return null;
    return this.#full(
      `${mib(bytes)} MiB free, ${mib(minFreeBytes)} MiB needed`
    );
  }

  #full(problem: string): Hindrance {
    const { dataPath } = this.#options;
    const message = `the disk of ${dataPath} is full (${problem}); free some space`;
    return { reason: 'disk-full', message };
  }

  /**
   * Writes the first of the parts and takes it off. A part that fails for a
   * reason of its own is halved, until the one event is found that is at fault.
   *
   * @returns what hindered it, or null
   */
  #write(
    parts: (readonly JetstreamEvent[])[],
    part: readonly JetstreamEvent[],
    position: BatchPosition
  ): Hindrance | null {
    try {
      this.#options.writer.apply(part, position);
      parts.shift();
    } catch (error) {
      if (isDiskFull(error)) return this.#full('no space left');
      const [only] = part;
      if (only === undefined) throw error;
      const middle = Math.ceil(part.length / 2);
      if (part.length > 1) {
        parts.splice(0, 1, part.slice(0, middle), part.slice(middle));
      } else {
        this.#options.onReject(only, error);
        parts.splice(0, 1, []);
      }
    }
    return null;
  }

  /**
   * The cursor moves only with the last part: after a crash in between, the
   * parts before come again, which the store knows how to ignore.
   */
  #halfway(
    part: readonly JetstreamEvent[],
    position: BatchPosition
  ): BatchPosition {
    const { cursor, endpoint } = this.#options.writer.state;
    return cursor === null
      ? { cursor: part[0]?.timeUs ?? 0, endpoint: position.endpoint }
      : { cursor, endpoint };
  }

  #stop({ reason, message }: Hindrance): void {
    if (this.#pause?.reason === reason) return;
    this.#pause = {
      reason,
      message: `indexing is paused: ${message} and it goes on by itself`,
      sinceMs: Date.now(),
    };
    this.#options.onPause(this.#pause);
  }

  #resume(): void {
    const pause = this.#pause;
    if (pause === null) return;
    this.#pause = null;
    this.#options.onResume(pause);
  }
}

function mib(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024);
}

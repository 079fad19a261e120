import type { JetstreamEvent } from '../event.js';
import type { Gap } from './gap.js';

/** Events to be committed together with their cursor. */
export interface JetstreamBatch {
  /** In the order of the stream, all from one endpoint; at least one. */
  readonly events: readonly JetstreamEvent[];
  /**
   * Where to go on at this endpoint, µs: the newest `time_us` read from it up
   * to here, those from the far future left out. Lower than that of the batch
   * before only where the endpoint changed.
   */
  readonly cursor: number;
  /** URL of the stream. */
  readonly endpoint: string;
  /** The stream had lost what was in between, before the first of the events. */
  readonly gap?: Gap;
  /** Malformed frames since the batch before. */
  readonly malformed: number;
  /** Size of the events' text. */
  readonly bytes: number;
}

/** When a batch that is not full is handed out. */
export interface BatchTiming {
  readonly maxBatchEvents: number;
  readonly maxBatchDelayMs: number;
  readonly liveBatchDelayMs: number;
}

/** An event younger than this is live, ms. */
const LIVE_AGE_MS = 5000;

/**
 * How long after its first event a batch goes out that is not full. On a live
 * stream soon, for freshness, unless so many events come that larger batches
 * are worth more: each one costs a sync of the disk.
 */
export function batchDelayMs(
  open: { readonly events: number; readonly newestAgeMs: number },
  timing: BatchTiming
): number {
  const { maxBatchEvents, maxBatchDelayMs, liveBatchDelayMs } = timing;
  const share = liveBatchDelayMs / Math.max(1, maxBatchDelayMs);
  const isSlow = open.events < Math.max(2, maxBatchEvents * share);
  const isLive = open.newestAgeMs < LIVE_AGE_MS;
  return isLive && isSlow ? liveBatchDelayMs : maxBatchDelayMs;
}

/** What the index knows of itself; written in the transaction of every batch. */
export interface IndexState {
  /** Next ids to be given out. */
  readonly nextDid: number;
  readonly nextCollection: number;
  readonly nextSource: number;
  readonly nextSlot: number;
  readonly nextSeq: number;
  /** Records that have at least one link now. */
  readonly linkingRecords: number;
  /** Events taken from the stream since the index began. */
  readonly events: number;
  /** `time_us` of the newest event that is in the index, µs since 1970. */
  readonly cursor: number | null;
  /** The stream that the cursor came from. */
  readonly endpoint: string | null;
  /** When the index began, µs since 1970. */
  readonly startedAt: number;
  /** From when on nothing is missing, µs since 1970; null before the first event. */
  readonly completeSince: number | null;
}

/** Key of the state in the `meta` tree. */
export const STATE_KEY = 'state';

/** The state of an index that has seen nothing. Ids begin at 1, so that 0 is never one. */
export function emptyState(startedAt: number): IndexState {
  return {
    nextDid: 1,
    nextCollection: 1,
    nextSource: 1,
    nextSlot: 1,
    nextSeq: 1,
    linkingRecords: 0,
    events: 0,
    cursor: null,
    endpoint: null,
    startedAt,
    completeSince: null,
  };
}

/** The store's size at some time. */
export interface GrowthSample {
  /** ms since 1970. */
  readonly atMs: number;
  readonly bytes: number;
}

/** Key of the samples in the `growth` tree. */
export const GROWTH_KEY = 'growth';

/** What the writer's thread tells the others about the index, twice a second. */

/** Why nothing is being indexed although there may be something to index. */
export interface Pause {
  readonly reason: 'disk-full' | 'data-away';
  /** For a person: what is wrong and what to do. */
  readonly message: string;
  /** Since when, ms since 1970. */
  readonly sinceMs: number;
}

/** Where the events come from; `none`: the index is served as it is. */
export type IndexSource = 'stream' | 'file' | 'file-done' | 'none';

/** A snapshot; all of it true at `atMs`. */
export interface IndexStatus {
  /** When the snapshot was taken, ms since 1970. */
  readonly atMs: number;
  readonly source: IndexSource;
  /** `time_us` of the newest committed event, µs since 1970. */
  readonly cursor: number | null;
  /** When the stream last brought anything, ms since 1970. */
  readonly lastReadAtMs: number | null;
  readonly connected: boolean;
  readonly endpoint: string | null;
  readonly reconnects: number;
  readonly malformed: number;
  /** Events that the store refused, one by one, after their batch failed. */
  readonly rejected: number;
  /** Events in the index since it began. */
  readonly eventsTotal: number;
  /** When the index began, µs since 1970. */
  readonly startedAt: number;
  /** From when on nothing is missing, µs since 1970. */
  readonly completeSince: number | null;
  readonly pause: Pause | null;
  /** The newest trouble with the stream, for a person; null when there is none. */
  readonly trouble: string | null;
  readonly dataBytes: number;
  /** While the folder is away: as it was last seen. */
  readonly freeBytes: number;
  /** Free bytes below which indexing pauses. */
  readonly minFreeBytes: number;
  /** How fast the store grows; null before that can be told. */
  readonly bytesPerDay: number | null;
  /** Days of links that are kept; null: all. */
  readonly retainDays: number | null;
}

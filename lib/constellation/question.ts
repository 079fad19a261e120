import type { SourceRole } from './events.js';

/** One thing to ask an index, with how to read and to merge its answers. */
export interface Question<T> {
  /** The API's path, without its query; for events. */
  readonly endpoint: string;
  /** Path and query, as sent. */
  readonly path: string;
  /** What it is about: decides whether a young local index can know it. */
  readonly target: string;
  /** Set for a page's cursor, which only the index that gave it can read. */
  readonly pinnedTo?: SourceRole | undefined;
  /**
   * Reads the parsed JSON of the index in that role.
   * @throws ConstellationError `BAD_SHAPE`
   */
  readonly parse: (body: unknown, role: SourceRole) => T;
  /** The larger of both, where that has a meaning; null for lists. */
  readonly merge: ((local: T, remote: T) => T) | null;
}

/** Which index an answer's numbers are from. */
export type Origin = 'local' | 'remote' | 'merged';

/** What the indexes said. */
export interface Found<T> {
  readonly value: T;
  readonly origin: Origin;
  /** The role of the index a cursor in it belongs to. */
  readonly role: SourceRole;
  /** Whether there may be more than the index knows. */
  readonly partial: boolean;
}

import { ConstellationError } from './errors.js';
import type { LookupKind } from './lookup.js';
import { readCursor } from './page-cursor.js';
import type { Question } from './question.js';
import { requireTarget } from './target.js';

/** Query parameters in the order they are sent. */
export type Parameters = readonly (readonly [name: string, value: string])[];

/** One endpoint of the API, as data. */
export interface Endpoint<Q, T> {
  readonly path: string;
  /** What is asked about; null for the index itself. */
  readonly target: (query: Q) => string | null;
  /** All parameters but the cursor. */
  readonly parameters: (query: Q) => Parameters;
  readonly cursor: (query: Q) => string | undefined;
  readonly parse: Question<T>['parse'];
  readonly merge: Question<T>['merge'];
  /** About how many bytes an answer takes in memory. */
  readonly sizeOf: (value: T) => number;
}

/** Most answers of one endpoint kept, and most bytes of them. */
const MEMORY = { entries: 1_000, sizeBytes: 4 * 1024 * 1024 } as const;
/** The longest query that is sent; servers take about 16 KiB of headers. */
const LONGEST_QUERY = 12_000;

/** An endpoint as something to look up: kept in memory, never in Redis. */
export function lookupKindOf<Q, T>(endpoint: Endpoint<Q, T>): LookupKind<Q, T> {
  return {
    key: (query) => requestPath(endpoint, query, endpoint.cursor(query)),
    check: (query, key) => checkQuery(endpoint, query, key),
    question: (query, key) => questionOf(endpoint, query, key),
    memory: { ...MEMORY, sizeOf: endpoint.sizeOf },
    redis: null,
  };
}

function questionOf<Q, T>(
  endpoint: Endpoint<Q, T>,
  query: Q,
  key: string
): Question<T> {
  const marked = endpoint.cursor(query);
  const cursor = marked === undefined ? undefined : readCursor(marked);
  const target = endpoint.target(query);
  return {
    endpoint: endpoint.path,
    // The key is the path but for the cursor, which has a mark of ours.
    path:
      cursor === undefined ? key : requestPath(endpoint, query, cursor.cursor),
    target: target ?? '',
    // Only the index that gave a cursor can go on from it; and what is asked
    // about the index itself is asked of that index.
    pinnedTo: cursor?.role ?? (target === null ? 'main' : undefined),
    parse: endpoint.parse,
    merge: endpoint.merge,
  };
}

function requestPath<Q, T>(
  endpoint: Endpoint<Q, T>,
  query: Q,
  cursor: string | undefined
): string {
  const parameters = [...endpoint.parameters(query)];
  if (cursor !== undefined) parameters.push(['cursor', cursor]);
  if (parameters.length === 0) return endpoint.path;
  const text = parameters
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  return `${endpoint.path}?${text}`;
}

function checkQuery<Q, T>(
  endpoint: Endpoint<Q, T>,
  query: Q,
  key: string
): void {
  const parameters = endpoint.parameters(query);
  for (const [name, value] of parameters) {
    if (name === 'limit') checkLimit(value);
    else requireTarget(value, name);
  }
  const cursor = endpoint.cursor(query);
  if (cursor !== undefined) readCursor(cursor);
  const { length } = key;
  if (length > LONGEST_QUERY) {
    throw new ConstellationError(
      'BAD_TARGET',
      `The query has ${length} characters; ${LONGEST_QUERY} are sent at most.`
    );
  }
}

function checkLimit(value: string): void {
  const limit = Number(value);
  if (Number.isInteger(limit) && limit >= 0 && limit <= 1000) return;
  throw new ConstellationError(
    'BAD_TARGET',
    `limit = ${value} is not a whole number from 0 to 1000.`
  );
}

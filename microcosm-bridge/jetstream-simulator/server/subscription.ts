import { filterOf, type EventFilter } from './event-filter.js';

/** What a client asked for in its `/subscribe` URL. */
export interface Subscription {
  readonly filter: EventFilter;
  /** Where to begin, in microseconds since 1970; undefined: not said. */
  readonly cursorUs: number | undefined;
  /** Binary zstd frames instead of text frames. */
  readonly compress: boolean;
  /** Send nothing before the client has sent its first options. */
  readonly requireHello: boolean;
}

function wholeNumber(text: string | null): number | undefined {
  if (text === null || !/^[+-]?\d{1,18}$/.test(text)) return undefined;
  return Number(text);
}

/**
 * Reads the query of `/subscribe`. Unknown parameters are ignored, as Jetstream
 * does.
 * @returns the subscription, or the sentence of a 400
 */
export function readSubscription(
  query: URLSearchParams
): Subscription | string {
  const size = query.get('maxMessageSizeBytes') ?? '0';
  const maxMessageSizeBytes = wholeNumber(size);
  if (maxMessageSizeBytes === undefined) {
    return `invalid max message size: ${size.slice(0, 40)}`;
  }
  const cursor = query.get('cursor') ?? '';
  const cursorUs = wholeNumber(cursor);
  if (cursor !== '' && cursorUs === undefined) {
    return `invalid cursor: ${cursor.slice(0, 40)}`;
  }
  const filter = filterOf({
    wantedCollections: query.getAll('wantedCollections'),
    wantedDids: query.getAll('wantedDids'),
    maxMessageSizeBytes,
  });
  if (typeof filter === 'string') return filter;
  const compress = query.get('compress') === 'true';
  const requireHello = query.get('requireHello') === 'true';
  return { filter, cursorUs, compress, requireHello };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textList(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item) => typeof item === 'string');
  return texts.length === value.length ? texts : undefined;
}

/**
 * Reads a message of a client, which can only be
 * `{"type": "options_update", "payload": {…}}`: what it leaves out is no longer
 * filtered.
 * @returns the new filter, or why the client is to be disconnected
 */
export function readOptionsUpdate(text: string): EventFilter | string {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return 'message is not JSON';
  }
  if (!isObject(message) || message['type'] !== 'options_update') {
    return 'message is not an options_update';
  }
  const { payload } = message;
  if (!isObject(payload)) return 'options_update without payload';
  const wantedCollections = textList(payload['wantedCollections']);
  const wantedDids = textList(payload['wantedDids']);
  const maxMessageSizeBytes = payload['maxMessageSizeBytes'] ?? 0;
  if (
    wantedCollections === undefined ||
    wantedDids === undefined ||
    typeof maxMessageSizeBytes !== 'number'
  ) {
    return 'options_update of the wrong shape';
  }
  return filterOf({ wantedCollections, wantedDids, maxMessageSizeBytes });
}

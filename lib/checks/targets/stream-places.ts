/** Targets from what happened on the network just now, by its Jetstream. */

import { WebSocket } from 'ws';
import type { FoundPlace } from './target.js';

/** Which events are asked for. */
export interface StreamOptions {
  /** Where to begin, microseconds since 1970. */
  readonly fromUs: number;
  /** Later events may not be indexed yet; microseconds since 1970. */
  readonly toUs: number;
  /** How long is listened (ms). */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const COLLECTIONS = [
  'app.bsky.feed.like',
  'app.bsky.feed.repost',
  'app.bsky.graph.follow',
] as const;

const MAX_EVENTS = 1000;
const MAX_MESSAGE_BYTES = 256 * 1024;

/**
 * What was liked, reposted or followed, the most frequent first.
 *
 * @param url of a Jetstream, with its path
 * @returns none when the stream cannot be reached or is silent
 */
export async function streamPlaces(
  url: string,
  { fromUs, toUs, timeoutMs, signal }: StreamOptions
): Promise<readonly FoundPlace[]> {
  signal.throwIfAborted();
  const asked = new URL(url);
  asked.searchParams.set('cursor', String(Math.max(0, Math.floor(fromUs))));
  for (const collection of COLLECTIONS) {
    asked.searchParams.append('wantedCollections', collection);
  }
  const socket = new WebSocket(asked, {
    maxPayload: MAX_MESSAGE_BYTES,
    handshakeTimeout: timeoutMs,
    headers: { 'user-agent': 'constellation-local' },
  });
  const seen = new Map<string, { place: FoundPlace; count: number }>();
  let events = 0;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done, { once: true });
    socket.on('error', done);
    socket.on('close', done);
    socket.on('message', (data, isBinary) => {
      const event = isBinary ? null : readLinkEvent(textOf(data));
      events += 1;
      if (event !== null && event.timeUs <= toUs) {
        const { place } = event;
        const key = `${place.collection} ${place.target}`;
        const known = seen.get(key) ?? { place, count: 0 };
        seen.set(key, { place, count: known.count + 1 });
      }
      if (events >= MAX_EVENTS || (event?.timeUs ?? 0) > toUs) done();
    });
  });
  socket.terminate();
  signal.throwIfAborted();
  return [...seen.values()]
    .sort((a, b) => b.count - a.count)
    .map(({ place }) => place);
}

/** Reads a created like, repost or follow. @returns null for all else */
export function readLinkEvent(
  text: string
): { readonly timeUs: number; readonly place: FoundPlace } | null {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    return null;
  }
  const timeUs = field(event, 'time_us');
  const commit = field(event, 'commit');
  const collection = field(commit, 'collection');
  const isCreate = field(commit, 'operation') === 'create';
  if (typeof timeUs !== 'number' || !isCreate) return null;
  const subject = field(field(commit, 'record'), 'subject');
  switch (collection) {
    case 'app.bsky.graph.follow':
      return typeof subject === 'string'
        ? { timeUs, place: { target: subject, collection, path: '.subject' } }
        : null;
    case 'app.bsky.feed.like':
    case 'app.bsky.feed.repost': {
      const target = field(subject, 'uri');
      return typeof target === 'string'
        ? { timeUs, place: { target, collection, path: '.subject.uri' } }
        : null;
    }
    default:
      return null;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Reflect.get(value, name)
    : undefined;
}

function textOf(data: unknown): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return Array.isArray(data) ? Buffer.concat(data as Buffer[]).toString() : '';
}

/**
 * What `--jetstream` may say. Pure: setup and the index read it with the same
 * rules.
 *
 * Ports are those of the scheme: 80 for `ws:`, 443 for `wss:`. The real
 * Constellation takes 443 for both when a URL has none; there is no reason to
 * repeat that.
 */

import { JetstreamError } from './jetstream-error.js';

/** The short names of the real server and the hosts they stand for. */
export const JETSTREAM_NAMES = {
  'us-east-1': 'wss://jetstream1.us-east.bsky.network/subscribe',
  'us-east-2': 'wss://jetstream2.us-east.bsky.network/subscribe',
  'us-west-1': 'wss://jetstream1.us-west.bsky.network/subscribe',
  'us-west-2': 'wss://jetstream2.us-west.bsky.network/subscribe',
} as const;

/** A short name. */
export type JetstreamName = keyof typeof JETSTREAM_NAMES;

/** Jetstream v2: replays up to an hour for a recent cursor of the old style. */
const V2_HOSTS: ReadonlySet<string> = new Set([
  'jetstream.us-east.bsky.network',
  'jetstream.us-west.bsky.network',
]);

/** Set by the consumer, or asking for what it does not speak. */
const RESERVED = [
  'cursor',
  'compress',
  'maxMessageSizeBytes',
  'requireHello',
] as const;

/** A stream that can be subscribed to. */
export interface JetstreamEndpoint {
  /** `ws:` or `wss:`, with its path, and a query if it was given one. */
  readonly url: string;
  /** For a person: the short name or the URL without its query. */
  readonly label: string;
  /** What an operator should know before using it. */
  readonly warning?: string;
}

/**
 * Reads one URL or short name, or several separated by commas; repeats are
 * dropped, the order stays.
 *
 * @throws JetstreamError `no-endpoint`, `unknown-name`, `invalid-url`,
 * `unsupported-scheme`, `credentials`, `reserved-parameter`
 */
export function parseEndpoints(text: string): readonly JetstreamEndpoint[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) {
    throw new JetstreamError('no-endpoint', 'no Jetstream endpoint is given', {
      suggestion: `Give a ws:// or wss:// URL, or ${names()}.`,
    });
  }
  const byUrl = new Map<string, JetstreamEndpoint>();
  for (const part of parts) {
    const endpoint = parseEndpoint(part);
    if (!byUrl.has(endpoint.url)) byUrl.set(endpoint.url, endpoint);
  }
  return [...byUrl.values()];
}

/**
 * Reads one URL or short name. A URL without a path gets `/subscribe`.
 *
 * @throws JetstreamError as {@link parseEndpoints}
 */
export function parseEndpoint(text: string): JetstreamEndpoint {
  if (isName(text)) return { url: JETSTREAM_NAMES[text], label: text };
  const url = readUrl(text);
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/subscribe';
  const label = `${url.protocol}//${url.host}${url.pathname}`;
  const endpoint = { url: url.href, label };
  if (!V2_HOSTS.has(url.hostname)) return endpoint;
  return {
    ...endpoint,
    warning:
      `${url.hostname} is a Jetstream v2 host: for a recent cursor it ` +
      `silently replays up to an hour of events, after every reconnect; ` +
      `${names()} do not`,
  };
}

/** The URL of one connection. @param cursorUs where to begin; null: now */
export function subscribeUrl(
  endpoint: JetstreamEndpoint,
  cursorUs: number | null,
  maxMessageBytes: number
): string {
  const url = new URL(endpoint.url);
  url.searchParams.set('maxMessageSizeBytes', String(maxMessageBytes));
  if (cursorUs !== null) url.searchParams.set('cursor', String(cursorUs));
  return url.href;
}

function readUrl(text: string): URL {
  const shown = withoutCredentials(text);
  if (!text.includes(':') && !text.includes('/') && !text.includes('.')) {
    throw new JetstreamError(
      'unknown-name',
      `"${shown}" is no known Jetstream`,
      { suggestion: `Give ${names()}, or a ws:// or wss:// URL.` }
    );
  }
  if (!/^wss?:\/\//i.test(text)) {
    const rest = shown.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
    const scheme = /^http:/i.test(text) ? 'ws' : 'wss';
    throw new JetstreamError(
      'unsupported-scheme',
      `"${shown}" is no ws:// or wss:// URL`,
      { suggestion: `Write ${scheme}://${rest}` }
    );
  }
  const url = parseUrl(text, shown);
  if (url.username !== '' || url.password !== '') {
    throw new JetstreamError(
      'credentials',
      `"${shown}" must not hold a user name or password`,
      { suggestion: 'Jetstream asks for none: leave them out.' }
    );
  }
  const reserved = RESERVED.find((name) => url.searchParams.has(name));
  if (reserved !== undefined) {
    throw new JetstreamError(
      'reserved-parameter',
      `"${shown}" must not set ${reserved}: the consumer decides it`,
      { suggestion: `Leave ${reserved} out of the URL.` }
    );
  }
  return url;
}

function parseUrl(text: string, shown: string): URL {
  const invalid = (why: string, cause?: unknown): JetstreamError =>
    new JetstreamError('invalid-url', `"${shown}" is no valid URL: ${why}`, {
      suggestion: 'Write it as wss://HOST[:PORT][/PATH].',
      cause,
    });
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw invalid('host or port is wrong', error);
  }
  if (url.port === '0') throw invalid('port 0 cannot be connected to');
  if (url.hash !== '') throw invalid('it has a fragment');
  return url;
}

/** Text that may be shown, whatever was typed. */
function withoutCredentials(text: string): string {
  const shown = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/i, '$1');
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}

function isName(text: string): text is JetstreamName {
  return Object.hasOwn(JETSTREAM_NAMES, text);
}

function names(): string {
  return Object.keys(JETSTREAM_NAMES).join(', ');
}

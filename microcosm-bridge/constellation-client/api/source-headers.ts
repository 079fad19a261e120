import type { Header } from '../../../lib/api-server/index.js';
import type { Answer } from '../../../lib/constellation/index.js';

/** Names of the headers that say what is known about an answer. */
export const SOURCE_HEADERS = {
  /** `local`, `remote`, `memory`, `redis` or `stale`: where it came from. */
  source: 'x-constellation-source',
  /** `local`, `remote` or `merged`: the index it is from; absent where unknown. */
  origin: 'x-constellation-origin',
  /** Whole milliseconds since the index said it; absent where unknown. */
  ageMs: 'x-constellation-age-ms',
  /** `true` where the index may not know all. */
  partial: 'x-constellation-partial',
} as const;

/** Lets the scripts of other origins read them. */
const EXPOSED = [...Object.values(SOURCE_HEADERS), 'age', 'retry-after'].join(
  ', '
);

/** So that a browser shows a failure's Retry-After to scripts too. */
export const EXPOSE: Header = ['access-control-expose-headers', EXPOSED];

/** The headers of an answer; `age` is in seconds, as HTTP has it. */
export function sourceHeaders(answer: Answer<unknown>): readonly Header[] {
  const { source, origin, ageMs, partial } = answer;
  const headers: Header[] = [
    EXPOSE,
    [SOURCE_HEADERS.source, source],
    [SOURCE_HEADERS.partial, String(partial)],
  ];
  if (origin !== null) headers.push([SOURCE_HEADERS.origin, origin]);
  if (ageMs !== null) {
    headers.push(
      [SOURCE_HEADERS.ageMs, String(Math.round(ageMs))],
      ['age', String(Math.floor(ageMs / 1000))]
    );
  }
  return headers;
}

import { BadRequestError } from '../../../lib/api-server/index.js';
import type { SourceName } from '../store/source-name.js';

/**
 * `source` of the XRPC endpoints: `COLLECTION:PATH`, the path without its
 * leading dot (`app.bsky.feed.like:subject.uri`).
 *
 * @throws BadRequestError without a colon
 */
export function parseSource(text: string): SourceName {
  const colon = text.indexOf(':');
  if (colon < 0) {
    throw new BadRequestError('source: expected COLLECTION:PATH');
  }
  return {
    collection: text.slice(0, colon),
    path: `.${text.slice(colon + 1)}`,
  };
}

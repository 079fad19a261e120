import { isCommonAtUri, MAX_AT_URI_LENGTH, parseAtUri } from './at-uri.js';
import { parseDid } from './did.js';
import { endOfScheme, MAX_URI_LENGTH, parseUri } from './uri.js';

/** The shortest link: a scheme of one letter and its colon. */
const MIN_LENGTH = 2;
const AT_SCHEME_LENGTH = 2;

function parseAtScheme(text: string): string | null {
  const atUri = parseAtUri(text);
  if (atUri !== null) return atUri;
  const uri = parseUri(text);
  if (uri === null || text.length <= MAX_AT_URI_LENGTH) return uri;
  // Too long for an AT-URI, but its normal form may not be.
  return parseAtUri(uri) ?? uri;
}

/** {@link parseLink} without its short cut; apart so that tests can compare. */
export function parseLinkTheLongWay(text: string): string | null {
  if (text.length < MIN_LENGTH || text.length > MAX_URI_LENGTH) return null;
  const schemeEnd = endOfScheme(text);
  if (schemeEnd === -1) return null;
  if (
    schemeEnd === AT_SCHEME_LENGTH &&
    text.slice(0, AT_SCHEME_LENGTH).toLowerCase() === 'at'
  ) {
    return parseAtScheme(text);
  }
  return parseDid(text) ?? parseUri(text);
}

/**
 * The normalised target of the link that the whole text is, or null when it
 * is none: an AT-URI, else a DID, else any absolute URI, tried in that order
 * as the real server does. What fails as one may pass as the next:
 * `did:plc:x#key`, `did:Web:x` and `at:///x` are plain URIs.
 *
 * Never throws; time is linear in the text, and a text longer than
 * {@link MAX_URI_LENGTH} is turned away unread. Doing it twice changes
 * nothing.
 */
export function parseLink(text: string): string | null {
  return isCommonAtUri(text) ? text : parseLinkTheLongWay(text);
}

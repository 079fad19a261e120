import { ConstellationError } from './errors.js';

/** A DID may not be longer (the index ignores longer ones). */
const LONGEST_DID = 2048;
/** An AT-URI may not be longer (the index ignores longer ones). */
const LONGEST_AT_URI = 8192;
/** Longest target of any kind that is sent: what fits a request line. */
const LONGEST_TARGET = 8192;

/** What the index takes for a DID; it keeps the text as it is. */
const DID = /^did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._%-]$/;
/** The only escape a DID in atproto has: the colon before a port. */
const DID_ESCAPES = /%(?!3A)/;
const RECORD_URI =
  /^at:\/\/(did:[^/]+)\/([a-zA-Z][a-zA-Z0-9-]*(?:\.[a-zA-Z0-9-]+){2,})\/([A-Za-z0-9._~:-]{1,512})$/;
/** Nearly every post; one look at it is cheaper than taking it apart. */
const ORDINARY_POST =
  /^at:\/\/did:plc:[a-z2-7]{24}\/app\.bsky\.feed\.post\/[a-z2-7]{13}$/;

/** The parts of an AT-URI that names a record. */
export interface RecordUri {
  readonly did: string;
  readonly collection: string;
  readonly rkey: string;
}

/** Whether the index would take the text for a DID. */
export function isDid(text: string): boolean {
  return text.length <= LONGEST_DID && DID.test(text);
}

/**
 * Takes a record's AT-URI apart. Strict on purpose: the index normalises the
 * links it stores but not what it is asked, so any other spelling of the same
 * URI (a handle, `AT://`, a slash at the end) would be answered with zero.
 *
 * @returns null where the text is not exactly `at://DID/COLLECTION/RKEY`
 */
export function parseRecordUri(text: string): RecordUri | null {
  if (text.length > LONGEST_AT_URI) return null;
  const match = RECORD_URI.exec(text);
  const [, did, collection, rkey] = match ?? [];
  if (did === undefined || collection === undefined || rkey === undefined) {
    return null;
  }
  if (rkey === '.' || rkey === '..') return null;
  // In an AT-URI the index rewrites every other escape.
  if (!isDid(did) || DID_ESCAPES.test(did)) return null;
  return { did, collection, rkey };
}

/** @throws ConstellationError `BAD_TARGET` unless `uri` names a record by DID */
export function requireRecordUri(uri: string): void {
  if (ORDINARY_POST.test(uri) || parseRecordUri(uri) !== null) return;
  throw new ConstellationError(
    'BAD_TARGET',
    `Not an AT-URI of a record: ${quote(uri)}.`,
    {
      suggestion:
        'Write it as at://DID/COLLECTION/RKEY; a handle has to be resolved to its DID first, or every count would be 0.',
    }
  );
}

/** @throws ConstellationError `BAD_TARGET` unless `did` is a DID */
export function requireDid(did: string): void {
  if (isDid(did)) return;
  throw new ConstellationError('BAD_TARGET', `Not a DID: ${quote(did)}.`, {
    suggestion: 'Pass a DID such as did:plc:…, not a handle.',
  });
}

/**
 * The general endpoints take any text: an AT-URI, a DID or another URI. Nothing
 * links to the empty one, which is an answer and no mistake.
 * @throws ConstellationError `BAD_TARGET` where it is too long
 */
export function requireTarget(target: string, name = 'target'): void {
  if (target.length <= LONGEST_TARGET) return;
  throw new ConstellationError(
    'BAD_TARGET',
    `${name} has ${target.length} characters; ${LONGEST_TARGET} at most are sent.`
  );
}

function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}

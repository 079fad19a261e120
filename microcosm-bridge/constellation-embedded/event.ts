/** What a Jetstream event may do to a record. */
export type CommitOperation = 'create' | 'update' | 'delete';

/** A record was created, updated or deleted. */
export interface CommitEvent {
  readonly kind: 'commit';
  /** The account whose record it is. */
  readonly did: string;
  /** When Jetstream saw it, in microseconds since 1970; the stream's cursor. */
  readonly timeUs: number;
  readonly operation: CommitOperation;
  readonly collection: string;
  readonly rkey: string;
  /** Empty when the event has none: nothing then tells a repeat. */
  readonly rev: string;
  /** The record as parsed, an object; absent when it was deleted. */
  readonly record?: unknown;
}

/** An account's state changed. */
export interface AccountEvent {
  readonly kind: 'account';
  readonly did: string;
  /** Microseconds since 1970. */
  readonly timeUs: number;
  readonly active: boolean;
  /** `deactivated`, `deleted`, …; absent when the event names none. */
  readonly status?: string;
}

/** An event of a kind that changes no links, such as `identity`. */
export interface OtherEvent {
  readonly kind: 'other';
  readonly did: string;
  /** Microseconds since 1970. */
  readonly timeUs: number;
  /** The kind as the stream wrote it. */
  readonly name: string;
}

export type JetstreamEvent = CommitEvent | AccountEvent | OtherEvent;

/**
 * Longest identifiers taken, in characters (all ASCII, so bytes): a DID by
 * the DID specification of atproto, an NSID and a record key by theirs. A
 * revision is a TID of 13; kinds and states are words.
 */
export const EVENT_LIMITS = {
  did: 2048,
  collection: 317,
  rkey: 512,
  rev: 64,
  word: 64,
} as const;

/** In place of the revision that an event does not have; the real server needs none. */
const NO_REV = '';

type Fields = Readonly<Record<string, unknown>>;

/** No spaces, no controls: these become keys of the store. */
const VISIBLE_ASCII = /^[!-~]+$/;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIdentifier(value: unknown, maxLength: number): value is string {
  return (
    typeof value === 'string' &&
    value.length <= maxLength &&
    VISIBLE_ASCII.test(value)
  );
}

function isOperation(value: unknown): value is CommitOperation {
  return value === 'create' || value === 'update' || value === 'delete';
}

function commitEvent(
  did: string,
  timeUs: number,
  commit: unknown
): CommitEvent | null {
  if (!isFields(commit)) return null;
  const { operation, collection, rkey, record } = commit;
  const rev = commit['rev'] === undefined ? NO_REV : commit['rev'];
  if (
    !isOperation(operation) ||
    !isIdentifier(collection, EVENT_LIMITS.collection) ||
    !isIdentifier(rkey, EVENT_LIMITS.rkey) ||
    !(rev === NO_REV || isIdentifier(rev, EVENT_LIMITS.rev))
  ) {
    return null;
  }
  const kind = 'commit';
  if (operation === 'delete') {
    return { kind, did, timeUs, operation, collection, rkey, rev };
  }
  if (!isFields(record)) return null;
  return { kind, did, timeUs, operation, collection, rkey, rev, record };
}

function accountEvent(
  did: string,
  timeUs: number,
  account: unknown
): AccountEvent | null {
  if (!isFields(account)) return null;
  const { active, status } = account;
  if (typeof active !== 'boolean') return null;
  const kind = 'account';
  if (status === undefined || status === null) {
    return { kind, did, timeUs, active };
  }
  if (!isIdentifier(status, EVENT_LIMITS.word)) return null;
  return { kind, did, timeUs, active, status };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * One Jetstream event from its JSON text, or null when it is malformed: no
 * JSON object, a `did`, `time_us` or `kind` that is missing or of the wrong
 * type, a commit whose operation is not exactly `create`, `update` or
 * `delete`, a create or update without an object as record, an account
 * without `active`, an identifier longer than {@link EVENT_LIMITS} or with
 * anything but visible ASCII in it. Fields not named here are ignored, as is
 * the record of a delete. Never throws.
 *
 * The record is what JSON.parse made: `__proto__` in it is an own key, which
 * is safe to read but not to assign or to merge.
 */
export function parseEvent(text: string): JetstreamEvent | null {
  const event = parseJson(text);
  if (!isFields(event)) return null;
  const { did, time_us: timeUs, kind } = event;
  if (!isIdentifier(did, EVENT_LIMITS.did)) return null;
  if (typeof timeUs !== 'number' || !Number.isSafeInteger(timeUs)) return null;
  if (timeUs < 0) return null;
  if (kind === 'commit') return commitEvent(did, timeUs, event['commit']);
  if (kind === 'account') return accountEvent(did, timeUs, event['account']);
  if (!isIdentifier(kind, EVENT_LIMITS.word)) return null;
  return { kind: 'other', did, timeUs, name: kind };
}

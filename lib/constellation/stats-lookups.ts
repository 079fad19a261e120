import type { LookupKind } from './lookup.js';
import {
  POST_STATS_FIELDS,
  largerPostStats,
  parsePostStats,
  type PostStats,
} from './post-stats.js';
import {
  PROFILE_STATS_FIELDS,
  largerProfileStats,
  parseProfileStats,
  type ProfileStats,
} from './profile-stats.js';
import type { Question } from './question.js';
import {
  redisEntryReader,
  writeRedisEntry,
  type RedisEntry,
} from './redis-entry.js';
import { requireDid, requireRecordUri } from './target.js';

const ENDPOINT = '/links/all/count';

/** A post's numbers by its AT-URI; one request, kept in memory and Redis. */
export function postLookup(entries: number): LookupKind<string, PostStats> {
  return {
    check: requireRecordUri,
    key: (uri) => uri,
    question: (uri) => question(uri, parsePostStats, largerPostStats),
    memory: { entries },
    redis: {
      prefix: 'constellation:post:',
      read: readPostEntry,
      write: writeRedisEntry,
    },
  };
}

/** An account's numbers by its DID; one request, kept in memory and Redis. */
export function profileLookup(
  entries: number
): LookupKind<string, ProfileStats> {
  return {
    check: requireDid,
    key: (did) => did,
    question: (did) => question(did, parseProfileStats, largerProfileStats),
    memory: { entries },
    redis: {
      prefix: 'constellation:profile:',
      read: readProfileEntry,
      write: writeRedisEntry,
    },
  };
}

const readPostEntry = redisEntryReader(
  POST_STATS_FIELDS,
  // By their places: taking the list apart costs as much as the rest.
  (counts): PostStats =>
    Object.freeze({
      likes: counts[0],
      reposts: counts[1],
      replies: counts[2],
      quotes: counts[3],
    })
);

const readProfileCounts = redisEntryReader(
  PROFILE_STATS_FIELDS,
  ([followers, mentions]): ProfileStats =>
    Object.freeze({ followers, mentions })
);

/**
 * AppViews' own integrations have counted mentions at a path that no record
 * has, so a zero of theirs says nothing.
 */
function readProfileEntry(text: string): RedisEntry<ProfileStats> | null {
  const entry = readProfileCounts(text);
  const isTheirs = entry?.origin === null;
  return isTheirs && entry.value.mentions === 0 ? null : entry;
}

function question<T>(
  target: string,
  parse: (body: unknown) => T,
  merge: (a: T, b: T) => T
): Question<T> {
  return {
    endpoint: ENDPOINT,
    path: `${ENDPOINT}?target=${encodeURIComponent(target)}`,
    target,
    parse,
    merge,
  };
}

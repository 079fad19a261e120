import type { Check } from '../check.js';
import type { CheckContext } from '../check-context.js';
import { reasonOf } from '../check-error.js';
import { redisRoundTrip, type RoundTrip } from './round-trip.js';

/** 8: a real round trip through the cache. */
export const redisCheck: Check<CheckContext> = {
  id: 'redis',
  name: 'Redis cache',
  needs: [],
  run: async ({ redis, limits, clock }, signal) => {
    const choice = await redis();
    if (choice.kind === 'none') {
      return {
        status: 'skip',
        message: choice.reason,
        suggestion: 'set REDIS_URL, or give --redis-url URL',
      };
    }
    const { url, from } = choice;
    const place = placeOf(url);
    const facts = { place, from };
    if (place === null) {
      return {
        status: 'fail',
        message: 'REDIS_URL is no Redis URL',
        seen: `the value (hidden) in ${from}`,
        expected: 'redis://HOST[:PORT][/DB] or rediss://…',
        suggestion: `mend REDIS_URL in ${from}`,
        facts,
      };
    }
    const startedMs = clock.nowMs();
    let trip: RoundTrip;
    try {
      trip = await redisRoundTrip(url, limits.redisTimeoutMs, signal);
    } catch (error) {
      signal.throwIfAborted();
      trip = {
        ok: false,
        seen: withoutSecrets(reasonOf(error), url),
        expected: `an answer within ${limits.redisTimeoutMs} ms`,
      };
    }
    if (trip.ok) {
      const tookMs = Math.round((clock.nowMs() - startedMs) * 10) / 10;
      return {
        status: 'pass',
        message: `${place}: written, read, expiring and deleted in ${tookMs} ms (REDIS_URL in ${from})`,
        facts: { ...facts, tookMs },
      };
    }
    return {
      status: 'fail',
      message: 'Redis cannot be used',
      seen: `${place} (REDIS_URL in ${from}): ${trip.seen}`,
      expected: trip.expected,
      suggestion: nextStep(trip.seen, place),
      facts,
    };
  },
};

/** Where a Redis is, without user and password. @returns null for no URL */
export function placeOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, port, pathname } = new URL(url);
  if (!/^rediss?:$/.test(protocol) || hostname === '') return null;
  return `${protocol}//${hostname}:${port === '' ? '6379' : port}${pathname === '/' ? '' : pathname}`;
}

/** No error of Redis or of the system has a reason to quote a password. */
function withoutSecrets(text: string, url: string): string {
  const { username, password } = new URL(url);
  return [password, decoded(password), username]
    .filter((secret) => secret !== '')
    .reduce((shown, secret) => shown.replaceAll(secret, '(hidden)'), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function nextStep(seen: string, place: string): string {
  if (/ENOTFOUND|EAI_AGAIN/.test(seen)) {
    return 'a name that only Docker knows? Give the address seen from here: npx zx scripts/test.ts --only redis --redis-url URL';
  }
  if (/NOAUTH|WRONGPASS|AUTH/.test(seen)) {
    return 'mend user and password in REDIS_URL';
  }
  if (/READONLY/.test(seen)) return 'name the primary in REDIS_URL';
  return `start it, or mend REDIS_URL; then: redis-cli -u ${place} ping`;
}

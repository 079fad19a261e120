import { leadsTo, ownHosts } from '../../checks/appview/same-index.js';
import type { AppViewTarget } from './appview-switch.js';

/** What stands in an AppView's `.env`, by key. */
export type PresentSettings = ReadonlyMap<string, string>;

/**
 * The URL the AppView is given: what somebody said; else what it has, if that
 * leads here by another name of this machine; else the index's own. Pure.
 *
 * @param hosts names and addresses of this machine
 */
export function appviewUrl(
  { givenUrl, indexUrl }: AppViewTarget,
  present: PresentSettings,
  hosts: ReadonlySet<string> = ownHosts()
): string {
  const has = present.get('CONSTELLATION_URL') ?? '';
  if (givenUrl !== null) return givenUrl;
  return leadsTo(has, [indexUrl], hosts) ? has : indexUrl;
}

/**
 * The keys that an AppView's `.env` shall have. `CONSTELLATION_LOCAL_SINCE` is
 * not among them: the embedded index says since when it is complete in its
 * `/health`, which the client asks, and moves that forward after an outage; a
 * copy would stay behind and show wrong zeros. One that is there goes when the
 * index is new, because it was said of another. Pure.
 */
export function appviewSettings(
  target: AppViewTarget,
  present: PresentSettings
): Readonly<Record<string, string | null>> {
  const { cacheTtlSeconds, timeoutMs, isNewIndex } = target;
  const isStale = isNewIndex && present.has('CONSTELLATION_LOCAL_SINCE');
  return {
    CONSTELLATION_ENABLED: 'true',
    CONSTELLATION_URL: appviewUrl(target, present),
    CONSTELLATION_LOCAL: 'true',
    CONSTELLATION_CACHE_TTL: String(cacheTtlSeconds),
    CONSTELLATION_TIMEOUT: String(timeoutMs),
    ...(isStale ? { CONSTELLATION_LOCAL_SINCE: null } : {}),
  };
}

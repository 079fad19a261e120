/** A metric that is read from the client's numbers. */
export interface MetricRow {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  /** Its one label; without it, the one value is called `value`. */
  readonly label?: string;
  /** Values by label; an empty object where there is nothing to say. */
  readonly read: (stats: ClientStats) => Readonly<Record<string, number>>;
}

const BREAKER = { closed: 0, 'half-open': 1, open: 2 } as const;

/** All of them but the histograms, in the order of the README's list. */
export const METRICS: readonly MetricRow[] = [
  {
    name: 'bridge_answers_total',
    help: 'Answers by where they came from',
    kind: 'counter',
    label: 'source',
    read: ({ answers }) => answers,
  },
  {
    name: 'bridge_partial_answers_total',
    help: 'Answers that an index gave which may not know all',
    kind: 'counter',
    read: ({ partial }) => ({ value: partial }),
  },
  {
    name: 'bridge_failures_total',
    help: 'Questions without an answer, by why',
    kind: 'counter',
    label: 'code',
    read: ({ failures }) => failures,
  },
  {
    name: 'bridge_fallbacks_total',
    help: 'How often the fallback stood in for the main index',
    kind: 'counter',
    read: ({ fallbacks }) => ({ value: fallbacks }),
  },
  {
    name: 'bridge_shared_questions_total',
    help: 'Questions that joined the same one under way',
    kind: 'counter',
    label: 'kind',
    read: ({ posts, profiles }) => ({
      posts: posts.shared,
      profiles: profiles.shared,
    }),
  },
  {
    name: 'bridge_upstream_breaker_opens_total',
    help: 'How often the circuit breaker of an index opened',
    kind: 'counter',
    label: 'index',
    read: eachIndex(({ breakerOpens }) => breakerOpens),
  },
  {
    name: 'bridge_upstream_breaker_state',
    help: '0 closed, 1 half-open, 2 open',
    kind: 'gauge',
    label: 'index',
    read: eachIndex(({ breaker }) => BREAKER[breaker]),
  },
  {
    name: 'bridge_upstream_active',
    help: 'Requests to an index under way',
    kind: 'gauge',
    label: 'index',
    read: eachIndex(({ active }) => active),
  },
  {
    name: 'bridge_upstream_waiting',
    help: 'Requests that wait for a place or for the rate limit',
    kind: 'gauge',
    label: 'index',
    read: eachIndex(({ waiting }) => waiting),
  },
  {
    name: 'bridge_memory_entries',
    help: 'Answers kept in memory',
    kind: 'gauge',
    label: 'kind',
    read: ({ posts, profiles }) => ({
      posts: posts.entries,
      profiles: profiles.entries,
    }),
  },
  {
    name: 'bridge_redis_available',
    help: '1 while Redis answers; absent without Redis',
    kind: 'gauge',
    read: ({ redis }) =>
      redis === null ? {} : { value: Number(redis.available) },
  },
  {
    name: 'bridge_redis_reads_total',
    help: 'Reads of Redis by how they ended; absent without Redis',
    kind: 'counter',
    label: 'result',
    read: ({ redis }) => {
      if (redis === null) return {};
      const { hits, misses, garbage, errors, timeouts, skipped } = redis;
      return { hits, misses, garbage, errors, timeouts, skipped };
    },
  },
  {
    name: 'bridge_local_current',
    help: '1 while the local index keeps up; absent without a local index',
    kind: 'gauge',
    read: ({ local }) =>
      local === null ? {} : { value: Number(local.verdict === 'current') },
  },
  {
    name: 'bridge_local_newest_event_age_seconds',
    help: 'Age of the newest event of the local index when it was last looked at',
    kind: 'gauge',
    read: ({ local }) => {
      const ageMs = local?.newestEventAgeMs ?? null;
      return ageMs === null ? {} : { value: ageMs / 1000 };
    },
  },
  {
    name: 'bridge_local_data_bytes',
    help: 'Size of the data of the local index; absent where not known',
    kind: 'gauge',
    read: ({ local }) => known(local?.disk?.dataBytes),
  },
  {
    name: 'bridge_local_disk_free_bytes',
    help: 'Free space of the local index; absent where not known',
    kind: 'gauge',
    read: ({ local }) => known(local?.disk?.freeBytes),
  },
  {
    name: 'bridge_local_disk_growth_bytes_per_day',
    help: 'How fast the local index grows; absent until it is measured',
    kind: 'gauge',
    read: ({ local }) => known(local?.disk?.bytesPerDay),
  },
  {
    name: 'bridge_local_days_to_full',
    help: 'Days until the disk of the local index is full; absent where not known, or never',
    kind: 'gauge',
    read: ({ local }) => known(local?.disk?.daysToFull),
  },
];

function known(
  value: number | null | undefined
): Readonly<Record<string, number>> {
  return value === null || value === undefined ? {} : { value };
}

function eachIndex(
  read: (source: SourceStats) => number
): (stats: ClientStats) => Readonly<Record<string, number>> {
  return ({ main, fallback }) => ({
    main: read(main),
    ...(fallback === null ? {} : { fallback: read(fallback) }),
  });
}
import type {
  ClientStats,
  SourceStats,
} from '../../../lib/constellation/index.js';

/**
 * - `ok`: all that is set up works.
 * - `degraded`: questions are answered, though not by everything that should.
 * - `failing`: no index can be asked; only what is kept can be answered.
 * - `stopping`: the last answers are being given.
 */
export type BridgeStatus = 'ok' | 'degraded' | 'failing' | 'stopping';

/** How an index is, as `/health` says it. */
export interface IndexHealth {
  readonly url: string;
  readonly deployment: 'local' | 'remote';
  readonly breaker: SourceStats['breaker'];
  /** Milliseconds until an open breaker lets the next question through. */
  readonly retryInMs: number;
  readonly requests: number;
  readonly errors: number;
}

/** `GET /health` */
export interface HealthReport {
  readonly status: BridgeStatus;
  readonly message: string;
  readonly version: string;
  /** Whether a local index is asked first. */
  readonly mode: 'local' | 'remote';
  readonly main: IndexHealth;
  readonly fallback: IndexHealth | null;
  readonly local: {
    readonly verdict: string;
    readonly completeSince: string | null;
    readonly newestEventAgeMs: number | null;
    /** As the index says itself, else as measured; null: not known. */
    readonly disk: LocalDisk | null;
    readonly seenMsAgo: number | null;
  } | null;
  readonly redis: 'available' | 'unavailable' | 'off';
}

/** Says how the bridge is from what was counted; asks nobody. Pure. */
export function healthReport(
  stats: ClientStats,
  version: string,
  stopping: boolean
): HealthReport {
  const { main, fallback, local, redis } = stats;
  const [status, message] = judge(stats, stopping);
  return {
    status,
    message,
    version,
    mode: main.deployment,
    main: indexHealth(main),
    fallback: fallback === null ? null : indexHealth(fallback),
    local:
      local === null
        ? null
        : {
            verdict: local.verdict,
            completeSince: completeSince(local.completeness),
            newestEventAgeMs: local.newestEventAgeMs,
            disk: local.disk,
            seenMsAgo: local.seenMsAgo === null ? null : round(local.seenMsAgo),
          },
    redis:
      redis === null ? 'off' : redis.available ? 'available' : 'unavailable',
  };
}

/** ISO 8601, `complete`, or null where nobody knows. */
export function completeSince(completeness: Completeness): string | null {
  switch (completeness.kind) {
    case 'complete':
      return 'complete';
    case 'since':
      return new Date(completeness.sinceMs).toISOString();
    case 'unknown':
      return null;
  }
}

function judge(
  { main, fallback, local, redis }: ClientStats,
  stopping: boolean
): readonly [BridgeStatus, string] {
  if (stopping) return ['stopping', 'The last answers are being given.'];
  const mainDown = main.breaker === 'open';
  if (mainDown && (fallback === null || fallback.breaker === 'open')) {
    return ['failing', 'No index answers; only what is kept can be given.'];
  }
  const problems: string[] = [];
  for (const index of [main, fallback]) {
    if (index?.breaker === 'open')
      problems.push(`${index.url} does not answer`);
    if (index?.breaker === 'half-open') {
      problems.push(`${index.url} failed and the next question tries it again`);
    }
  }
  if (local?.verdict === 'behind') problems.push('the local index catches up');
  if (local?.verdict === 'stalled') {
    problems.push('the local index stands still');
  }
  if (redis?.available === false) problems.push('Redis does not answer');
  if (problems.length === 0) return ['ok', 'All is well.'];
  return ['degraded', `Answering, but ${problems.join(', and ')}.`];
}

function indexHealth(source: SourceStats): IndexHealth {
  const { url, deployment, breaker, requests, errors } = source;
  const retryInMs = Math.ceil(source.breakerRetryInMs);
  return { url, deployment, breaker, retryInMs, requests, errors };
}

function round(ms: number): number {
  return Math.max(0, Math.round(ms));
}
import type {
  ClientStats,
  Completeness,
  LocalDisk,
  SourceStats,
} from '../../../lib/constellation/index.js';

import { CircuitBreaker } from './circuit-breaker.js';
import type { Clock } from './clock.js';
import type { Ending } from './ending.js';
import type { EventListener, SourceRole } from './events.js';
import { Gate } from './gate.js';
import { HttpSource } from './http-source.js';
import { IndexPair } from './index-pair.js';
import type { ResolvedIndex, ResolvedOptions } from './options.js';
import { StandingMonitor } from './standing-monitor.js';
import { Upstream } from './upstream.js';

/** What an index pair shares with its client. */
export interface IndexPairSurroundings {
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: EventListener;
  /** Ends when the client is closed. */
  readonly closing: Ending;
}

/** An index pair with its connections. */
export interface OpenIndexPair {
  readonly pair: IndexPair;
  readonly main: Upstream;
  readonly fallback: Upstream | null;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Questions that may wait for one index: as many as memory keeps by default. */
const WAITING_LIMIT = 10_000;
/** A connection that takes longer than this to be made is given up. */
const LONGEST_CONNECT_MS = 3_000;
/** A health check may take this share of a call, and this at most. */
const HEALTH_SHARE = 0.2;
const LONGEST_HEALTH_MS = 500;

/** Builds both indexes from checked options. Connects to nothing yet. */
export function openIndexPair(
  options: ResolvedOptions,
  surroundings: IndexPairSurroundings
): OpenIndexPair {
  const main = openIndex('main', options.main, options, surroundings);
  const fallback =
    options.fallback === null
      ? null
      : openIndex('fallback', options.fallback, options, surroundings);
  const { clock, emit, closing } = surroundings;
  const monitor =
    main.upstream.deployment === 'local'
      ? new StandingMonitor({
          source: main.source,
          clock,
          closing,
          stallAfterMs: options.localStallAfterMs,
          timeoutMs: Math.min(
            LONGEST_HEALTH_MS,
            options.deadlineMs * HEALTH_SHARE
          ),
          onVerdict: (verdict) => emit({ type: 'standing', verdict }),
        })
      : null;
  return {
    main: main.upstream,
    fallback: fallback?.upstream ?? null,
    pair: new IndexPair({
      main: main.upstream,
      fallback: fallback?.upstream ?? null,
      monitor,
      completeness: options.completeness,
      marginMs: options.coverageMarginMs,
      clock,
      emit,
    }),
    async close() {
      await Promise.all([main.source.close(), fallback?.source.close()]);
    },
  };
}

function openIndex(
  role: SourceRole,
  { url, deployment, policy }: ResolvedIndex,
  options: ResolvedOptions,
  { clock, random, emit }: IndexPairSurroundings
): { readonly upstream: Upstream; readonly source: HttpSource } {
  const source = new HttpSource({
    url,
    // No spare one: where one has just answered, undici sends the next question
    // with those of the others that answer in the same moment, and each write
    // is cheaper for it (measured: 10 µs a question).
    connections: policy.concurrency,
    connectTimeoutMs: Math.min(LONGEST_CONNECT_MS, policy.tryTimeoutMs),
    maxBodyBytes: options.maxBodyBytes,
    userAgent: options.userAgent,
    wallMs: () => clock.wallMs(),
  });
  const gate = new Gate(
    {
      concurrency: policy.concurrency,
      rate:
        policy.requestsPerSecond === null
          ? null
          : { perSecond: policy.requestsPerSecond, burst: policy.burst },
      waitingLimit: WAITING_LIMIT,
    },
    clock
  );
  const upstream = new Upstream({
    role,
    deployment,
    source,
    gate,
    breaker: new CircuitBreaker(),
    clock,
    tryTimeoutMs: policy.tryTimeoutMs,
    retries: policy.retries,
    retryDelayMs: policy.retryDelayMs,
    random,
    emit,
  });
  return { upstream, source };
}

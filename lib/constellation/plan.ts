import type { Coverage } from './coverage.js';
import type { Deployment } from './detect-deployment.js';
import type { LocalVerdict } from './local-standing.js';

/**
 * In which order the indexes are asked: the main one alone; it and on failure
 * the fallback; the fallback and only on failure the main one; both at once,
 * for the larger number.
 */
export type Order =
  'main' | 'main-then-fallback' | 'fallback-then-main' | 'both';

/** What {@link choosePlan} decides from. */
export interface Situation {
  readonly main: Deployment;
  readonly hasFallback: boolean;
  /** False while the main index's circuit breaker lets nothing through. */
  readonly mainAllowed: boolean;
  /** What a local main index is worth; ignored for a remote one. */
  readonly verdict: LocalVerdict;
  /** Whether a local main index can know all about the target. */
  readonly coverage: Coverage;
  /** Whether two answers can be made one; lists cannot. */
  readonly mergeable: boolean;
}

/** The order, and whether the main index's word alone is the whole truth. */
export interface Plan {
  readonly order: Order;
  readonly mainIsWhole: boolean;
  /** Why the fallback stands in for a main index not asked first, or null. */
  readonly standIn: 'BREAKER_OPEN' | 'STALLED' | null;
}

/**
 * A remote index is whole. A local one is where it has seen everything about
 * the target and keeps up; one that does not keep up has also missed deletions,
 * so a stalled one is only asked where nothing else answers.
 */
export function choosePlan(situation: Situation): Plan {
  const { main, hasFallback, mainAllowed, verdict, coverage } = situation;
  const mainIsWhole =
    main === 'remote' || (coverage === 'full' && verdict === 'current');
  if (!hasFallback) return { order: 'main', mainIsWhole, standIn: null };
  if (!mainAllowed) {
    return {
      order: 'fallback-then-main',
      mainIsWhole,
      standIn: 'BREAKER_OPEN',
    };
  }
  if (main === 'local' && verdict === 'stalled') {
    return { order: 'fallback-then-main', mainIsWhole, standIn: 'STALLED' };
  }
  if (mainIsWhole) {
    return { order: 'main-then-fallback', mainIsWhole, standIn: null };
  }
  return {
    order: situation.mergeable ? 'both' : 'fallback-then-main',
    mainIsWhole,
    standIn: null,
  };
}

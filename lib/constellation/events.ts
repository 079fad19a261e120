import type { BreakerState } from './circuit-breaker.js';
import type { ConstellationErrorCode } from './errors.js';
import type { LocalVerdict } from './local-standing.js';

/** The index asked first, or the one behind it. */
export type SourceRole = 'main' | 'fallback';

/**
 * Everything that happens inside and that an operator may want to see.
 * Nothing here is printed; a program turns these into its own log or metrics.
 */
export type ConstellationEvent =
  /** One HTTP request ended; `code` is null where it was answered. */
  | {
      readonly type: 'request';
      readonly role: SourceRole;
      /** The API's path, without its query. */
      readonly endpoint: string;
      readonly durationMs: number;
      readonly code: ConstellationErrorCode | null;
    }
  /** A failed request is made again after a pause. */
  | {
      readonly type: 'retry';
      readonly role: SourceRole;
      readonly tries: number;
      readonly delayMs: number;
      readonly code: ConstellationErrorCode;
    }
  /** The fallback was asked because the main index could not answer. */
  | {
      readonly type: 'fallback';
      readonly code: ConstellationErrorCode | 'STALLED';
    }
  /** A circuit breaker changed its state. */
  | {
      readonly type: 'breaker';
      readonly role: SourceRole;
      readonly state: BreakerState;
    }
  /** The local index's freshness changed. */
  | { readonly type: 'standing'; readonly verdict: LocalVerdict }
  /** Redis stopped or started answering. */
  | {
      readonly type: 'redis';
      readonly state: 'available' | 'unavailable';
      /** The error's message without addresses; null when available. */
      readonly reason: string | null;
    };

/** Receives events; what it throws is ignored. */
export type EventListener = (event: ConstellationEvent) => void;

/** A listener that cannot harm the code that calls it. */
export function safely(listener: EventListener | undefined): EventListener {
  if (listener === undefined) return () => undefined;
  return (event) => {
    try {
      listener(event);
    } catch {
      // A faulty listener must not turn an answer into a failure.
    }
  };
}

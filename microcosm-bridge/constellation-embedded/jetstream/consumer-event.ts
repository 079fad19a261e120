import type { Gap } from './gap.js';
import type { DisconnectReason } from './retry-policy.js';

/** What an operator may want to read about; endpoints are URLs. */
export type ConsumerEvent =
  | {
      readonly type: 'connected';
      readonly endpoint: string;
      /** Where it begins, µs; null: now. */
      readonly cursorUs: number | null;
    }
  | {
      readonly type: 'disconnected';
      readonly endpoint: string;
      readonly reason: DisconnectReason;
      /** For a person, what happened. */
      readonly message: string;
      /** Failures in a row, this one included. */
      readonly failures: number;
      readonly retryInMs: number;
      readonly nextEndpoint: string;
    }
  /** Connected to another host than before. */
  | {
      readonly type: 'host-changed';
      readonly from: string;
      readonly to: string;
      readonly cursorUs: number | null;
    }
  /** Frames that are no events; at most one of these in ten seconds. */
  | {
      readonly type: 'malformed';
      readonly endpoint: string;
      /** Since the last one of these. */
      readonly count: number;
      /** The beginning of the newest, printable ASCII. */
      readonly sample: string;
    }
  /** Events far ahead of our clock; at most one of these in ten seconds. */
  | {
      readonly type: 'future';
      readonly endpoint: string;
      readonly count: number;
      readonly timeUs: number;
    }
  /** A frame above the size limit, right after `afterUs`. */
  | {
      readonly type: 'oversized';
      readonly endpoint: string;
      readonly afterUs: number | null;
      /** How far ahead the next connection begins, µs; 0: not yet. */
      readonly skippedUs: number;
    }
  /** The stream no longer had what was between. */
  | { readonly type: 'gap'; readonly endpoint: string; readonly gap: Gap }
  /** The endpoint is usable and has a flaw. */
  | {
      readonly type: 'endpoint-warning';
      readonly endpoint: string;
      readonly message: string;
    };

/** What the threads say to each other. Everything is plain, cloneable data. */

import type { MetricsJson } from '../../../lib/api-server/index.js';
import type { HealthIdentity } from '../health/health-report.js';
import type { IndexStatus } from '../health/index-status.js';
import type { CommitCounter } from './commit-counter.js';
import type { LogLevel } from '../../../lib/log/log.js';

/** To the writer's thread. */
export type ToIndexThread = { readonly type: 'stop' | 'metrics' };

/** From the writer's thread. */
export type FromIndexThread =
  | { readonly type: 'open' }
  | { readonly type: 'status'; readonly status: IndexStatus }
  | { readonly type: 'metrics'; readonly json: MetricsJson }
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly suggestion: string;
    }
  | { readonly type: 'stopped' };

/** To an HTTP thread. */
export type ToHttpThread =
  | { readonly type: 'open' }
  | { readonly type: 'status'; readonly status: IndexStatus }
  | { readonly type: 'stop' | 'metrics' };

/** From an HTTP thread. */
export type FromHttpThread =
  | {
      readonly type: 'listening';
      readonly port: number;
      readonly fd: number | null;
    }
  | { readonly type: 'metrics'; readonly json: MetricsJson }
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string }
  | {
      readonly type: 'failed';
      readonly message: string;
      readonly suggestion: string;
    }
  | { readonly type: 'stopped' };

/** What the writer's thread is started with. */
export interface IndexThreadData {
  readonly dataPath: string;
  /** One of the two. */
  readonly jetstream: readonly string[] | null;
  readonly fixture: string | null;
  /** Free bytes below which indexing pauses. */
  readonly minFreeBytes: number;
  /** Days of links that are kept; null: all. */
  readonly retainDays: number | null;
  readonly commits: CommitCounter;
}

/** What an HTTP thread is started with. */
export interface HttpThreadData {
  readonly dataPath: string;
  /** Where to listen; the second and later threads listen on the first one's socket. */
  readonly listen:
    { readonly host: string; readonly port: number } | { readonly fd: number };
  readonly didWebDomain: string | null;
  readonly identity: HealthIdentity;
  readonly commits: CommitCounter;
}

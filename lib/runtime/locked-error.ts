import type { LockContent } from './lock-content.js';
import { RuntimeError } from './runtime-error.js';

/** Somebody else holds the lock (exit code 11). */
export class LockedError extends RuntimeError {
  override readonly name = 'LockedError';
  /** The lock file. */
  readonly path: string;
  /** The holder; 0 when the lock file is damaged. */
  readonly pid: number;
  /** What the holder does with it. */
  readonly purpose: string;
  /** Since when, ISO 8601, or `unknown`. */
  readonly since: string;
  readonly hostname: string;

  constructor(path: string, holder: LockContent) {
    const who = holder.pid === 0 ? 'somebody' : `process ${holder.pid}`;
    const where = holder.hostname === '' ? '' : ` on ${holder.hostname}`;
    super(
      `locked by ${who}${where} since ${holder.since} (${holder.purpose})`,
      {
        code: 'LOCKED',
        suggestion: `wait until it has ended, or stop it; the lock is ${path}`,
      }
    );
    this.path = path;
    this.pid = holder.pid;
    this.purpose = holder.purpose;
    this.since = holder.since;
    this.hostname = holder.hostname;
  }
}

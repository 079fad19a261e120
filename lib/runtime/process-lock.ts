/**
 * An exclusive lock on a folder: a file that says who holds it.
 *
 * proper-lockfile and its like know only a heartbeat, so a restart after
 * kill -9 would wait until the old one counts as dead; and they let two
 * contenders for a stale lock both win in a narrow window. Here the holder's
 * start time frees a lock at once where pids can be compared, the heartbeat
 * decides where they cannot (containers on one volume: everybody is pid 1),
 * and a stale lock is replaced under a guard named after that very lock.
 */

import { readFileSync, rmSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { isDiskFull } from './disk-usage.js';
import { newLockContent, parseLock, type LockContent } from './lock-content.js';
import {
  createLock,
  readLock,
  replaceLock,
  sweepLeftOvers,
} from './lock-file.js';
import { LockedError } from './locked-error.js';
import { pause } from './pause.js';
import {
  ownIdentity,
  ownPlace,
  presenceOf,
  type ProcessIdentity,
} from './process-identity.js';
import { RuntimeError } from './runtime-error.js';
import { systemCode } from '../errors/system-code.js';

/** How a lock is taken. */
export interface LockOptions {
  /** What it is held for: `the embedded index on /srv/data`. */
  readonly purpose: string;
  /** How often the holder touches the file (ms, default 2,000). */
  readonly heartbeatMs?: number | undefined;
  /**
   * How long a holder that cannot be seen from here may be silent before its
   * lock is stale (ms, default 10,000). Taking it over waits that long at most.
   */
  readonly staleMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Who takes it (default: this process). */
  readonly identity?: ProcessIdentity | undefined;
}

/** A lock that is held. */
export interface Lock {
  /** The lock file. */
  readonly path: string;
  readonly token: string;
  /**
   * Fires when the lock was taken away: this process was frozen for longer
   * than `staleMs` and somebody who cannot see it took over. Stop at once.
   */
  readonly lost: AbortSignal;
  /** Frees it, if it is still ours. Also done at the end of the process. */
  release(): Promise<void>;
}

const DEFAULTS = { heartbeatMs: 2000, staleMs: 10_000 };
const POLL_MS = 50;

/**
 * Takes the lock.
 *
 * @param file the lock file; its folder must exist
 * @throws LockedError LOCKED when somebody alive holds it
 * @throws RuntimeError LOCK_FAILED when the file cannot be written
 */
export async function acquireLock(
  file: string,
  options: LockOptions
): Promise<Lock> {
  const content = newLockContent(
    options.identity ?? ownIdentity(),
    options.purpose,
    new Date()
  );
  const resolved = path.resolve(file);
  const staleMs = options.staleMs ?? DEFAULTS.staleMs;
  try {
    await take(resolved, resolved, content, staleMs, options.signal);
  } catch (error) {
    if (error instanceof RuntimeError || options.signal?.aborted === true) {
      throw error;
    }
    throw new RuntimeError(`cannot take the lock ${resolved}`, {
      code: 'LOCK_FAILED',
      cause: error,
      suggestion: isDiskFull(error)
        ? `free some space on that disk: df -h ${path.dirname(resolved)}`
        : `check the folder's owner and mode: ls -ld ${path.dirname(resolved)}`,
    });
  }
  return new HeldLock(
    resolved,
    content.token,
    options.heartbeatMs ?? DEFAULTS.heartbeatMs
  );
}

/**
 * @param file the lock to take: the root itself or a guard of it
 * @param root what guards are named after
 */
async function take(
  file: string,
  root: string,
  content: LockContent,
  staleMs: number,
  signal?: AbortSignal
): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    if (await createLock(file, content)) return;
    const holder = await readLock(file);
    if (holder === null) continue; // released just now
    if (!(await isStale(file, holder.content, staleMs, signal))) {
      throw new LockedError(file, holder.content);
    }
    if (await takeOver(file, root, holder.content, content, staleMs, signal)) {
      return;
    }
  }
}

/**
 * Replaces a stale lock. Only the holder of the guard that is named after the
 * stale lock's token may replace that lock, so of many contenders one wins; a
 * guard whose holder died is itself a stale lock, with a guard of its own.
 *
 * @returns false when somebody else was quicker
 */
async function takeOver(
  file: string,
  root: string,
  stale: LockContent,
  content: LockContent,
  staleMs: number,
  signal?: AbortSignal
): Promise<boolean> {
  const guard = `${root}.takeover-${stale.token}`;
  const guardContent = newLockContent(content, content.purpose, new Date());
  try {
    await take(guard, root, guardContent, staleMs, signal);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    await pause(POLL_MS, signal);
    return false;
  }
  try {
    const now = await readLock(file);
    if (now === null || now.content.token !== stale.token) return false;
    await replaceLock(file, content);
    await sweepLeftOvers(root, 60_000).catch(() => undefined);
    return true;
  } finally {
    await removeIfOurs(guard, guardContent.token);
  }
}

/**
 * Whether the holder is gone. Where its process can be seen the answer is
 * immediate, else its heartbeat decides. Between machines clocks differ, so
 * there only a touch that is seen, or not seen for `staleMs`, counts.
 */
async function isStale(
  file: string,
  holder: LockContent,
  staleMs: number,
  signal?: AbortSignal
): Promise<boolean> {
  const first = await readLock(file);
  const sameClock =
    holder.bootId !== null && holder.bootId === ownPlace().bootId;
  const startedMs = performance.now();
  for (;;) {
    const presence = presenceOf(holder);
    if (presence !== 'unknown') return presence === 'gone';
    const now = await readLock(file);
    if (now?.content.token !== holder.token) return true; // look again
    if (sameClock && Date.now() - now.touchedMs >= staleMs) return true;
    if (now.touchedMs !== first?.touchedMs) return false;
    if (performance.now() - startedMs >= staleMs) return true;
    await pause(Math.min(POLL_MS, staleMs), signal);
  }
}

const heldLocks = new Set<HeldLock>();

function releaseAllNow(): void {
  for (const lock of heldLocks) lock.releaseNow();
}

class HeldLock implements Lock {
  readonly path: string;
  readonly token: string;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #beating: Promise<void> | undefined;

  constructor(file: string, token: string, heartbeatMs: number) {
    this.path = file;
    this.token = token;
    this.#timer = setInterval(() => {
      this.#beating ??= this.#beat().finally(() => {
        this.#beating = undefined;
      });
    }, heartbeatMs).unref();
    if (heldLocks.size === 0) process.on('exit', releaseAllNow);
    heldLocks.add(this);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    this.#forget();
    await this.#beating;
    await removeIfOurs(this.path, this.token);
  }

  async #beat(): Promise<void> {
    try {
      const found = await readLock(this.path);
      if (found?.content.token === this.token) {
        const now = new Date();
        await fs.utimes(this.path, now, now);
      } else {
        this.#forget();
        this.#lost.abort(
          new RuntimeError(`the lock ${this.path} was taken away`, {
            code: 'LOCK_FAILED',
          })
        );
      }
    } catch {
      // The disk does not answer; nobody else can take the lock either.
    }
  }

  #forget(): void {
    clearInterval(this.#timer);
    if (heldLocks.delete(this) && heldLocks.size === 0) {
      process.off('exit', releaseAllNow);
    }
  }

  /** At the end of the process, where nothing can be waited for. */
  releaseNow(): void {
    try {
      const { token } = parseLock(readFileSync(this.path, 'utf8'));
      if (token === this.token) rmSync(this.path);
    } catch {
      // The process ends; a lock it leaves is stale.
    }
  }
}

async function removeIfOurs(file: string, token: string): Promise<void> {
  try {
    const found = await readLock(file);
    if (found?.content.token === token) await fs.rm(file, { force: true });
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

import { createHash, randomBytes } from 'node:crypto';
import type { ProcessIdentity } from './process-identity.js';

/** What stands in a lock file. */
export interface LockContent extends ProcessIdentity {
  /** Different for every lock that was ever taken. */
  readonly token: string;
  /** What it is held for, for the message of those who have to wait. */
  readonly purpose: string;
  /** When it was taken, ISO 8601. */
  readonly since: string;
}

/** The content of a new lock. */
export function newLockContent(
  identity: ProcessIdentity,
  purpose: string,
  now: Date
): LockContent {
  return {
    pid: identity.pid,
    startTime: identity.startTime,
    pidNamespace: identity.pidNamespace,
    hostname: identity.hostname,
    bootId: identity.bootId,
    token: randomBytes(12).toString('hex'),
    purpose,
    since: now.toISOString(),
  };
}

/** The text of a lock file. */
export function lockText(content: LockContent): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * Reads a lock file's text. A damaged one (a crash of the machine, a foreign
 * file) is somebody unknown of nowhere: judged by its heartbeat alone.
 */
export function parseLock(text: string): LockContent {
  return asLock(quietParse(text)) ?? damaged(text);
}

/** Reads the fields of a {@link ProcessIdentity}; null when it is none. */
export function asIdentity(value: unknown): ProcessIdentity | null {
  if (typeof value !== 'object' || value === null) return null;
  const { pid, startTime, pidNamespace, hostname, bootId } = value as Record<
    string,
    unknown
  >;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) {
    return null;
  }
  if (typeof hostname !== 'string') return null;
  if (!isTextOrNull(startTime) || !isTextOrNull(pidNamespace)) return null;
  if (!isTextOrNull(bootId)) return null;
  return { pid, startTime, pidNamespace, hostname, bootId };
}

function asLock(value: unknown): LockContent | null {
  const identity = asIdentity(value);
  if (identity === null) return null;
  const { token, purpose, since } = value as Record<string, unknown>;
  // The token becomes part of a file name.
  if (typeof token !== 'string' || !/^[0-9a-f]{8,64}$/.test(token)) return null;
  if (typeof purpose !== 'string' || typeof since !== 'string') return null;
  return { ...identity, token, purpose: purpose.slice(0, 500), since };
}

function damaged(text: string): LockContent {
  return {
    pid: 0,
    startTime: null,
    pidNamespace: null,
    hostname: '',
    bootId: null,
    token: createHash('sha256').update(text).digest('hex').slice(0, 24),
    purpose: 'unknown: its content is damaged',
    since: 'unknown',
  };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function quietParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

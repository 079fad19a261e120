import type { EnvChange, EnvFileChange } from '../env/index.js';
import { asFields } from '../runtime/state-file.js';

/** An env file that setup changed, and what it takes to put it back. */
export interface RecordedFile {
  /** The file behind symbolic links. */
  readonly path: string;
  /** Whether it was made by us. */
  readonly created: boolean;
  /** Per key: what it was before the first run and is since the last one. */
  readonly changes: readonly EnvChange[];
  /** Dated copies made beside it, oldest first. */
  readonly backups: readonly string[];
}

/** One edit of an env file as it is recorded. Pure. */
export function recordedEdit(edit: EnvFileChange): RecordedFile {
  const { realPath, created, changes, backupPath } = edit;
  const backups = backupPath === null ? [] : [backupPath];
  return { path: realPath, created, changes, backups };
}

/**
 * Adds what another edit changed: what was there before stays what was there
 * before the first one. Pure.
 *
 * @param earlier null for a first edit
 */
export function recordFileChange(
  earlier: RecordedFile | null,
  change: RecordedFile
): RecordedFile {
  const { path, created } = change;
  const known = earlier?.path === path && !created ? earlier : null;
  const changes = new Map(known?.changes.map((one) => [one.key, one]));
  for (const now of change.changes) {
    const first = changes.get(now.key);
    // Somebody changed it in between: then that is what was there before.
    const isOurs = first !== undefined && first.after === now.before;
    changes.set(now.key, isOurs ? mergedChange(first, now) : now);
  }
  return {
    path,
    created: created || (known?.created ?? false),
    changes: [...changes.values()].filter((one) => one.before !== one.after),
    backups: [...(known?.backups ?? []), ...change.backups],
  };
}

function mergedChange(first: EnvChange, now: EnvChange): EnvChange {
  const { beforeRaw: _, ...latest } = now;
  const raw =
    first.beforeRaw === undefined ? {} : { beforeRaw: first.beforeRaw };
  return { ...latest, kind: first.kind, before: first.before, ...raw };
}

/** Reads a file of `setup.json`. @returns null when it is none */
export function parseRecordedFile(value: unknown): RecordedFile | null {
  const { path, created, changes, backups } = asFields(value) ?? {};
  if (typeof path !== 'string' || typeof created !== 'boolean') return null;
  if (!Array.isArray(changes) || !Array.isArray(backups)) return null;
  const parsed = changes.map(parseChange).filter((change) => change !== null);
  if (parsed.length !== changes.length) return null;
  return {
    path,
    created,
    changes: parsed,
    backups: backups.filter((backup) => typeof backup === 'string'),
  };
}

function parseChange(value: unknown): EnvChange | null {
  const { key, kind, before, after, beforeRaw, line } = asFields(value) ?? {};
  if (typeof key !== 'string' || typeof line !== 'number') return null;
  if (kind !== 'added' && kind !== 'changed' && kind !== 'removed') return null;
  if (!isTextOrNull(before) || !isTextOrNull(after)) return null;
  if (beforeRaw !== undefined && typeof beforeRaw !== 'string') return null;
  const raw = beforeRaw === undefined ? {} : { beforeRaw };
  return { key, kind, before, after, ...raw, line };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

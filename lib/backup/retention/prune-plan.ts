import {
  isUsable,
  isVerified,
  type FoundBackup,
  type ReadBackup,
} from '../backup-folder.js';
import { decideKeeping, type KeepPolicy } from './keep-policy.js';

/** What pruning would do. */
export interface PrunePlan {
  readonly keep: ReadonlyArray<{
    readonly backup: ReadBackup;
    readonly reasons: readonly string[];
  }>;
  readonly remove: readonly ReadBackup[];
  /** Left alone, and counted for nothing. */
  readonly damaged: readonly FoundBackup[];
}

/**
 * Applies a policy. Backups of another runtime, or of sample data, are kept by
 * rules of their own; bad ones take no good one's place. Pure.
 */
export function planPrune(
  found: readonly FoundBackup[],
  policy: KeepPolicy
): PrunePlan {
  const groups = new Map<string, ReadBackup[]>();
  const damaged: FoundBackup[] = [];
  for (const backup of found) {
    const { manifest } = backup;
    if (manifest === null || !isUsable(backup)) {
      damaged.push(backup);
      continue;
    }
    const key = `${manifest.runtime} ${manifest.sample}`;
    groups.set(key, [...(groups.get(key) ?? []), { ...backup, manifest }]);
  }
  const keep: Array<PrunePlan['keep'][number]> = [];
  const remove: ReadBackup[] = [];
  for (const group of groups.values()) {
    const byId = new Map(group.map((backup) => [backup.id, backup]));
    const candidates = group.map((backup) => ({
      id: backup.id,
      createdAt: new Date(backup.manifest.createdAt),
      verified: isVerified(backup),
    }));
    for (const { id, reasons } of decideKeeping(candidates, policy)) {
      const backup = byId.get(id);
      if (backup === undefined) continue;
      if (reasons.length > 0) keep.push({ backup, reasons });
      else remove.push(backup);
    }
  }
  return { keep, remove, damaged };
}

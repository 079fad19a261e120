import {
  defineCommand,
  EXIT,
  formatBytes,
  formatDuration,
  groupedCommand,
  shellWord,
  STANDARD_FLAGS,
} from '../../cli/index.js';
import { BackupError } from '../backup-error.js';
import { findBackups, isVerified, type FoundBackup } from '../backup-folder.js';
import {
  storedSize,
  unpackedSize,
  type BackupManifest,
} from '../manifest/manifest.js';
import { readBackupState } from '../run-record.js';
import { openScene, type BackupScene } from './backup-scene.js';
import { PLACE_FLAGS } from './place-flags.js';

const SPEC = defineCommand({
  command: 'npx zx scripts/backup.ts list',
  purpose: 'Lists the backups, newest first. Half-written ones are none.',
  flags: { ...PLACE_FLAGS, json: STANDARD_FLAGS.json },
  exitCodes: [[EXIT.nothingFound, 'there is none']],
});

/** `list`. */
export const LIST_COMMAND = groupedCommand(
  'list',
  SPEC,
  async ({ flags, output }) => {
    const scene = await openScene(flags);
    const { backups } = scene;
    const found = await findBackups(backups);
    if (found.length === 0) throw await noBackups(scene);
    output.document({
      schemaVersion: 1,
      ok: true,
      backups,
      list: found.map(backupDocument),
    });
    for (const backup of found) output.result(backupLine(backup, new Date()));
    return EXIT.good;
  }
);

/** What is said where there is no backup: the last run may know where. */
export async function noBackups({
  folder,
  backups,
}: BackupScene): Promise<BackupError> {
  const last = (await readBackupState(folder.backup))?.folder ?? backups;
  return new BackupError(`there is no backup in ${backups}`, {
    code: 'NOTHING_FOUND',
    suggestion:
      last === backups
        ? 'npx zx scripts/backup.ts create'
        : `look where the last run wrote to: --backups ${shellWord(last)}`,
  });
}

/** A backup as `--json` shows it. */
export function backupDocument(backup: FoundBackup): object {
  const { id, path, manifest, problem, verification } = backup;
  return {
    id,
    path,
    createdAt: manifest?.createdAt ?? null,
    runtime: manifest?.runtime ?? null,
    sample: manifest?.sample ?? null,
    storedBytes: manifest === null ? null : storedSize(manifest),
    unpackedBytes: manifest === null ? null : unpackedSize(manifest),
    cursorUs: manifest?.index.cursorUs ?? null,
    verified: isVerified(backup),
    warnings: manifest?.warnings ?? [],
    verification,
    problem,
  };
}

/** A backup on a line. */
export function backupLine(backup: FoundBackup, now: Date): string {
  const { id, manifest, problem, verification } = backup;
  if (manifest === null || problem !== null) {
    return `${id}  DAMAGED: ${problem ?? 'it cannot be read'}`;
  }
  const age = formatDuration(now.getTime() - Date.parse(manifest.createdAt));
  const kind = manifest.sample
    ? `${manifest.runtime}, sample`
    : manifest.runtime;
  const size = formatBytes(storedSize(manifest));
  return `${id}  ${age} old, ${size}, ${kind}, ${stateOf(verification, manifest)}`;
}

/** What a backup is that was opened and looked at. Pure. */
export function verifiedText({ warnings }: BackupManifest): string {
  return warnings.length === 0 ? 'verified' : 'verified without counts';
}

function stateOf(
  verification: FoundBackup['verification'],
  manifest: BackupManifest
): string {
  if (verification === null) return 'not verified';
  if (verification.problem !== null) return `BAD: ${verification.problem}`;
  return verification.level === 'full'
    ? verifiedText(manifest)
    : 'sums verified';
}

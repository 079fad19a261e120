import type { ReadBackup } from '../backup-folder.js';
import type { OnProgress } from '../progress.js';
import type { Workplace } from '../workplace.js';
import { checkSums } from './check-sums.js';
import { assertNoDifference, compareIndex } from './compare-index.js';
import {
  writeVerification,
  type Verification,
  type VerifyLevel,
} from './verification.js';

/** How a backup is verified. */
export interface VerifyOptions {
  readonly level: VerifyLevel;
  /** Where it is unpacked for a full look; emptied afterwards. */
  readonly workplace: () => Promise<Workplace>;
  readonly signal: AbortSignal;
  readonly now?: (() => Date) | undefined;
  readonly onStage?: ((text: string) => void) | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Looks whether a backup is what it was, and writes down what came of it:
 * `quick` reads every file and compares the sums, `full` also opens it in an
 * index of its own and compares the counts. Only for the holder of the lock.
 *
 * @throws BackupError DAMAGED, MISMATCH (both written down), NO_SPACE,
 *   NOT_SUPPORTED; the signal's reason
 */
export async function verifyBackup(
  backup: ReadBackup,
  options: VerifyOptions
): Promise<Verification> {
  const { level, signal, now = () => new Date() } = options;
  const note = async (problem: string | null): Promise<Verification> => {
    const at = now().toISOString();
    const kept = levelAfter(backup, level, problem);
    const verification = { at, level: kept, problem };
    await writeVerification(backup.path, verification);
    return verification;
  };
  try {
    if (level === 'quick') {
      const { onStage, onProgress = () => undefined } = options;
      onStage?.('comparing sums');
      await checkSums(backup, 'all', signal, onProgress);
    } else {
      await verifyOpened(backup, options);
    }
  } catch (error) {
    signal.throwIfAborted();
    const code: unknown =
      error instanceof Error ? Reflect.get(error, 'code') : undefined;
    // Only what is wrong with the backup counts against it.
    if (code === 'DAMAGED' || code === 'MISMATCH') {
      await note(error instanceof Error ? error.message : String(error));
    }
    throw error;
  }
  return await note(null);
}

/** A quick look that finds nothing takes nothing from what a full one found. */
function levelAfter(
  { verification }: ReadBackup,
  level: VerifyLevel,
  problem: string | null
): VerifyLevel {
  const wasFull = verification?.level === 'full';
  const isGood = problem === null && verification?.problem === null;
  return wasFull && isGood ? 'full' : level;
}

async function verifyOpened(
  backup: ReadBackup,
  options: VerifyOptions
): Promise<void> {
  const { signal, onProgress = () => undefined } = options;
  const { onStage = () => undefined } = options;
  const workplace = await options.workplace();
  await checkSums(backup, 'not-unpacked', signal, onProgress);
  try {
    onStage('unpacking');
    await workplace.unpack(backup, signal, onProgress);
    onStage('comparing counts');
    await assertSameCounts(workplace, backup, signal);
  } catch (error) {
    // What is wrong with the backup is worth more than what is left behind.
    await workplace.remove().catch(() => undefined);
    throw error;
  }
  await workplace.remove();
}

/**
 * Opens unpacked data and compares it with the manifest.
 *
 * @throws BackupError MISMATCH, NOT_LOOKED_AT; CheckError, HealthError
 */
export async function assertSameCounts(
  workplace: Workplace,
  { manifest }: ReadBackup,
  signal: AbortSignal
): Promise<void> {
  const index = await workplace.open(signal);
  try {
    const differences = await compareIndex(index.api, manifest, signal).catch(
      async (error: unknown) => {
        signal.throwIfAborted();
        throw await index.explain(error);
      }
    );
    assertNoDifference(differences);
  } finally {
    await index.close();
  }
}

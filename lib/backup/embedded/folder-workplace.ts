import { rm } from 'node:fs/promises';
import path from 'node:path';
import { unpackBackup } from '../archive/unpack-backup.js';
import type { ReadBackup } from '../backup-folder.js';
import { newVerifyName } from '../backup-name.js';
import type { IndexOpener, OpenedIndex } from '../index-opener.js';
import { unpackedSize } from '../manifest/manifest.js';
import type { OnProgress } from '../progress.js';
import {
  assertSpace,
  explainFullDisk,
  type DiskFloor,
} from '../space-check.js';
import type { Workplace } from '../workplace.js';

/** What a folder is for, said where it has no room. */
export interface FolderPurpose {
  /** `unpacking it for a look`. */
  readonly purpose: string;
  readonly wayOut: string;
  /** What a running index needs there. */
  readonly floor?: DiskFloor | undefined;
}

/** A folder of this machine. */
export class FolderWorkplace implements Workplace {
  readonly #target: string;
  readonly #opener: IndexOpener;
  readonly #purpose: FolderPurpose;

  /** @param target the folder, absolute; it is made, its parent is there */
  constructor(target: string, opener: IndexOpener, purpose: FolderPurpose) {
    this.#target = target;
    this.#opener = opener;
    this.#purpose = purpose;
  }

  async unpack(
    backup: ReadBackup,
    signal: AbortSignal,
    onProgress: OnProgress
  ): Promise<void> {
    const parent = path.dirname(this.#target);
    const { purpose, wayOut, floor } = this.#purpose;
    const size = unpackedSize(backup.manifest);
    await assertSpace(parent, size, purpose, wayOut, floor);
    try {
      await unpackBackup(backup, this.#target, signal, onProgress);
    } catch (error) {
      throw explainFullDisk(error, parent, wayOut);
    }
  }

  async open(signal: AbortSignal): Promise<OpenedIndex> {
    return await this.#opener.open(this.#target, signal);
  }

  async remove(): Promise<void> {
    await rm(this.#target, { recursive: true, force: true });
  }
}

/**
 * A folder for a look at a backup, in one that has room for it.
 *
 * @param floor what a running index needs on that disk
 */
export function lookFolder(
  workFolder: string,
  opener: IndexOpener,
  floor?: DiskFloor
): FolderWorkplace {
  return new FolderWorkplace(path.join(workFolder, newVerifyName()), opener, {
    purpose: 'unpacking it for a look',
    wayOut:
      'use a folder on another disk with --work DIR, or compare sums alone: npx zx scripts/backup.ts verify --quick',
    floor,
  });
}

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Runtime } from '../../runtime/index.js';
import type { IndexOpener } from '../index-opener.js';
import type { BackupManifest } from '../manifest/manifest.js';
import { sweepFresh } from '../restore/kept-data.js';
import type {
  DataSwap,
  RestorePlace,
  Settled,
  SettleOptions,
} from '../restore/restore-place.js';
import type { RestorePlan } from '../restore/restore-plan.js';
import { settleByHealth } from '../restore/settle-by-health.js';
import { swapData } from './data-swap.js';
import { FolderWorkplace } from './folder-workplace.js';

/** The data folder of an embedded index. */
export class EmbeddedPlace implements RestorePlace {
  readonly fresh: FolderWorkplace;
  readonly #plan: RestorePlan;
  readonly #runtime: Runtime;

  constructor(plan: RestorePlan, runtime: Runtime, opener: IndexOpener) {
    this.#plan = plan;
    this.#runtime = runtime;
    this.fresh = new FolderWorkplace(plan.freshPath, opener, {
      purpose: 'the restored index beside the present one',
      wayOut: 'free some space, or restore to another disk with --data DIR',
    });
  }

  async prepare(): Promise<void> {
    const { dataPath } = this.#plan;
    await mkdir(path.dirname(dataPath), { recursive: true });
    await sweepFresh(dataPath);
  }

  async swap(): Promise<DataSwap> {
    const { freshPath, dataPath, keptPath } = this.#plan;
    return await swapData(freshPath, dataPath, keptPath);
  }

  async settle(
    manifest: BackupManifest,
    options: SettleOptions
  ): Promise<Settled> {
    return await settleByHealth(manifest, this.#runtime, options);
  }

  /** Its store knows since when nothing is missing. */
  accept(): Promise<void> {
    return Promise.resolve();
  }
}

import { counterProbe, HealthError, waitFor } from '../../health/index.js';
import type { DataHelper } from '../../runtime/docker/data-helper.js';
import { saveDockerRecord } from '../../runtime/docker/docker-record.js';
import type { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import {
  nameGeneration,
  type Generation,
} from '../../runtime/docker/generation.js';
import { sweepOwnerless } from '../../runtime/docker/owned.js';
import { deathOf, type StateFolder } from '../../runtime/index.js';
import type { BackupManifest } from '../manifest/manifest.js';
import { gapByAge } from '../restore/restore-checks.js';
import type {
  DataSwap,
  RestorePlace,
  Settled,
  SettleOptions,
} from '../restore/restore-place.js';
import { settleByHealth } from '../restore/settle-by-health.js';
import { openHelper } from './docker-index.js';
import type { DockerRestorePlan } from './docker-restore-plan.js';
import { DockerWorkplace } from './docker-workplace.js';
import { explainFullVolume } from './room.js';
import { endGeneration, sweepGenerations } from './unfinished-generation.js';

/** A volume, in which the restored index gets a folder of its own. */
export class DockerPlace implements RestorePlace {
  readonly fresh: DockerWorkplace;
  readonly #plan: DockerRestorePlan;
  readonly #runtime: DockerRuntime;
  readonly #folder: StateFolder;

  constructor(
    plan: DockerRestorePlan,
    runtime: DockerRuntime,
    folder: StateFolder
  ) {
    this.#plan = plan;
    this.#runtime = runtime;
    this.#folder = folder;
    const { engine, image, source, user, floor } = plan.index;
    const generation = plan.next;
    this.fresh = new DockerWorkplace({
      engine,
      image,
      source,
      user,
      generation,
      floor,
    });
  }

  async prepare(): Promise<void> {
    await sweepOwnerless(this.#plan.index.engine);
    await this.#inVolume(sweepGenerations);
  }

  async swap(): Promise<DataSwap> {
    const { current, next, keptPath, present } = this.#plan;
    await this.#inVolume((helper) => endGeneration(helper, next));
    await this.#name(next);
    return {
      keptPath: present === null ? null : keptPath,
      undo: () => this.#name(current),
    };
  }

  async settle(
    manifest: BackupManifest,
    options: SettleOptions
  ): Promise<Settled> {
    return manifest.server.kind === 'embedded'
      ? await settleByHealth(manifest, this.#runtime, options)
      : await this.#settleByCounters(manifest, options);
  }

  async accept({ completeSince }: Settled): Promise<void> {
    const record = await this.#runtime.record();
    if (record === null || completeSince === null) return;
    await saveDockerRecord(this.#folder.docker, {
      ...record,
      since: completeSince,
    });
  }

  /** The real server does not say what it missed: the backup's age has to. */
  async #settleByCounters(
    manifest: BackupManifest,
    { resumeMs, signal }: SettleOptions
  ): Promise<Settled> {
    const { cursorUs, completeSince } = manifest.index;
    const metrics = (await this.#runtime.urls())?.metrics ?? null;
    const gap = gapByAge(cursorUs, Date.now());
    const since = gap === null ? completeSince : gap.to;
    if (metrics === null) return { resumed: false, gap, completeSince: since };
    const moves = counterProbe(`${metrics}/metrics`, {
      maxAgeMs: Number.POSITIVE_INFINITY, // it has days to catch up with
    });
    try {
      await waitFor(moves, {
        deadlineMs: resumeMs,
        signal,
        isDead: () => deathOf(this.#runtime),
      });
      return { resumed: true, gap, completeSince: since };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HealthError) || error.code !== 'DEADLINE') {
        throw error;
      }
      return { resumed: false, gap, completeSince: since };
    }
  }

  async #name(generation: Generation): Promise<void> {
    await this.#inVolume((helper) => nameGeneration(helper, generation));
  }

  async #inVolume(work: (helper: DataHelper) => Promise<void>): Promise<void> {
    const helper = await openHelper(this.#plan.index);
    try {
      await work(helper);
    } catch (error) {
      throw explainFullVolume(error, this.#plan.index.source);
    } finally {
      await helper.close();
    }
  }
}

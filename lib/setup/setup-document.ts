/** The result of setup as `--json` shows it; README.md of this folder. */

import type { Findings } from './findings.js';
import type { RecordedFile } from './recorded-file.js';
import type { EndedStep, PlannedStep } from './run-steps.js';
import { logPlace, nextCommands } from './setup-report.js';
import type { SetupRun } from './setup-run.js';

/** Changes with every change that a reader of the old form would not survive. */
export const SETUP_SCHEMA_VERSION = 1;

/** A file that was changed. */
export interface ChangedFile {
  readonly path: string;
  readonly created: boolean;
  readonly keys: readonly string[];
  readonly backups: readonly string[];
}

/** The document. Times are ISO 8601, sizes in bytes, durations in ms. */
export interface SetupDocument {
  readonly schemaVersion: number;
  readonly ok: true;
  readonly dryRun: boolean;
  /** Invented data: nothing in this index is the network's. */
  readonly sample: boolean;
  /** Whether anything was (with `dryRun`: would be) done. */
  readonly changed: boolean;
  readonly runtime: string;
  readonly state: string;
  readonly steps: ReadonlyArray<{
    readonly id: string;
    readonly status: string;
    readonly text: string;
    readonly durationMs: number;
  }>;
  /** What would be done; with `dryRun` only. */
  readonly plan: readonly PlannedStep[] | null;
  readonly prerequisites: ReadonlyArray<{
    readonly id: string;
    readonly status: string;
    readonly detail: string;
  }>;
  readonly jetstream: {
    readonly urls: readonly string[];
    readonly measured: Findings['measured'];
  };
  readonly data: {
    readonly path: string;
    /** Whether there was an index in it before. */
    readonly existed: boolean;
    readonly freeBytes: number | null;
  };
  /** What follows is null with `dryRun`. */
  readonly urls: {
    readonly api: string;
    readonly metrics: string | null;
    readonly bridge?: string | null | undefined;
  } | null;
  readonly health: {
    readonly verdict: string;
    readonly newestEventAgeMs: number | null;
    readonly eventsTotal: number | null;
    readonly completeSince: string | null;
  } | null;
  readonly changedFiles: readonly ChangedFile[];
  readonly appview: { readonly folder: string; readonly url: string } | null;
  readonly log: string;
  readonly warnings: readonly string[];
  readonly next: readonly string[];
}

/** Puts the document together. */
export function setupDocument(
  run: SetupRun,
  ended: readonly EndedStep[],
  plan: readonly PlannedStep[] | null
): SetupDocument {
  const { findings, options, folder, warnings } = run;
  const data = findings.get('data');
  const connection = findings.find('connection') ?? null;
  const appviewFolder = findings.find('appviewFolder') ?? null;
  const changed =
    plan === null
      ? ended.some(({ id, status }) => id === 'report' && status === 'done')
      : plan.some(({ needed }) => needed);
  return {
    schemaVersion: SETUP_SCHEMA_VERSION,
    ok: true,
    dryRun: plan !== null,
    sample: options.sample,
    changed,
    runtime: findings.get('runtime').runtime.kind,
    state: folder.path,
    steps: ended.map(({ id, status, text, durationMs }) => ({
      id,
      status,
      text,
      durationMs: Math.round(durationMs),
    })),
    plan,
    prerequisites: findings
      .get('prerequisites')
      .map(({ id, status, detail }) => ({ id, status, detail })),
    jetstream: {
      urls: findings.get('jetstream'),
      measured: findings.get('measured'),
    },
    data: { path: data.name, existed: data.exists, freeBytes: data.freeBytes },
    urls: findings.find('status')?.urls ?? null,
    health: healthOf(findings),
    changedFiles: [run.envFile.done, connection?.env ?? null].flatMap(asFile),
    appview:
      appviewFolder === null || connection === null
        ? null
        : { folder: appviewFolder, url: connection.url },
    log: logPlace(run),
    warnings,
    next: nextCommands(run).map(([command]) => command),
  };
}

function healthOf(findings: SetupRun['findings']): SetupDocument['health'] {
  const health = findings.find('health');
  if (health === undefined) return null;
  const { verdict, newestEventAgeMs, eventsTotal } = health;
  const since = findings.get('completeSince')?.toISOString() ?? null;
  return { verdict, newestEventAgeMs, eventsTotal, completeSince: since };
}

function asFile(file: RecordedFile | null): readonly ChangedFile[] {
  if (file === null) return [];
  const { path, created, changes, backups } = file;
  return [{ path, created, keys: changes.map(({ key }) => key), backups }];
}

/** What teardown says, for people and as data. Pure. */

import { formatBytes, labelled } from '../cli/index.js';
import type { AppViewRestoration } from './restore-appview.js';
import type { EngineRemains } from './engine-remains.js';
import type { Remains } from './remains.js';
import type { TeardownOutcome } from './tear-down.js';
import type { TeardownPlan } from './teardown-plan.js';

/** Each thing that goes, by name and size. */
export function removalLines(remove: readonly Remains[]): readonly string[] {
  return labelled(
    remove.map(({ title, path, files, sizeBytes, foreign }) => {
      const count = files.length === 1 ? '1 file' : `${files.length} files`;
      const stays =
        foreign.length === 0
          ? ''
          : `; not ours, stays: ${foreign.slice(0, 3).join(', ')}`;
      const size = `${formatBytes(sizeBytes)}, ${count}`;
      return [title, `${path} (${size})${stays}`] as const;
    })
  );
}

/** What goes from a Docker engine. */
export function engineLines(
  engine: readonly EngineRemains[]
): readonly string[] {
  return labelled(
    engine.map(({ kind, name, sizeBytes }) => {
      const size = sizeBytes === null ? '' : ` (${formatBytes(sizeBytes)})`;
      return [kind, `${name}${size}`] as const;
    })
  );
}

/** What became of the AppView's `.env`. */
export function restorationLines(
  restoration: AppViewRestoration
): readonly string[] {
  const { changes, left, removed, path, backupPath, asBefore } = restoration;
  const lines: string[] = [];
  if (removed) lines.push(`${path}: removed, setup had made it`);
  else if (changes.length > 0) {
    const keys = changes.map(({ key }) => key).join(', ');
    const whole = asBefore ? ', and is byte for byte as before setup' : '';
    lines.push(`${path}: put back ${keys}${whole}`);
  }
  if (backupPath !== null) lines.push(`before that: ${backupPath}`);
  for (const { key, reason } of left) {
    const why =
      reason === 'changed-since'
        ? 'somebody has changed it since, it stays'
        : 'is as it was before setup';
    lines.push(`${key} ${why}`);
  }
  return lines;
}

/** Processes that nobody here started, or whose record is gone. */
export function strayLines({ strays }: TeardownPlan): readonly string[] {
  return strays.map(
    ({ pid, path }) =>
      `process ${pid} has the data in ${path} open, but no record of it is here; to stop it: kill ${pid}`
  );
}

/** What would be done, a line each. */
export function planLines(plan: TeardownPlan): readonly string[] {
  const lines: string[] = [];
  if (plan.stops) {
    const up = plan.status.parts.filter(({ state }) => state === 'up');
    const names = up.map(({ name, id }) => `${name} (process ${id})`);
    lines.push(`stop: ${names.join(' and ') || plan.status.detail}`);
  }
  if (plan.restoration !== null) {
    lines.push(...restorationLines(plan.restoration));
    if (plan.restoration.diff !== '') lines.push(plan.restoration.diff);
  }
  if (plan.switchBack !== null) lines.push(plan.switchBack);
  const gone = [...removalLines(plan.remove), ...engineLines(plan.engine)];
  return [...lines, ...gone.map((line) => `remove ${line}`)];
}

/**
 * The result as `--json` shows it.
 *
 * @param outcome null where nothing was done
 * @param dryRun nothing was done, because it was asked only
 */
export function teardownDocument(
  plan: TeardownPlan,
  outcome: TeardownOutcome | null,
  dryRun: boolean
): object {
  const restoration = outcome?.restoration ?? plan.restoration;
  const removed = outcome?.removed ?? plan.remove;
  return {
    schemaVersion: 1,
    ok: true,
    dryRun,
    state: (outcome?.status ?? plan.status).state,
    stopped: plan.stops,
    appview:
      restoration === null
        ? null
        : {
            path: restoration.path,
            restored: restoration.changes.map(({ key }) => key),
            left: restoration.left,
            removed: restoration.removed,
            asBefore: restoration.asBefore,
            backupPath: restoration.backupPath,
          },
    removed: removed.map(asData),
    engine: plan.engine,
    stays: plan.stays.map(asData),
    kept: outcome?.kept ?? [],
    recordKept: outcome?.recordKept ?? null,
    strays: plan.strays,
  };
}

function asData({ level, title, path, sizeBytes, foreign }: Remains): object {
  return { level, title, path, sizeBytes, foreign };
}

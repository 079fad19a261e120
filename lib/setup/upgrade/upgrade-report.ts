/** What an upgrade says, for people and as data. Pure. */

import { labelled } from '../../cli/index.js';
import type { RuntimeKind } from '../../runtime/runtime.js';
import type { StateFolder } from '../../runtime/state-folder.js';
import type { ReportBlock } from '../setup-report.js';
import type { UpgradeRequest } from './upgrade-request.js';
import type { RunVersion, UpgradeOutcome } from './upgrade-run.js';

/** Changes with every change that a reader of the old form would not survive. */
const UPGRADE_SCHEMA_VERSION = 1;

/** For people. */
export function upgradeBlock({
  state,
  from,
  to,
  lines,
  changedFiles,
}: UpgradeOutcome): ReportBlock {
  const titles = {
    done: `It runs ${named(to)} now`,
    already: `It already runs ${named(from)}`,
    planned: 'Would do (nothing was done)',
    declined: 'Nothing was done',
  } as const;
  const rows = changedFiles.map(({ path, changes }) => {
    const keys = changes.map(({ key }) => key).join(', ');
    return ['changed', `${path} (${keys})`] as const;
  });
  const before = [['before', named(from)] as const];
  return {
    title: titles[state],
    lines: [
      ...labelled(state === 'done' ? [...before, ...rows] : rows),
      ...lines,
    ],
  };
}

/** As `--json` shows it. */
export function upgradeDocument(
  runtime: RuntimeKind,
  { path: state }: StateFolder,
  { kind }: UpgradeRequest,
  { state: came, from, to, lines, changedFiles }: UpgradeOutcome
): object {
  return {
    schemaVersion: UPGRADE_SCHEMA_VERSION,
    ok: came !== 'declined',
    action: kind,
    dryRun: came === 'planned',
    changed: came === 'done' || came === 'planned',
    runtime,
    state,
    from,
    to,
    plan: came === 'planned' ? lines : null,
    changedFiles: changedFiles.map(({ path, created, changes, backups }) => ({
      path,
      created,
      keys: changes.map(({ key }) => key),
      backups,
    })),
  };
}

function named({ image, version }: RunVersion): string {
  const known = version ?? 'an unknown version';
  return image === null ? known : `${image} (${known})`;
}

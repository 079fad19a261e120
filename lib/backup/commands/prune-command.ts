import {
  defineCommand,
  EXIT,
  formatBytes,
  groupedCommand,
  STANDARD_FLAGS,
  UsageError,
  type FlagSpecs,
} from '../../cli/index.js';
import {
  findBackups,
  removeBackup,
  sweepUnfinished,
} from '../backup-folder.js';
import { storedSize } from '../manifest/manifest.js';
import { keepsAnything, type KeepPolicy } from '../retention/keep-policy.js';
import { planPrune, type PrunePlan } from '../retention/prune-plan.js';
import { lockBackups, openScene } from './backup-scene.js';
import { noBackups } from './list-command.js';
import { PLACE_FLAGS } from './place-flags.js';

/** How many backups are kept, as restic counts. */
export const KEEP_FLAGS = {
  keepLast: keepFlag('the newest N'),
  keepHourly: keepFlag('the newest of each of N hours'),
  keepDaily: keepFlag('the newest of each of N days'),
  keepWeekly: keepFlag('the newest of each of N weeks'),
  keepMonthly: keepFlag('the newest of each of N months'),
} as const satisfies FlagSpecs;

function keepFlag(what: string): {
  readonly type: 'integer';
  readonly min: 0;
  readonly max: 100_000;
  readonly placeholder: 'N';
  readonly help: string;
} {
  const help = `keep ${what} (those that have one)`;
  return { type: 'integer', min: 0, max: 100_000, placeholder: 'N', help };
}

/** The values of {@link KEEP_FLAGS}. */
export type KeepValues = {
  readonly [K in keyof typeof KEEP_FLAGS]: number | undefined;
};

/** Flags as a policy; a rule that is not given keeps none. */
export function keepPolicyOf(values: KeepValues): KeepPolicy {
  return {
    last: values.keepLast ?? 0,
    hourly: values.keepHourly ?? 0,
    daily: values.keepDaily ?? 0,
    weekly: values.keepWeekly ?? 0,
    monthly: values.keepMonthly ?? 0,
  };
}

const SPEC = defineCommand({
  command: 'npx zx scripts/backup.ts prune',
  purpose:
    'Removes the backups that no rule keeps. The newest verified one always stays.',
  flags: {
    ...PLACE_FLAGS,
    ...KEEP_FLAGS,
    ...STANDARD_FLAGS,
  },
  exitCodes: [[EXIT.nothingFound, 'there is no backup']],
  examples: [
    {
      command:
        'npx zx scripts/backup.ts prune --keep-daily 7 --keep-weekly 4 --dry-run',
      does: 'Show what would go',
    },
  ],
});

/** `prune`. */
export const PRUNE_COMMAND = groupedCommand(
  'prune',
  SPEC,
  async ({ flags, output, prompts, signal }) => {
    const policy = keepPolicyOf(flags);
    if (!keepsAnything(policy)) throw noRule();
    const scene = await openScene(flags);
    const { backups } = scene;
    const found = await findBackups(backups);
    if (found.length === 0) throw await noBackups(scene);
    const lock = flags.dryRun
      ? null
      : await lockBackups(backups, 'pruning backups', signal);
    try {
      const plan = planPrune(await findBackups(backups), policy);
      for (const line of planLines(plan)) output.note(line);
      if (lock !== null) {
        await sweepUnfinished(backups);
        if (plan.remove.length > 0 && !flags.yes) {
          const count = `${plan.remove.length} of ${found.length}`;
          const message = `Remove these ${count} backups?`;
          if (!prompts.canAsk) throw needsYes();
          if (!(await prompts.confirm(message))) return EXIT.good;
        }
        for (const { path } of plan.remove) {
          signal.throwIfAborted();
          await removeBackup(path);
        }
      }
      report(plan, flags.dryRun);
      return EXIT.good;
    } finally {
      await lock?.release();
    }

    function report(plan: PrunePlan, dryRun: boolean): void {
      const freedBytes = plan.remove.reduce(
        (sum, { manifest }) => sum + storedSize(manifest),
        0
      );
      output.document({
        schemaVersion: 1,
        ok: true,
        dryRun,
        kept: plan.keep.map(({ backup, reasons }) => ({
          id: backup.id,
          reasons,
        })),
        removed: plan.remove.map(({ id }) => id),
        damaged: plan.damaged.map(({ id, problem }) => ({ id, problem })),
        freedBytes,
      });
      const verb = dryRun ? 'would be removed' : 'removed';
      output.result(
        `${plan.keep.length} kept, ${plan.remove.length} ${verb} (${formatBytes(freedBytes)}).`
      );
    }
  }
);

function planLines({ keep, remove, damaged }: PrunePlan): readonly string[] {
  return [
    ...keep.map(
      ({ backup, reasons }) => `keep    ${backup.id}  (${reasons.join(', ')})`
    ),
    ...remove.map(({ id }) => `remove  ${id}`),
    ...damaged.map(
      ({ id, problem }) => `leave   ${id}  (damaged: ${problem ?? 'unknown'})`
    ),
  ];
}

function noRule(): UsageError {
  return new UsageError(
    [
      {
        code: 'missing-answer',
        flag: '--keep-daily',
        message: 'no rule keeps anything: give one of the --keep flags',
      },
    ],
    'npx zx scripts/backup.ts prune --help'
  );
}

function needsYes(): UsageError {
  return new UsageError(
    [
      {
        code: 'missing-answer',
        flag: '--yes',
        message: 'nobody can be asked: give --yes to remove them',
      },
    ],
    'npx zx scripts/backup.ts prune --help'
  );
}

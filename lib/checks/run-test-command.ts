import {
  columnsOf,
  EXIT,
  UsageError,
  type CommandContext,
  type ExitCode,
} from '../cli/index.js';
import { readBackupState } from '../backup/run-record.js';
import { parseSettings } from '../env/index.js';
import {
  DEFAULT_STATE_FOLDER,
  stateFolder,
  type StateFolder,
} from '../runtime/state-folder.js';
import { openRecordedRuntime } from '../setup/recorded-runtime.js';
import { readEnvAnswers } from '../setup/env-answers.js';
import { settingsFileOf } from '../setup/settings-file.js';
import { appviewOf } from './appview/appview-record.js';
import { backupsCheck } from './backups-check.js';
import { trialMsWithin } from './bridge-health.js';
import type { Check, CheckResult } from './check.js';
import type { CheckContext } from './check-context.js';
import { CHECK_LIMITS } from './check-limits.js';
import { CHECKS } from './checks.js';
import { openContext } from './open-context.js';
import { jsonReport, type ReportSubject } from './report/json-report.js';
import {
  prettyHead,
  prettyResult,
  prettySummary,
} from './report/pretty-report.js';
import { tapReport } from './report/tap-report.js';
import { runChecks } from './run-checks.js';
import { selectChecks } from './select-checks.js';
import { summarise } from './summary.js';
import type { TEST_COMMAND } from './test-command.js';

/** What `scripts/test.ts` does with its flags. */
export async function runTestCommand({
  flags,
  env,
  output,
  signal,
}: CommandContext<(typeof TEST_COMMAND)['flags']>): Promise<ExitCode> {
  if (flags.json && flags.tap) {
    throw new UsageError([
      {
        code: 'bad-value',
        flag: '--tap',
        message: '--json and --tap exclude each other',
      },
    ]);
  }
  const startedMs = performance.now();
  const folder = stateFolder(flags.state ?? DEFAULT_STATE_FOLDER);
  const { context, close } = await openContext({
    runtime: await openRecordedRuntime(folder),
    url: flags.url ?? null,
    defaultUrl: await urlBySettings(folder.path, env),
    target: flags.target ?? null,
    appview: await appviewOf(flags.appview, folder.setupRecord),
    redisUrl: flags.redisUrl,
    env,
    envFile: await settingsFileOf(folder.path),
    signal,
    growthFile: folder.growth,
    limits: {
      ...CHECK_LIMITS,
      maxAgeMs: flags.maxAgeMs,
      maxLatencyMs: flags.maxLatencyMs,
      requests: flags.requests,
      minFreeBytes: flags.minFreeMib * 1024 * 1024,
      trialMs: trialMsWithin(flags.timeout * 1000, CHECK_LIMITS),
    },
  });
  try {
    const subject: ReportSubject = {
      url: context.api.baseUrl,
      runtime: context.runtime?.kind ?? null,
      sample: (await context.identity())?.sample ?? null,
      state: folder.path,
    };
    const isTerminal = output.stdout.isTTY === true;
    const pretty = {
      paint: output.resultPaint,
      signs: isTerminal,
      columns: isTerminal ? columnsOf(output.stdout) : undefined,
    };
    const isText = !flags.json && !flags.tap;
    if (isText) output.result(`${prettyHead(subject, pretty)}\n`);
    // Before it is broken into lines.
    const aimed = (result: CheckResult): CheckResult => ({
      ...result,
      ...(result.suggestion === undefined
        ? {}
        : { suggestion: output.aimed(result.suggestion) }),
    });
    const checks = await checksOf(flags.strict, folder);
    const found = await runChecks(checks, context, {
      deadlineMs: flags.timeout * 1000,
      only: selectChecks(CHECKS, flags.only),
      signal,
      onResult: (result) => {
        if (isText) output.result(prettyResult(aimed(result), pretty));
      },
    });
    const results = found.map(aimed);
    const durationMs = performance.now() - startedMs;
    const { strict } = flags;
    const summary = summarise(results, { durationMs, strict });
    if (isText) output.result(`\n${prettySummary(summary, pretty)}`);
    if (flags.tap) output.result(tapReport(results, strict));
    output.document(jsonReport(subject, results, summary, strict));
    return summary.ok ? EXIT.good : EXIT.failed;
  } finally {
    await close();
  }
}

/** Where an index that does not run would answer. */
async function urlBySettings(
  state: string,
  env: Readonly<Record<string, string | undefined>>
): Promise<string> {
  const given = new Map([['state', state]]);
  // One that is broken is told by setup, which reads it for more than this.
  const file = await readEnvAnswers(given, env).catch(() => undefined);
  const { settings } = parseSettings({ ...file?.record, ...env });
  return `http://127.0.0.1:${settings.CONSTELLATION_PORT}`;
}

/** Who makes backups wants to know that they are made. */
async function checksOf(
  strict: boolean,
  folder: StateFolder
): Promise<ReadonlyArray<Check<CheckContext>>> {
  const state = strict ? await readBackupState(folder.backup) : null;
  return state === null ? CHECKS : [...CHECKS, backupsCheck(state)];
}

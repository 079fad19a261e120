import { chooseBridgePort } from '../bridge-port.js';
import { COMMON_PREREQUISITES } from '../prerequisites/common-prerequisites.js';
import {
  checkPrerequisites,
  type CheckedPrerequisite,
  type PrerequisiteSubject,
} from '../prerequisites/prerequisite.js';
import { SetupError } from '../setup-error.js';
import type { SetupRun } from '../setup-run.js';
import type { LookStep, StepResult } from './setup-step.js';

/** 1: whether the machine is fit for it. */
export const prerequisitesStep: LookStep = {
  id: 'prerequisites',
  title: 'Prerequisites',
  kind: 'look',
  run: async (run) => {
    const findings = await checkPrerequisites(
      COMMON_PREREQUISITES,
      subjectOf(run)
    );
    run.findings.set('prerequisites', findings);
    const { ownPorts } = subjectOf(run);
    const { port, warning } = await chooseBridgePort(run.options, ownPorts);
    run.findings.set('bridgePort', port);
    if (warning !== null) run.warnings.push(warning);
    const warnings = findings.filter(({ status }) => status === 'warn');
    for (const { name, detail } of warnings) {
      run.warnings.push(`${name}: ${detail}`);
    }
    return judge(findings);
  },
};

/** What prerequisites are checked against, from what is known. */
export function subjectOf(run: SetupRun): PrerequisiteSubject {
  const { options, folder, before, signal, record } = run;
  const { data, sampleData, growth } = folder;
  const isUp = before.parts.some(({ state }) => state === 'up');
  const own = isUp && before.config !== null ? before.config : null;
  const earlier = record.earlier?.data.at(-1)?.path ?? data;
  const dataPath = options.data ?? (options.sample ? sampleData : earlier);
  const runsOnIt = own?.dataPath === dataPath;
  return {
    options,
    dataPath,
    ownApi: runsOnIt ? (before.urls?.api ?? null) : null,
    ownPorts: new Set(
      [own?.port, own?.metricsPort, own?.bridge?.port].filter(
        (port) => typeof port === 'number'
      )
    ),
    growthFile: growth,
    signal,
  };
}

/**
 * The step's result. Pure.
 *
 * @throws the one error, or SetupError PREREQUISITE with all that fail
 */
export function judge(findings: readonly CheckedPrerequisite[]): StepResult {
  const failed = findings.filter(({ status }) => status === 'fail');
  const [first] = failed;
  if (first !== undefined && failed.length === 1 && first.error !== undefined) {
    throw first.error;
  }
  if (first !== undefined) {
    const texts = failed.map(({ name, detail }) => `${name}: ${detail}`);
    throw new SetupError(texts.join('\n'), {
      code: 'PREREQUISITE',
      suggestion: first.suggestion,
      cause: first.error,
    });
  }
  const warned = findings.filter(({ status }) => status === 'warn');
  const details = findings.map(({ name, detail }) => [name, detail] as const);
  return warned.length === 0
    ? { status: 'done', text: 'all there', details }
    : {
        status: 'warned',
        text: `look at ${warned.map(({ name }) => name).join(', ')}`,
        details,
      };
}

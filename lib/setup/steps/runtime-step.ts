import type { RuntimeKind } from '../../runtime/runtime.js';
import { chooseBridgeRedis } from '../bridge-redis.js';
import { checkPrerequisites } from '../prerequisites/prerequisite.js';
import {
  assertRetention,
  chooseRuntime,
  type RuntimeCandidate,
} from '../runtimes/choose-runtime.js';
import { assertSameRuntime } from '../runtimes/other-runtime.js';
import type { SetupRuntime } from '../runtimes/setup-runtime.js';
import { SETUP_RUNTIMES } from '../runtimes/setup-runtimes.js';
import { SetupError } from '../setup-error.js';
import type { SetupRun } from '../setup-run.js';
import { folderOf } from './appview-step.js';
import { subjectOf } from './prerequisites-step.js';
import type { LookStep } from './setup-step.js';

/** 2: what runs the index. */
export const runtimeStep: LookStep = {
  id: 'runtime',
  title: 'Runtime',
  kind: 'look',
  run: async (run, live) => {
    const { options, findings, folder, programs, prompts, record } = run;
    const { sample, runtime: wanted } = options;
    const candidates: RuntimeCandidate[] = [];
    for (const { prerequisites, ...kind } of SETUP_RUNTIMES) {
      // What cannot be chosen is not looked at either.
      if (wanted !== 'auto' && wanted !== kind.kind) continue;
      if (wanted === 'auto' && sample && !kind.takesSample) continue;
      const subject = subjectOf(run);
      const checked = await checkPrerequisites(prerequisites, subject);
      candidates.push({ ...kind, findings: checked });
    }
    const all = candidates.flatMap((candidate) => candidate.findings);
    findings.set('prerequisites', [...findings.get('prerequisites'), ...all]);
    const wish = { wanted, sample, earlier: record.earlier?.runtime ?? null };
    const offered = chooseRuntime(wish, candidates);
    const answer =
      candidates.length === 1 || record.earlier !== null || sample
        ? offered.kind
        : await live.ask(() =>
            prompts.ask('runtime', {
              message: 'What shall run the index?',
              initial: offered.kind,
            })
          );
    const choice =
      answer === offered.kind
        ? offered
        : chooseRuntime({ ...wish, wanted: answer }, candidates);
    const chosen = SETUP_RUNTIMES.find(({ kind }) => kind === choice.kind);
    if (chosen === undefined) {
      throw new SetupError(`${choice.kind} is not known to setup`, {
        code: 'NO_RUNTIME',
      });
    }
    refuseOther(run, chosen.kind);
    assertRetention(chosen.kind, options.retainDays);
    // Its containers join those of the AppView, so that has to be known now.
    if (chosen.kind === 'docker') {
      findings.set('appviewFolder', await live.ask(() => folderOf(run)));
    }
    const { dockerEnv: env } = options;
    const hasBridge = findings.get('bridgePort') !== null;
    const envFile = run.envFile.path;
    const redis =
      chosen.kind === 'embedded' && hasBridge
        ? await chooseBridgeRedis({ env, envFile })
        : null;
    const opened = chosen.open({
      folder,
      programs,
      redis,
      settingsFile: envFile,
      env,
      stack: {
        ...run.options.stack,
        appview: findings.find('appviewFolder') ?? null,
        bridge: hasBridge,
      },
    });
    findings.set('runtime', opened);
    if (hasBridge) await leaveToOwnBridge(run, opened);
    run.warnings.push(...((await opened.notices?.()) ?? []));
    const because = choice.because === '' ? '' : ` (${choice.because})`;
    return { status: 'done', text: `${chosen.title}${because}` };
  },
};

/** @throws SetupError OTHER_RUNTIME */
function refuseOther(
  { record, before, folder }: SetupRun,
  to: RuntimeKind
): void {
  const { earlier } = record;
  const inFolder = before.config?.dataPath ?? folder.data;
  assertSameRuntime({
    from: earlier?.runtime ?? null,
    to,
    isUp: before.parts.some(({ state }) => state === 'up'),
    appview: earlier?.appview?.folder ?? null,
    data:
      earlier?.runtime === 'docker' && before.config?.dataPath === null
        ? 'its volume'
        : inFolder,
  });
}

/** Where the AppView's stack has a bridge, that one is switched instead. */
async function leaveToOwnBridge(
  { findings, options, warnings }: SetupRun,
  { ownBridge }: SetupRuntime
): Promise<void> {
  const own = (await ownBridge?.()) ?? null;
  if (own === null) return;
  findings.set('bridgePort', null);
  if (!options.bridgePortAsked) return;
  warnings.push(
    `--bridge-port is left out: the AppView has a bridge of its own, ${own}`
  );
}

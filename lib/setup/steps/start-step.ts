import type {
  RuntimePart,
  RuntimePlan,
  RuntimeProgress,
} from '../../runtime/runtime.js';
import type { RecordedData } from '../setup-record.js';
import { configOf, type SetupRun } from '../setup-run.js';
import type { ActStep, LiveStep } from './setup-step.js';

/** How long taking a start back may take (ms). */
const UNDO_STOP_MS = 40_000;

/** 6: the index is started. */
export const startStep: ActStep = {
  id: 'start',
  title: 'Start',
  kind: 'act',
  preview: async (run) => {
    const plan = await run.findings.get('runtime').runtime.plan(configOf(run));
    run.findings.set('runtimePlan', plan);
    return { needed: plan.change !== 'none', text: planText(plan) };
  },
  run: async (run, live) => {
    const { runtime } = run.findings.get('runtime');
    const plan = await runtime.plan(configOf(run));
    run.findings.set('runtimePlan', plan);
    const status =
      plan.change === 'none'
        ? await runtime.status()
        : await start(run, live, plan);
    run.findings.set('status', status);
    const missing = await run.findings.get('runtime').notDone?.();
    if (typeof missing === 'string') run.warnings.push(missing);
    const parts = status.parts.map(({ name, id }) => `${name} ${id}`);
    const because =
      plan.reasons.length === 0 ? '' : ` (${plan.reasons.join(', ')})`;
    const text = `${status.detail.replace(/ since .*$/, '')}, ${parts.join(', ')}${because}`;
    return plan.change === 'none'
      ? { status: 'already', text: `${status.detail}` }
      : { status: 'done', text };
  },
};

async function start(run: SetupRun, live: LiveStep, plan: RuntimePlan) {
  const { undo, signal, findings, before } = run;
  const { runtime } = findings.get('runtime');
  const isPipe = run.output.stderr.isTTY !== true;
  const onProgress = ({ text, line }: RuntimeProgress): void => {
    live.update(text);
    if (isPipe && line !== undefined) run.output.note(`    ${line}`);
  };
  if (plan.change === 'restart') {
    const config = before.config;
    undo.add('stop of what ran before', async (undoSignal) => {
      if (config === null) return 'it is not known with what it ran';
      await runtime.start(config, { signal: undoSignal });
      return 'it runs again';
    });
    await runtime.stop({ signal, onProgress });
  }
  // An index that went on while something beside it changed.
  const wentOn =
    plan.change === 'start' && before.parts.some(isRunningIndex)
      ? before.config
      : null;
  const status = await runtime.start(configOf(run), { signal, onProgress });
  const { name } = findings.get('data');
  if (wentOn !== null) {
    undo.add('change beside the index', async (undoSignal) => {
      await runtime.start(wentOn, { signal: undoSignal });
      return 'as it was before';
    });
  } else {
    undo.add('start of the index', async (undoSignal) => {
      const deadlineMs = UNDO_STOP_MS;
      await runtime.stop({ signal: undoSignal, deadlineMs, force: true });
      return `stopped; its data in ${name} stays`;
    });
  }
  // A volume is found by its label, and is in no folder of ours.
  const data = runtime.kind === 'docker' ? {} : { data: dataNow(run) };
  await run.record.note(runtime.kind, data);
  return status;
}

function isRunningIndex({ name, state }: RuntimePart): boolean {
  return name === 'index' && state === 'up';
}

/** Every data folder used so far, the one in use last. */
function dataNow({
  findings,
  record,
  folder,
}: SetupRun): readonly RecordedData[] {
  const { name, exists } = findings.get('data');
  const earlier = record.current?.data ?? [];
  const known = earlier.find(({ path }) => path === name);
  const isOurs = [folder.data, folder.sampleData].includes(name) || !exists;
  const entry = known ?? { path: name, created: isOurs };
  return [...earlier.filter(({ path }) => path !== name), entry];
}

function planText({ change, reasons, actions }: RuntimePlan): string {
  if (change === 'none') return 'it runs already, nothing to do';
  const done = actions.map(({ text }) => text).join(', ');
  return reasons.length === 0 ? done : `${done} (${reasons.join(', ')})`;
}

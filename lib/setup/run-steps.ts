import { errorText, labelled, type Step, type Steps } from '../cli/index.js';
import type { SetupRun } from './setup-run.js';
import type {
  ActStep,
  LiveStep,
  SetupStep,
  StepId,
  StepPreview,
  StepResult,
} from './steps/setup-step.js';

/** Before the lines under a step. */
const INDENT = '    ';

/** A step that has ended. */
export interface EndedStep extends StepResult {
  readonly id: StepId;
  readonly title: string;
  readonly durationMs: number;
}

/** What a step would do. */
export interface PlannedStep extends StepPreview {
  readonly id: StepId;
  readonly title: string;
}

/** Told when a step begins, before it does anything. */
export type StepListener = (id: StepId) => void | Promise<void>;

/**
 * Runs steps one after another, each shown with what it came to.
 *
 * @throws what the step threw
 */
export async function runSteps(
  steps: readonly SetupStep[],
  run: SetupRun,
  shown: Steps,
  onStep: StepListener = () => undefined
): Promise<readonly EndedStep[]> {
  const ended: EndedStep[] = [];
  for (const { id, title, run: work } of steps) {
    const startedMs = performance.now();
    const said = run.warnings.length;
    const step = shown.start(title);
    try {
      await onStep(id);
      run.signal.throwIfAborted();
      const result = await work(run, live(step));
      run.signal.throwIfAborted();
      const durationMs = performance.now() - startedMs;
      ended.push({ id, title, ...result, durationMs });
      end(step, result);
      const columns = run.output.columns - INDENT.length;
      for (const line of labelled(result.details ?? [], columns)) {
        run.output.note(INDENT + line);
      }
    } catch (error) {
      step.fail(run.signal.aborted ? 'interrupted' : firstLine(error));
      throw error;
    }
    for (const text of run.warnings.slice(said)) run.output.warn(text);
  }
  return ended;
}

/** Asks what is still to be asked, then tells what would be done. */
export async function planSteps(
  steps: readonly ActStep[],
  run: SetupRun
): Promise<readonly PlannedStep[]> {
  const planned: PlannedStep[] = [];
  for (const { ask } of steps) await ask?.(run);
  for (const { id, title, preview } of steps) {
    const what = await preview(run);
    if (what !== null) planned.push({ id, title, ...what });
  }
  return planned;
}

function live(step: Step): LiveStep {
  return {
    update: (text) => step.update(text),
    ask: (question) => step.ask(question),
  };
}

function end(step: Step, { status, text }: StepResult): void {
  switch (status) {
    case 'done':
    case 'already':
      return step.done(text);
    case 'warned':
      return step.warn(text);
    case 'skipped':
      return step.skip(text);
  }
}

function firstLine(error: unknown): string {
  return errorText(error).split('\n')[0] ?? '';
}

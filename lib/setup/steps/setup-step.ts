import type { SetupRun } from '../setup-run.js';

/** The nine steps, in order. */
export type StepId =
  | 'prerequisites'
  | 'runtime'
  | 'data'
  | 'jetstream'
  | 'env-file'
  | 'start'
  | 'health'
  | 'appview'
  | 'report';

/** How a step ended. `already`: there was nothing left to do. */
export type StepStatus = 'done' | 'already' | 'warned' | 'skipped';

/** Something that was looked at, and what was seen. */
export type DetailRow = readonly [label: string, value: string];

/** What a step came to. */
export interface StepResult {
  readonly status: StepStatus;
  /** A sentence for people. */
  readonly text: string;
  /** What was looked at, under it. */
  readonly details?: readonly DetailRow[] | undefined;
}

/** What a step shows while it runs. */
export interface LiveStep {
  /** What is going on right now. */
  readonly update: (text: string) => void;
  /** Asks; nothing moves on the screen in the meantime. */
  readonly ask: <T>(question: () => Promise<T>) => Promise<T>;
}

/** What a step would do. */
export interface StepPreview {
  readonly needed: boolean;
  readonly text: string;
  /** A diff of what would change in a file; secrets hidden. */
  readonly diff?: string | undefined;
}

interface StepBase {
  readonly id: StepId;
  readonly title: string;
}

/** A step that finds out and asks. It changes nothing, so a dry run has it. */
export interface LookStep extends StepBase {
  readonly kind: 'look';
  readonly run: (run: SetupRun, live: LiveStep) => Promise<StepResult>;
}

/** A step that does something. It adds to `run.undo` what takes it back. */
export interface ActStep extends StepBase {
  readonly kind: 'act';
  /** Asks what it needs to know, before anything is done. */
  readonly ask?: ((run: SetupRun) => Promise<void>) | undefined;
  /** What {@link run} would do. Nothing is changed; null: nothing to tell. */
  readonly preview: (run: SetupRun) => Promise<StepPreview | null>;
  readonly run: (run: SetupRun, live: LiveStep) => Promise<StepResult>;
}

/** One of the steps. */
export type SetupStep = LookStep | ActStep;

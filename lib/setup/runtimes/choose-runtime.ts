import type { RuntimeKind } from '../../runtime/runtime.js';
import type { CheckedPrerequisite } from '../prerequisites/prerequisite.js';
import { SetupError } from '../setup-error.js';

/** A runtime that may be chosen. */
export interface RuntimeCandidate {
  readonly kind: RuntimeKind;
  readonly title: string;
  readonly takesSample: boolean;
  /** What its own prerequisites came to. */
  readonly findings: readonly CheckedPrerequisite[];
}

/** The runtime that is taken. */
export interface RuntimeChoice {
  readonly kind: RuntimeKind;
  /** Why, for people; empty where there is nothing to say. */
  readonly because: string;
}

/** What was asked for. */
export interface RuntimeWish {
  readonly wanted: RuntimeKind | 'auto';
  readonly sample: boolean;
  /** What an earlier run set up here; null: none. */
  readonly earlier: RuntimeKind | null;
}

/**
 * Chooses what runs the index: what was asked for, else what an earlier run
 * set up (its data is there), else the first that can be used. Pure.
 *
 * @throws SetupError NO_RUNTIME with what is wrong with what was asked for
 */
export function chooseRuntime(
  { wanted, sample, earlier }: RuntimeWish,
  candidates: readonly RuntimeCandidate[]
): RuntimeChoice {
  const looked = candidates.map((candidate) => ({
    ...candidate,
    problem: problemOf(candidate, sample),
  }));
  const asked = looked.find(({ kind }) => kind === wanted);
  if (asked !== undefined) {
    const { kind, title, problem } = asked;
    if (problem === null) return { kind, because: 'as asked for' };
    throw new SetupError(`${title} cannot be used: ${problem}`, {
      code: 'NO_RUNTIME',
      suggestion: 'mend that, or leave the choice to setup: --runtime auto',
    });
  }
  const before = looked.find(({ kind }) => kind === earlier);
  if (before?.problem === null) {
    return { kind: before.kind, because: 'as set up before' };
  }
  const first = looked.find(({ problem }) => problem === null);
  const passedOver = looked.flatMap(({ title, problem }) =>
    problem === null ? [] : [`not ${title}: ${problem}`]
  );
  if (first !== undefined) {
    return { kind: first.kind, because: passedOver.join('; ') };
  }
  throw new SetupError(
    `nothing here can run the index: ${passedOver.join('; ')}`,
    { code: 'NO_RUNTIME', suggestion: 'mend one of these, then run it again' }
  );
}

function problemOf(
  { takesSample, findings }: RuntimeCandidate,
  sample: boolean
): string | null {
  if (sample && !takesSample) return 'it takes no sample data';
  const failed = findings.find(({ status }) => status === 'fail');
  return failed === undefined ? null : `${failed.name}: ${failed.detail}`;
}

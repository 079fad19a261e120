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
 * @throws SetupError NO_RUNTIME with what is wrong with the one of the first two
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
    const { text, mending } = problem;
    throw new SetupError(`${title} cannot be used: ${text}`, {
      code: 'NO_RUNTIME',
      suggestion: `${mending}; or leave the choice to setup: --runtime auto`,
    });
  }
  const before = looked.find(({ kind }) => kind === earlier);
  if (before !== undefined) {
    const { kind, title, problem } = before;
    if (problem === null) return { kind, because: 'as set up before' };
    // Its engine may be away for a moment: another index would begin empty.
    throw new SetupError(
      `${title} is set up here and cannot be used: ${problem.text}`,
      {
        code: 'NO_RUNTIME',
        suggestion: `${problem.mending}; a new index of the other kind needs --runtime`,
      }
    );
  }
  const first = looked.find(({ problem }) => problem === null);
  const passedOver = looked.flatMap(({ title, problem }) =>
    problem === null ? [] : [`not ${title}: ${problem.text}`]
  );
  if (first !== undefined) {
    return { kind: first.kind, because: passedOver.join('; ') };
  }
  throw new SetupError(
    `nothing here can run the index: ${passedOver.join('; ')}`,
    { code: 'NO_RUNTIME', suggestion: 'mend one of these, then run it again' }
  );
}

/** @throws SetupError NO_RETENTION where what runs it cannot drop old links */
export function assertRetention(
  kind: RuntimeKind,
  retainDays: number | null
): void {
  if (kind !== 'docker' || retainDays === null) return;
  throw new SetupError('the real server cannot drop old links', {
    code: 'NO_RETENTION',
    suggestion:
      'leave --retain-days (CONSTELLATION_RETAIN_DAYS) out; a new index in the place of a large one: npx zx scripts/setup.ts --rebuild',
  });
}

/** Why a runtime cannot be used. */
interface RuntimeProblem {
  readonly text: string;
  /** What to do about it. */
  readonly mending: string;
}

function problemOf(
  { takesSample, findings }: RuntimeCandidate,
  sample: boolean
): RuntimeProblem | null {
  if (sample && !takesSample) {
    return { text: 'it takes no sample data', mending: 'leave out --sample' };
  }
  const failed = findings.find(({ status }) => status === 'fail');
  if (failed === undefined) return null;
  const { name, detail, suggestion = 'mend that' } = failed;
  const text = detail.includes(name) ? detail : `${name}: ${detail}`;
  return { text, mending: suggestion };
}

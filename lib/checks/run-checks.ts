import { setMaxListeners } from 'node:events';
import type { Check, CheckOutcome, CheckResult } from './check.js';
import { CheckError, reasonOf } from './check-error.js';

/** How checks are run. */
export interface RunChecksOptions {
  /** How long one check may take (ms). */
  readonly deadlineMs: number;
  /** Ids of the checks to run (default: all). */
  readonly only?: ReadonlySet<string> | undefined;
  /** Interrupts the run. */
  readonly signal?: AbortSignal | undefined;
  /** A monotonic clock in milliseconds. */
  readonly now?: (() => number) | undefined;
  readonly onStart?: ((check: CheckTitle) => void) | undefined;
  readonly onResult?: ((result: CheckResult) => void) | undefined;
}

/** What is known of a check before it is run. */
export type CheckTitle = Pick<CheckResult, 'id' | 'name' | 'number'>;

/**
 * Runs checks one after another, so that none disturbs what another measures.
 *
 * A check whose need failed is skipped because of that, unless the failure
 * says that its subject is still usable. A check that throws, or does not end
 * within its deadline, has failed. Needs that were not selected do not count.
 *
 * @returns one result for each selected check, in order
 * @throws the signal's reason when interrupted
 * @throws CheckError `bad-list` where an id is repeated or a need stands later
 */
export async function runChecks<Context>(
  checks: ReadonlyArray<Check<Context>>,
  context: Context,
  options: RunChecksOptions
): Promise<readonly CheckResult[]> {
  assertOrder(checks);
  const { only, signal, now = () => performance.now() } = options;
  const results: CheckResult[] = [];
  /** Id of a check that failed or was blocked → the failure at the root. */
  const broken = new Map<string, string>();
  for (const [index, check] of checks.entries()) {
    if (only !== undefined && !only.has(check.id)) continue;
    signal?.throwIfAborted();
    const title = { id: check.id, name: check.name, number: index + 1 };
    const blockedBy = check.needs
      .map((need) => broken.get(need))
      .find((root) => root !== undefined);
    if (blockedBy !== undefined) {
      broken.set(check.id, blockedBy);
      const message = `not run, because ${blockedBy} failed`;
      results.push({
        ...title,
        status: 'skip',
        durationMs: 0,
        message,
        blockedBy,
      });
    } else {
      options.onStart?.(title);
      const startedMs = now();
      const outcome = await runOne(check, context, options);
      const durationMs = Math.round((now() - startedMs) * 10) / 10;
      if (outcome.status === 'fail' && outcome.usable !== true) {
        broken.set(check.id, check.id);
      }
      results.push({ ...title, durationMs, ...withoutUsable(outcome) });
    }
    const result = results.at(-1);
    if (result !== undefined) options.onResult?.(result);
  }
  return results;
}

async function runOne<Context>(
  check: Check<Context>,
  context: Context,
  { deadlineMs, signal }: RunChecksOptions
): Promise<CheckOutcome> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  // Questions that are asked side by side listen to it, each once.
  setMaxListeners(100, controller.signal);
  let give = (_: 'late' | 'interrupted'): void => undefined;
  const ended = new Promise<'late' | 'interrupted'>((resolve) => {
    give = resolve;
  });
  const timer = setTimeout(() => {
    give('late');
  }, deadlineMs);
  const onAbort = (): void => {
    give('interrupted');
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const work = check.run(context, controller.signal).catch(failureOf);
    const first = await Promise.race([work, ended]);
    if (typeof first !== 'string') {
      signal?.throwIfAborted();
      return first;
    }
    signal?.throwIfAborted();
    return {
      status: 'fail',
      message: 'it did not end',
      seen: `no result within ${deadlineMs} ms`,
      expected: 'a result within the deadline (--timeout)',
      suggestion: `npx zx scripts/test.ts --only ${check.id} --timeout ${Math.ceil(deadlineMs / 500)}`,
    };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    // What is still under way ends; nobody waits for it.
    controller.abort(new Error('the check is over'));
  }
}

/** What a thrown error comes to. */
function failureOf(error: unknown): CheckOutcome {
  const wanted = textField(error, 'expected');
  return {
    status: 'fail',
    message: error instanceof Error ? firstLine(error) : 'it cannot be checked',
    seen: reasonOf(error),
    expected: wanted ?? 'an answer to look at',
    suggestion: textField(error, 'suggestion') ?? 'npx zx scripts/setup.ts',
  };
}

function firstLine(error: Error): string {
  return error.message.split('\n')[0] || error.name;
}

/** Errors of every module of ours carry a suggestion. */
function textField(error: unknown, name: string): string | undefined {
  const value: unknown =
    error instanceof Error ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function withoutUsable(
  outcome: CheckOutcome
): Omit<CheckOutcome, 'usable'> & Pick<CheckResult, 'status' | 'message'> {
  if (outcome.status !== 'fail') return outcome;
  const { usable: _usable, ...rest } = outcome;
  return rest;
}

function assertOrder(
  checks: ReadonlyArray<Pick<Check<never>, 'id' | 'needs'>>
): void {
  const before = new Set<string>();
  for (const { id, needs } of checks) {
    const later = needs.find((need) => !before.has(need));
    if (before.has(id) || later !== undefined) {
      const what =
        later === undefined ? `${id} is repeated` : `${id} needs ${later}`;
      throw new CheckError(`the list of checks is wrong: ${what}`, {
        code: 'bad-list',
      });
    }
    before.add(id);
  }
}

import { missingAnswer, UsageError } from '../cli/index.js';
import { SETUP_COMMAND, type SetupFlags } from './setup-command.js';
import type { SetupOptions } from './setup-options.js';

/** What an earlier run answered. */
export interface EarlierAnswers {
  readonly data: string | null;
  readonly jetstream: readonly string[] | null;
}

/**
 * All answers that are missing where nobody can be asked.
 *
 * @throws UsageError naming their flags and variables
 */
export function assertAnswered(
  options: SetupOptions,
  earlier: EarlierAnswers
): void {
  if (options.sample) return;
  const missing: Array<keyof SetupFlags> = [];
  if (options.data === null && earlier.data === null) missing.push('data');
  if (options.jetstream === null && earlier.jetstream === null) {
    missing.push('jetstream');
  }
  if (missing.length === 0) return;
  const problems = missing.flatMap(
    (key) => missingAnswer(SETUP_COMMAND, key).problems
  );
  throw new UsageError(
    problems,
    `${SETUP_COMMAND.command} --yes takes the defaults`
  );
}

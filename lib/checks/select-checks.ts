import { nearest } from '../cli/nearest.js';
import type { Check } from './check.js';
import { CheckError } from './check-error.js';

/**
 * The checks that `--only` names: ids or numbers, several separated by commas.
 * Pure.
 *
 * @param texts as typed; none: all checks
 * @returns undefined for all
 * @throws CheckError `unknown-check` with the ones there are
 */
export function selectChecks(
  checks: ReadonlyArray<Pick<Check<never>, 'id'>>,
  texts: readonly string[]
): ReadonlySet<string> | undefined {
  const words = texts
    .flatMap((text) => text.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length === 0) return undefined;
  const ids = checks.map(({ id }) => id);
  return new Set(
    words.map((word) => {
      const id = ids.includes(word)
        ? word
        : /^[1-9]\d{0,2}$/.test(word)
          ? ids[Number(word) - 1]
          : undefined;
      if (id !== undefined) return id;
      const meant = nearest(word, ids);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      const list = ids.map((known, index) => `${index + 1} ${known}`);
      throw new CheckError(
        `there is no check ${JSON.stringify(word.slice(0, 40))}${hint}`,
        { code: 'unknown-check', expected: `one of ${list.join(', ')}${hint}` }
      );
    })
  );
}

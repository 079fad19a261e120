import type { Prerequisite, PrerequisiteFinding } from './prerequisite.js';

/** As in package.json's `engines`; a test compares. */
export const LEAST_NODE = '20.18.1';

/** The Node that runs this, and with it the index. */
export const nodeVersion: Prerequisite = {
  id: 'node',
  name: 'Node.js',
  check: () => judgeNode(process.versions.node),
};

/** Judges a version such as `20.18.1`. Pure. */
export function judgeNode(version: string): PrerequisiteFinding {
  if (compareVersions(version, LEAST_NODE) >= 0) {
    return { status: 'good', detail: version };
  }
  return {
    status: 'fail',
    detail: `${version} is too old: ${LEAST_NODE} or newer is needed`,
    suggestion: 'install a newer Node.js: https://nodejs.org',
  };
}

/**
 * Compares `20.10.24+dfsg1` and the like by their numbers alone. Pure.
 *
 * @returns below, at or above 0, as for sorting
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): readonly number[] {
  return (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '0')
    .split('.')
    .map(Number);
}

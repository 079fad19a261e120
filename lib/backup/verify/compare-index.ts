import { readOverview } from '../../checks/api-check.js';
import { readTotal } from '../../checks/endpoints/answers.js';
import { IndexApi } from '../../checks/index-api.js';
import { BackupError } from '../backup-error.js';
import type { BackupManifest, Sentinel, Totals } from '../manifest/manifest.js';

/** For one answer (ms): a throw-away index on a busy machine. */
const REQUEST_MS = 15_000;

/**
 * The totals of the real server are RocksDB's estimates, and others after each
 * compaction; the counts of places are exact.
 */
const ESTIMATE_SHARE = 0.25;

/**
 * Whether a total says that something is missing. Pure.
 *
 * @param expected - noted before the copy was made
 * @param after - noted after it: the real server has gone on until it was frozen,
 *   and one that catches up grows fast
 */
export function isTotalWrong(
  kind: BackupCounts['server']['kind'],
  expected: number,
  seen: number,
  after = expected
): boolean {
  if (kind === 'embedded') return seen !== expected;
  const [least, most] = [Math.min(expected, after), Math.max(expected, after)];
  return (
    seen < least * (1 - ESTIMATE_SHARE) || seen > most * (1 + ESTIMATE_SHARE)
  );
}

/** What was noted of an index. */
export type BackupCounts = Pick<
  BackupManifest,
  'server' | 'index' | 'sentinels'
>;

/** A number that is another one than it was. */
export interface Difference {
  readonly what: string;
  readonly expected: number;
  readonly seen: number;
}

/**
 * Asks an index for everything that was noted when the backup was made.
 *
 * @returns what differs; empty: nothing
 * @throws CheckError, HealthError where it does not answer
 */
export async function compareIndex(
  baseUrl: string,
  { server, index, sentinels }: BackupCounts,
  signal: AbortSignal
): Promise<readonly Difference[]> {
  const api = new IndexApi(baseUrl, REQUEST_MS);
  const differences: Difference[] = [];
  const compare = (what: string, expected: number, seen: number): void => {
    if (expected !== seen) differences.push({ what, expected, seen });
  };
  const total = (what: string, key: keyof Totals): void => {
    const after = index.totalsAfter?.[key];
    if (isTotalWrong(server.kind, index[key], seen[key], after)) {
      compare(what, index[key], seen[key]);
    }
  };
  const seen = readOverview(await api.json('/', [], signal));
  total('accounts', 'dids');
  total('targets', 'targetables');
  total('linking records', 'linkingRecords');
  for (const sentinel of sentinels) {
    const name = `${sentinel.collection}${sentinel.path} of ${sentinel.target}`;
    const { records, dids } = await askCounts(api, sentinel, signal);
    compare(`links ${name}`, sentinel.records, records);
    compare(`accounts ${name}`, sentinel.dids, dids);
  }
  return differences;
}

/** What an index counts for one place now. */
export async function askCounts(
  api: IndexApi,
  { target, collection, path }: Sentinel,
  signal: AbortSignal
): Promise<{ readonly records: number; readonly dids: number }> {
  const place = [
    ['target', target],
    ['collection', collection],
    ['path', path],
  ] as const;
  const ask = async (endpoint: string): Promise<number> =>
    readTotal(await api.json(endpoint, place, signal));
  return {
    records: await ask('/links/count'),
    dids: await ask('/links/count/distinct-dids'),
  };
}

/** @throws BackupError MISMATCH naming the first ones */
export function assertNoDifference(differences: readonly Difference[]): void {
  if (differences.length === 0) return;
  const shown = differences
    .slice(0, 3)
    .map(
      ({ what, expected, seen }) => `${what}: ${seen} instead of ${expected}`
    );
  const more =
    differences.length > 3 ? `, and ${differences.length - 3} more` : '';
  throw new BackupError(
    `it does not hold what it held: ${shown.join('; ')}${more}`,
    {
      code: 'MISMATCH',
      suggestion: 'take another backup: npx zx scripts/backup.ts list',
    }
  );
}

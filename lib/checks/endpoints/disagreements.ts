import type { Snapshot, Told, ToldList } from './snapshot.js';

/** Two answers that cannot both be right. */
export interface Disagreement {
  readonly seen: string;
  readonly expected: string;
}

/** What the server that was asked is known to do. */
export interface ServerRules {
  /**
   * Every record and DID is listed once, and both kinds of list leave out
   * deactivated accounts: true of the embedded index. The real one lists a
   * create that it saw twice twice (facts page, "Events").
   */
  readonly exact: boolean;
}

/**
 * Where the answers about one place contradict each other. Numbers have to be
 * equal in every form; lists may be shorter than the number, because accounts
 * can be deactivated, but they must be the same lists, of the same accounts.
 * Pure.
 */
export function disagreements(
  snapshot: Snapshot,
  { exact }: ServerRules
): readonly Disagreement[] {
  const { records, dids, recordLists, didLists } = snapshot;
  const found = [
    ...differentNumbers(records),
    ...differentNumbers(dids),
    ...pagesTooLong([...recordLists, ...didLists]),
  ];
  const total = records[0]?.value ?? 0;
  const didTotal = dids[0]?.value ?? 0;
  if (didTotal > total || (total > 0 && didTotal === 0)) {
    found.push({
      seen: `${didTotal} distinct DIDs among ${total} records`,
      expected: 'at least one DID, and at most one for each record',
    });
  }
  for (const [lists, limit] of [
    [recordLists, total],
    [didLists, didTotal],
  ] as const) {
    found.push(...listFaults(lists, limit, exact));
  }
  if (exact) found.push(...accountFaults(snapshot, total, didTotal));
  return found;
}

function differentNumbers(told: readonly Told[]): readonly Disagreement[] {
  // What most forms say is what the others are held against.
  const votes = new Map<number, number>();
  for (const { value } of told) votes.set(value, (votes.get(value) ?? 0) + 1);
  const [usual] = [...votes].sort((a, b) => b[1] - a[1])[0] ?? [0];
  return told
    .filter(({ value }) => value !== usual)
    .map(({ by, value }) => {
      const others = told.filter((one) => one.value === usual);
      return {
        seen: `${by} says ${value}`,
        expected: `${usual}, as ${others[0]?.by ?? 'the others'} and ${others.length - 1} other answers say`,
      };
    });
}

function pagesTooLong(lists: readonly ToldList[]): readonly Disagreement[] {
  return lists.flatMap(({ by, tooLong, limit }) =>
    tooLong === null
      ? []
      : [
          {
            seen: `${by} gave a page of ${tooLong}`,
            expected: `at most ${limit}`,
          },
        ]
  );
}

function listFaults(
  lists: readonly ToldList[],
  total: number,
  exact: boolean
): readonly Disagreement[] {
  const found: Disagreement[] = [];
  for (const { by, items, complete } of lists) {
    if (items.length > total) {
      found.push({
        seen: `${by} lists ${items.length}`,
        expected: `at most its total, ${total}`,
      });
    }
    if (!complete && total <= items.length) {
      found.push({
        seen: `${by} has a cursor after all ${total}`,
        expected: 'a last page, whose cursor is null',
      });
    }
    const twice = items.length - new Set(items).size;
    if (exact && twice > 0) {
      found.push({ seen: `${by} lists ${twice} twice`, expected: 'each once' });
    }
  }
  const [first, ...others] = lists;
  for (const other of first === undefined ? [] : others) {
    if (first === undefined || sameItems(first.items, other.items)) continue;
    found.push({
      seen: `${other.by} lists ${other.items.length}, ${first.by} ${first.items.length}; ${firstDifference(first, other)}`,
      expected: 'the same list in the same order',
    });
  }
  return found;
}

/** The two kinds of list are of the same accounts, and hide the same ones. */
function accountFaults(
  { recordLists, didLists }: Snapshot,
  total: number,
  didTotal: number
): readonly Disagreement[] {
  const [records, dids] = [recordLists[0], didLists[0]];
  if (records === undefined || dids === undefined) return [];
  if (!records.complete || !dids.complete) return [];
  const linking = new Set(records.items.map((item) => item.split('/')[0]));
  const isSame =
    linking.size === new Set(dids.items).size &&
    dids.items.every((did) => linking.has(did));
  if (!isSame) {
    return [
      {
        seen: `${records.by} lists records of ${linking.size} accounts, ${dids.by} ${dids.items.length} accounts`,
        expected: 'the same accounts in both',
      },
    ];
  }
  const hiddenRecords = total - records.items.length;
  const hiddenDids = didTotal - dids.items.length;
  if (hiddenRecords >= hiddenDids && hiddenRecords > 0 === hiddenDids > 0) {
    return [];
  }
  return [
    {
      seen: `${records.items.length} of ${total} records and ${dids.items.length} of ${didTotal} DIDs are listed`,
      expected: 'where a record is left out its account is, and the reverse',
    },
  ];
}

function sameItems(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function firstDifference(a: ToldList, b: ToldList): string {
  const index = a.items.findIndex((item, at) => item !== b.items[at]);
  const at = index === -1 ? a.items.length : index;
  return `the first difference is item ${at + 1}: ${b.items[at] ?? 'missing'} and ${a.items[at] ?? 'missing'}`;
}

import type { Check, CheckOutcome } from '../check.js';
import type { CheckClock, CheckContext } from '../check-context.js';
import type { IndexApi } from '../index-api.js';
import type { FoundPlace } from '../targets/target.js';
import { readCounts, readPage, readTotal } from './answers.js';
import { acceptedBadInput, BAD_QUESTIONS } from './bad-input.js';
import { disagreements, type Disagreement } from './disagreements.js';
import { takeSnapshot, type Snapshot } from './snapshot.js';

/** 4: every form of a question gives the same, right answer. */
export const endpointsCheck: Check<CheckContext> = {
  id: 'endpoints',
  name: 'Endpoints work',
  needs: ['running', 'api'],
  run: async (context, signal) => {
    const { api } = context;
    const exact = (await context.identity()) !== null;
    const wrong = [
      ...(await acceptedBadInput(api, signal)),
      ...(await knownNothings(api, signal)),
    ];
    if (wrong.length > 0) return failed('it answers wrongly', wrong, {});
    const search = await context.targets(signal);
    const facts = { badInputsRefused: BAD_QUESTIONS.length };
    if (search.kind === 'none') {
      const { reason, suggestion } = search;
      return { status: 'skip', message: reason, suggestion, facts };
    }
    const compared: string[] = [];
    let largest = 0;
    for (const place of search.places) {
      const { snapshot, left } = await compare(context, place, exact, signal);
      const about = `${place.target} at ${place.collection}:${place.path}`;
      if (left.length > 0) {
        const message = `answers about ${about} contradict each other`;
        return failed(message, left, { ...facts, from: search.from });
      }
      const [records, dids] = [snapshot.records[0], snapshot.dids[0]];
      compared.push(
        `${records?.value ?? 0} records of ${dids?.value ?? 0} accounts to ${about}`
      );
      largest = Math.max(largest, records?.value ?? 0);
    }
    return {
      status: 'pass',
      message: `all forms agree about ${compared.length} targets from ${search.from}, one with ${largest} records; ${BAD_QUESTIONS.length} bad questions refused`,
      facts: { ...facts, from: search.from, compared },
    };
  },
};

/**
 * How often answers are compared before a contradiction counts: while events
 * are being indexed a number can move between two questions, a wrong answer
 * stays wrong.
 */
const TRIES = 6;
const BETWEEN_MS = 150;

interface Compared {
  readonly snapshot: Snapshot;
  readonly left: readonly Disagreement[];
}

async function compare(
  { api, clock }: { readonly api: IndexApi; readonly clock: CheckClock },
  place: FoundPlace,
  exact: boolean,
  signal: AbortSignal
): Promise<Compared> {
  for (let tries = 1; ; tries++) {
    const snapshot = await takeSnapshot(api, place, signal);
    const left = disagreements(snapshot, { exact });
    if (left.length === 0 || tries === TRIES) return { snapshot, left };
    await clock.sleep(BETWEEN_MS * tries, signal);
  }
}

/** About a target that nobody can have linked to there is nothing to say. */
async function knownNothings(
  api: IndexApi,
  signal: AbortSignal
): Promise<readonly Disagreement[]> {
  const name = Math.random().toString(36).slice(2);
  const target = `at://did:plc:nobody/app.bsky.feed.post/${name}`;
  const place = [
    ['target', target],
    ['collection', 'app.bsky.feed.like'],
    ['path', '.subject.uri'],
  ] as const;
  const [all, count, list] = await Promise.all([
    api.json('/links/all', [['target', target]], signal),
    api.json('/links/count', place, signal),
    api.json('/links', place, signal),
  ]);
  const page = readPage(list, 'linking_records');
  const isNothing =
    readCounts(all).length === 0 &&
    readTotal(count) === 0 &&
    page.total === 0 &&
    page.items.length === 0 &&
    page.cursor === null;
  return isNothing
    ? []
    : [
        {
          seen: `links to ${target}, which nobody can have linked to: ${readTotal(count)} counted, ${page.items.length} listed`,
          expected: 'none',
        },
      ];
}

/** How many contradictions are shown. */
const SHOWN = 3;

function failed(
  message: string,
  wrong: readonly Disagreement[],
  facts: Readonly<Record<string, string | number>>
): CheckOutcome {
  const shown = wrong.slice(0, SHOWN);
  const more = wrong.length - shown.length;
  const rest = more > 0 ? `; and ${more} more` : '';
  return {
    status: 'fail',
    message,
    seen: shown.map(({ seen }) => seen).join('; ') + rest,
    expected: [...new Set(shown.map(({ expected }) => expected))].join('; '),
    suggestion:
      'see whether something stands between (a proxy, a cache); if not, report it with the output of: npx zx scripts/test.ts --only endpoints --json',
    facts: { ...facts, contradictions: wrong.length },
  };
}

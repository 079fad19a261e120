import type { ApiParams, IndexApi } from '../index-api.js';
import type { Disagreement } from './disagreements.js';

/** A question that must be refused. */
export interface BadQuestion {
  readonly why: string;
  readonly path: string;
  readonly params: ApiParams;
}

const XRPC = '/xrpc/blue.microcosm.links';
const TARGET = [
  'target',
  'at://did:plc:nobody/app.bsky.feed.post/none',
] as const;
const LIKES = [
  ['collection', 'app.bsky.feed.like'],
  ['path', '.subject.uri'],
] as const;
const SUBJECT = ['subject', TARGET[1]] as const;
const SOURCE = ['source', 'app.bsky.feed.like:subject.uri'] as const;

/** The real server answers 400 to each of these (tests/fixtures/golden). */
export const BAD_QUESTIONS: readonly BadQuestion[] = [
  { why: 'no target', path: '/links/all', params: [] },
  { why: 'no target', path: '/links/all/count', params: [] },
  { why: 'no target', path: '/links/count', params: LIKES },
  { why: 'no path', path: '/links/count', params: [TARGET, LIKES[0]] },
  { why: 'no target', path: '/links/count/distinct-dids', params: LIKES },
  { why: 'no target', path: '/links', params: LIKES },
  {
    why: 'limit 1001',
    path: '/links',
    params: [TARGET, ...LIKES, ['limit', '1001']],
  },
  {
    why: 'a bad cursor',
    path: '/links',
    params: [TARGET, ...LIKES, ['cursor', 'zz']],
  },
  {
    why: 'limit 1001',
    path: '/links/distinct-dids',
    params: [TARGET, ...LIKES, ['limit', '1001']],
  },
  { why: 'no source', path: `${XRPC}.getBacklinksCount`, params: [SUBJECT] },
  {
    why: 'a source without colon',
    path: `${XRPC}.getBacklinks`,
    params: [SUBJECT, ['source', 'nocolon']],
  },
  {
    why: 'limit 1001',
    path: `${XRPC}.getBacklinks`,
    params: [SUBJECT, SOURCE, ['limit', '1001']],
  },
  {
    why: 'a bad cursor',
    path: `${XRPC}.getBacklinkDids`,
    params: [SUBJECT, SOURCE, ['cursor', 'zz']],
  },
];

/** Asks what must be refused; returns what was not. */
export async function acceptedBadInput(
  api: IndexApi,
  signal: AbortSignal
): Promise<readonly Disagreement[]> {
  const answers = await Promise.all(
    BAD_QUESTIONS.map(async ({ why, path, params }) => ({
      why,
      answer: await api.get(path, params, signal),
    }))
  );
  return answers
    .filter(({ answer }) => answer.status !== 400)
    .map(({ why, answer }) => ({
      seen: `GET ${answer.asked} (${why}) answered ${answer.status}`,
      expected: '400',
    }));
}

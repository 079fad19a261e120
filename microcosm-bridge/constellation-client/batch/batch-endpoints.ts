/** `POST /v1/posts` and `POST /v1/profiles`: many numbers for one request. */

import type {
  Answer,
  Batch,
  ConstellationClient,
} from '../../../lib/constellation/index.js';
import {
  readPostsRequest,
  readProfilesRequest,
  type BatchRequest,
} from './request-check.js';

/** Answers a batch from the parsed body. @throws BadRequestError */
export type BatchEndpoint = (
  client: ConstellationClient,
  body: unknown
) => Promise<object>;

/** By path. */
export const BATCH_ENDPOINTS: ReadonlyMap<string, BatchEndpoint> = new Map<
  string,
  BatchEndpoint
>([
  [
    '/v1/posts',
    async (client, body) => {
      const request = readPostsRequest(body);
      const { subjects, deadlineMs } = request;
      const batch = await client.postStatsOf(subjects, { deadlineMs });
      const { answers, failures } = inOrder(request, batch, 'uri');
      return { posts: answers, failures };
    },
  ],
  [
    '/v1/profiles',
    async (client, body) => {
      const request = readProfilesRequest(body);
      const { subjects, deadlineMs } = request;
      const batch = await client.profileStatsOf(subjects, { deadlineMs });
      const { answers, failures } = inOrder(request, batch, 'did');
      return { profiles: answers, failures };
    },
  ],
]);

/** Both lists in the order they were asked in; each subject is in one of them. */
function inOrder<T>(
  { subjects }: BatchRequest,
  { answers, failures }: Batch<string, T>,
  name: 'uri' | 'did'
): { readonly answers: object[]; readonly failures: object[] } {
  const answered: object[] = [];
  const failed: object[] = [];
  for (const subject of subjects) {
    const answer = answers.get(subject);
    if (answer !== undefined) {
      answered.push({ [name]: subject, ...batchAnswer(answer) });
      continue;
    }
    const failure = failures.get(subject);
    failed.push({
      [name]: subject,
      error: failure?.code ?? 'UNAVAILABLE',
      message: failure?.message ?? 'There was no answer.',
    });
  }
  return { answers: answered, failures: failed };
}

function batchAnswer<T>(answer: Answer<T>): object {
  const { value, source, origin, ageMs, partial } = answer;
  return {
    stats: value,
    source,
    origin,
    ageMs: ageMs === null ? null : Math.max(0, Math.round(ageMs)),
    partial,
  };
}

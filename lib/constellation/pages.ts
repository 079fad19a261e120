import type { Answer, CallOptions } from './answer.js';
import type { Page } from './api-answers.js';
import type { PageQuery } from './api-queries.js';
import { ConstellationError } from './errors.js';

/** Gets one page. */
export type PageFetcher<Q, P> = (
  query: Q,
  call?: CallOptions
) => Promise<Answer<P>>;

/**
 * Goes through all pages of a list, from the index that gave the first one.
 * Pages are fetched as they are needed, each within the call's deadline; a
 * page may be shorter than its limit, or empty, and still not be the last.
 *
 * @throws ConstellationError what fetching a page throws; `BAD_SHAPE` where
 *   an index gives the same cursor twice in a row
 */
export async function* eachPage<Q extends PageQuery, P extends Page>(
  fetch: PageFetcher<Q, P>,
  query: Q,
  call?: CallOptions
): AsyncGenerator<Answer<P>, void, undefined> {
  let cursor = query.cursor;
  for (;;) {
    const page = await fetch({ ...query, cursor }, call);
    yield page;
    const next = page.value.cursor;
    if (next === null) return;
    if (next === cursor) {
      throw new ConstellationError(
        'BAD_SHAPE',
        'The index gave the cursor it was asked with.'
      );
    }
    cursor = next;
  }
}

/**
 * Goes through the items of all pages of a list; see {@link eachPage}.
 * @param itemsOf takes the items out of a page
 */
export async function* eachItem<Q extends PageQuery, P extends Page, I>(
  fetch: PageFetcher<Q, P>,
  itemsOf: (page: P) => readonly I[],
  query: Q,
  call?: CallOptions
): AsyncGenerator<I, void, undefined> {
  for await (const page of eachPage(fetch, query, call)) {
    yield* itemsOf(page.value);
  }
}

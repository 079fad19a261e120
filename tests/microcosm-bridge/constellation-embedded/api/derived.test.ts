/**
 * Questions that were not recorded, whose answers follow from those that were:
 * pages of any size joined are the list, a list of some is the list without
 * the others, a count is its length.
 */

import t from 'tap';
import { items, startGoldenApi } from '../../../fixtures/golden-api.js';
import { goldenCases } from '../../../fixtures/golden-cases.js';
import { XRPC } from '../../../fixtures/golden-questions.js';

type Pairs = readonly (readonly [string, string])[];
interface Link {
  readonly did: string;
}

const api = await startGoldenApi(t.testdir());
t.teardown(() => api.close());

/** It came back after it was deleted: what is left from before is not its own. */
const RETURNED = 'did:plc:g2klpvjs4gravs57q3tyexvo';

/** Every page of a list, joined. */
async function all(
  path: string,
  question: Pairs,
  list: string,
  limit: number
): Promise<readonly unknown[]> {
  const joined: unknown[] = [];
  let place: Pairs = [];
  do {
    const page = await api.ask(path, [
      ...question,
      ['limit', String(limit)],
      ...place,
    ]);
    const found = items(page, list);
    if (found.length > limit) throw new Error('a page beyond its limit');
    joined.push(...found);
    const { cursor } = page.body;
    place = typeof cursor === 'string' ? [['cursor', cursor]] : [];
  } while (place.length > 0);
  return joined;
}

/** What was asked of a recorded list that is not empty, once each. */
const PLACES = goldenCases()
  .filter(({ path, params }) => path === '/links' && params.length === 3)
  .map(({ params }) => new Map(params))
  .map((params) => ({
    target: params.get('target'),
    collection: params.get('collection'),
    path: params.get('path'),
  }));

for (const { target = '', collection = '', path = '' } of PLACES) {
  const place: Pairs = Object.entries({ target, collection, path });
  const subject: Pairs = [
    ['subject', target],
    ['source', `${collection}:${path.slice(1)}`],
  ];
  const full = (await all('/links', place, 'linking_records', 1000)) as Link[];
  if (full.length < 2) continue;
  t.test(`${collection} ${path} of ${target}`, async (t) => {
    const backlinks = `${XRPC}.getBacklinks`;
    const reversed: Pairs = [...subject, ['reverse', 'true']];
    for (const limit of [3, full.length - 1, full.length]) {
      t.same(await all('/links', place, 'linking_records', limit), full);
      const back = await all(backlinks, reversed, 'records', limit);
      t.same(back, full.toReversed(), `reverse, ${limit} a page`);
    }
    const dids = [...new Set(full.map(({ did }) => did))];
    t.same(
      new Set(await all('/links/distinct-dids', place, 'linking_dids', 2)),
      new Set(dids)
    );
    const some = dids.filter((did) => did !== RETURNED).slice(-2);
    const ofSome = full.filter(({ did }) => some.includes(did));
    const filter: Pairs = some.map((did) => ['did', did]);
    const question = [...reversed, ...filter];
    t.same(await all(backlinks, question, 'records', 2), ofSome.toReversed());
    const joined = await api.ask('/links', [
      ...place,
      ['from_dids', some.join(',')],
    ]);
    t.same(items(joined, 'linking_records'), ofSome);
    t.equal(joined.body['total'], ofSome.length);
  });
}

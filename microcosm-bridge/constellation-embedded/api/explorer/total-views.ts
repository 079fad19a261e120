/** Answers that are numbers. */

import { address, placeOf } from './asked.js';
import type { Asked } from './asked.js';
import { tableOf } from './table.js';
import type { View } from './view.js';

/** Of `/links/all`; the counts lead to their lists. */
export function allLinksView(
  { parameters }: Asked,
  body: {
    links: Record<
      string,
      Record<string, { records: number; distinct_dids: number }>
    >;
  }
): View {
  const target = parameters.get('target') ?? '';
  return {
    table: tableOf(
      ['Collection', 'Path', 'Records', 'Accounts'],
      places(body.links),
      ([collection, path, found]) => {
        const place = { target, collection, path };
        const dids = address('/links/distinct-dids', place);
        return [
          { text: collection },
          { text: path },
          { number: found.records, to: address('/links', place) },
          { number: found.distinct_dids, to: dids },
        ];
      }
    ),
    onward: [],
  };
}

/** Of `/links/all/count`. */
export function allCountsView(
  { parameters }: Asked,
  body: { links: Record<string, Record<string, number>> }
): View {
  const target = parameters.get('target') ?? '';
  const to = address('/links/all', { target });
  return {
    table: tableOf(
      ['Collection', 'Path', 'Records'],
      places(body.links),
      ([collection, path, number]) => [
        { text: collection },
        { text: path },
        { number, to: address('/links', { target, collection, path }) },
      ]
    ),
    onward: [{ text: 'With accounts', to }],
  };
}

/** Of the endpoints that answer `{total}` of records. */
export function recordCountView(asked: Asked, body: { total: number }): View {
  const onward = [
    { text: 'List them', to: address('/links', placeOf(asked)) },
    allOf(asked),
  ];
  return { total: { count: body.total, of: 'records' }, onward };
}

/** Of `/links/count/distinct-dids`. */
export function didCountView(asked: Asked, body: { total: number }): View {
  const to = address('/links/distinct-dids', placeOf(asked));
  return {
    total: { count: body.total, of: 'accounts' },
    onward: [{ text: 'List them', to }, allOf(asked)],
  };
}

/** To everything that links to what was asked about. */
export function allOf(asked: Asked): { text: string; to: string } {
  const { target } = placeOf(asked);
  return {
    text: 'Everything that links to it',
    to: address('/links/all', { target }),
  };
}

function places<T>(
  links: Record<string, Record<string, T>>
): [collection: string, path: string, value: T][] {
  return Object.entries(links).flatMap(([collection, paths]) =>
    Object.entries(paths).map(([path, value]): [string, string, T] => [
      collection,
      path,
      value,
    ])
  );
}

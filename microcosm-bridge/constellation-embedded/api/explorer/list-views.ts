/** Answers that are pages of a list. */

import { address, addressWith } from './asked.js';
import type { Asked } from './asked.js';
import { tableOf } from './table.js';
import type { Cell } from './table.js';
import { allOf } from './total-views.js';
import type { Onward, View } from './view.js';

/** A record as the API names it. */
export interface LinkRecord {
  readonly did: string;
  readonly collection: string;
  readonly rkey: string;
}

/** Records that link. */
export function recordsView(
  asked: Asked,
  total: number,
  records: readonly LinkRecord[],
  cursor: string | null
): View {
  return {
    total: { count: total, of: 'records' },
    table: tableOf(['Account', 'Record'], records, recordCells),
    onward: onward(asked, cursor),
  };
}

/** Of the endpoints that list DIDs. */
export function didsView(
  asked: Asked,
  body: {
    total: number;
    linking_dids: readonly string[];
    cursor: string | null;
  }
): View {
  return {
    total: { count: body.total, of: 'accounts' },
    table: tableOf(['Account'], body.linking_dids, (did) => [target(did)]),
    onward: onward(asked, body.cursor),
  };
}

/** Of `getManyToMany`. */
export function pairsView(
  asked: Asked,
  body: {
    items: readonly { linkRecord: LinkRecord; otherSubject: string }[];
    cursor: string | null;
  }
): View {
  return {
    table: tableOf(
      ['Account', 'Record', 'Other subject'],
      body.items,
      ({ linkRecord, otherSubject }) => [
        ...recordCells(linkRecord),
        target(otherSubject),
      ]
    ),
    onward: onward(asked, body.cursor),
  };
}

/** Of `getManyToManyCounts`. */
export function pairCountsView(
  asked: Asked,
  body: {
    counts_by_other_subject: readonly {
      subject: string;
      total: number;
      distinct: number;
    }[];
    cursor: string | null;
  }
): View {
  return {
    table: tableOf(
      ['Other subject', 'Records', 'Accounts'],
      body.counts_by_other_subject,
      ({ subject, total, distinct }) => [
        target(subject),
        { number: total },
        { number: distinct },
      ]
    ),
    onward: onward(asked, body.cursor),
  };
}

/** What is listed may be linked to itself. */
function target(text: string): Cell {
  return { text, to: address('/links/all', { target: text }) };
}

function recordCells({ did, collection, rkey }: LinkRecord): Cell[] {
  const uri = `at://${did}/${collection}/${rkey}`;
  return [target(did), { ...target(uri), text: `${collection}/${rkey}` }];
}

function onward(asked: Asked, cursor: string | null): Onward[] {
  const next = {
    text: 'Next page',
    to: addressWith(asked, 'cursor', cursor ?? ''),
  };
  return [...(cursor === null ? [] : [next]), allOf(asked)];
}

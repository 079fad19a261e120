/** What the endpoints read from their queries, as strictly as the real server. */

import { BadRequestError, type Query } from '../../../lib/api-server/index.js';
import type {
  BacklinksCountQuery,
  LinkQuery,
  ManyToManyQuery,
  PageQuery,
} from '../../../lib/constellation/index.js';

/** `target`, `collection` and `path`. @throws BadRequestError */
export function readLinkQuery(query: Query): LinkQuery {
  return {
    target: query.required('target'),
    collection: query.required('collection'),
    path: query.required('path'),
  };
}

/** `subject` and `source`. @throws BadRequestError */
export function readBacklinkQuery(query: Query): BacklinksCountQuery {
  return {
    subject: query.required('subject'),
    source: query.required('source'),
  };
}

/** `limit` and `cursor`, where an empty cursor is wrong. @throws BadRequestError */
export function readPageQuery(query: Query): PageQuery {
  return page(query, query.optional('cursor'));
}

/**
 * The same at those endpoints that take a parameter many times, where an empty
 * cursor is none. @throws BadRequestError
 */
export function readLaxPageQuery(query: Query): PageQuery {
  return page(query, query.filled('cursor'));
}

/** `did` many times, or the older `from_dids`. @throws BadRequestError for both */
export function readLinkDids(query: Query): readonly string[] {
  const dids = query.many('did');
  const fromDids = query.filled('from_dids');
  if (fromDids === null) return dids;
  if (dids.length > 0) {
    throw new BadRequestError('did and from_dids cannot be used together');
  }
  return fromDids.split(',').filter((did) => did !== '');
}

/** Everything of the many-to-many endpoints. @throws BadRequestError */
export function readManyToMany(
  query: Query,
  did: 'did' | 'linkDid'
): ManyToManyQuery {
  return {
    ...readBacklinkQuery(query),
    ...readLaxPageQuery(query),
    pathToOther: query.required('pathToOther'),
    dids: query.many(did),
    otherSubjects: query.many('otherSubject'),
  };
}

function page(query: Query, cursor: string | null): PageQuery {
  // The index's own default holds where no limit is asked for.
  const limit = query.optional('limit') === null ? undefined : query.limit();
  return { limit, cursor: cursor ?? undefined };
}

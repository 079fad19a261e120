/** What can be asked, as the pages put it. */

/** One field of a form: a parameter of the API. */
export interface Field {
  readonly name: string;
  readonly hint: string;
  readonly kind: FieldKind;
}

/** `optional` may stay empty and come more than once; `limit` and `flag` may not be sent empty. */
export type FieldKind = 'required' | 'optional' | 'limit' | 'flag';

/** One endpoint. */
export interface Question {
  readonly path: string;
  readonly title: string;
  readonly fields: readonly Field[];
}

/** A link that is in the index: what the examples ask about. */
export interface ExampleLink {
  readonly target: string;
  readonly collection: string;
  /** With its leading dot. */
  readonly path: string;
}

/** Stands in for an example while the index holds nothing. */
export const NO_LINK_YET: ExampleLink = {
  target: 'did:plc:z72i7hdynmk6r22z27h6tvur',
  collection: 'app.bsky.graph.follow',
  path: '.subject',
};

const TARGET = required('target', 'What is linked to: AT-URI, DID or URL');
const PLACE = [
  TARGET,
  required('collection', 'Collection of the records that link'),
  required('path', 'Where in the record, with its leading dot'),
];
const SOURCE = [
  required('subject', 'What is linked to: AT-URI, DID or URL'),
  required('source', 'Collection, colon, path without its leading dot'),
];
const JOIN = [
  ...SOURCE,
  required('pathToOther', 'Where the same records name something else'),
];
const DID = optional('did', 'Only records of this account');
const OTHER = optional('otherSubject', 'Only this other subject');
const LIMIT = field('limit', 'limit', 'Items of a page, at most 1000');
const XRPC = '/xrpc/blue.microcosm.links';

/** Every endpoint, in the order of the front page. */
export const QUESTIONS: readonly Question[] = [
  ask('/links/all', 'Everything that links to a target', [TARGET]),
  ask('/links/all/count', 'How many records link to a target', [TARGET]),
  ask('/links', 'Records that link from one place', [...PLACE, DID, LIMIT]),
  ask('/links/count', 'How many records link from one place', PLACE),
  ask('/links/distinct-dids', 'Accounts that link from one place', [
    ...PLACE,
    LIMIT,
  ]),
  ask(
    '/links/count/distinct-dids',
    'How many accounts link from one place',
    PLACE
  ),
  ask(`${XRPC}.getBacklinks`, 'Records that link to a subject', [
    ...SOURCE,
    DID,
    field('flag', 'reverse', 'Oldest first'),
    LIMIT,
  ]),
  ask(
    `${XRPC}.getBacklinksCount`,
    'How many records link to a subject',
    SOURCE
  ),
  ask(`${XRPC}.getBacklinkDids`, 'Accounts that link to a subject', [
    ...SOURCE,
    LIMIT,
  ]),
  ask(`${XRPC}.getManyToManyCounts`, 'What the same records link to, counted', [
    ...JOIN,
    DID,
    OTHER,
    LIMIT,
  ]),
  ask(`${XRPC}.getManyToMany`, 'What the same records link to, one by one', [
    ...JOIN,
    optional('linkDid', 'Only records of this account'),
    OTHER,
    LIMIT,
  ]),
];

/** The required parameters of a question about a link. */
export function exampleParameters(
  { fields }: Question,
  { target, collection, path }: ExampleLink
): URLSearchParams {
  const bare = path.replace(/^\./, '');
  const values = new Map([
    ['target', target],
    ['subject', target],
    ['collection', collection],
    ['path', path],
    ['source', `${collection}:${bare}`],
    ['pathToOther', bare],
  ]);
  const parameters = new URLSearchParams();
  for (const { name } of fields) {
    const value = values.get(name);
    if (value !== undefined) parameters.set(name, value);
  }
  return parameters;
}

function ask(path: string, title: string, fields: readonly Field[]): Question {
  return { path, title, fields };
}

function required(name: string, hint: string): Field {
  return field('required', name, hint);
}

function optional(name: string, hint: string): Field {
  return field('optional', name, hint);
}

function field(kind: FieldKind, name: string, hint: string): Field {
  return { kind, name, hint };
}

import type { ApiParameter } from './api-endpoint.js';

/** What is linked to, under its older name. */
export const TARGET: ApiParameter = {
  name: 'target',
  required: true,
  description:
    'What is linked to: an AT-URI, a DID or another URI, spelled as the index has it.',
  example: 'did:plc:vc7f4oafdgxsihk4cry2xpze',
};

/** Links from one place, under their older names. */
export const LINK: readonly ApiParameter[] = [
  TARGET,
  {
    name: 'collection',
    required: true,
    description: 'The collection of the records that link.',
    example: 'app.bsky.graph.follow',
  },
  {
    name: 'path',
    required: true,
    description: 'Where in the record the link is, with its leading dot.',
    example: '.subject',
  },
];

/** Links from one place, under their newer names. */
export const BACKLINK: readonly ApiParameter[] = [
  { ...TARGET, name: 'subject' },
  {
    name: 'source',
    required: true,
    description: 'COLLECTION:PATH, the path without its leading dot.',
    example: 'app.bsky.graph.follow:subject',
  },
];

/** Which page of a list. */
export const PAGE: readonly ApiParameter[] = [
  {
    name: 'limit',
    type: 'integer',
    description: 'Items at most, 0 to 1000; 100 where it is not given.',
  },
  {
    name: 'cursor',
    description:
      'The cursor of the page before. It is of this bridge: another instance cannot read it.',
  },
];

/** Of some accounts only. */
export const DIDS: ApiParameter = {
  name: 'did',
  repeated: true,
  description: 'Only records of these accounts.',
};

/** Records that link to two subjects. */
export const PATH_TO_OTHER: ApiParameter = {
  name: 'pathToOther',
  required: true,
  description: 'Where the other link is, without the leading dot.',
  example: 'list',
};

/** Of some other subjects only. */
export const OTHER_SUBJECTS: ApiParameter = {
  name: 'otherSubject',
  repeated: true,
  description: 'Only these other subjects.',
};

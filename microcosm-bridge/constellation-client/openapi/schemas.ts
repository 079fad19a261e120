/** Shapes of requests and answers as JSON Schema 2020-12, which OpenAPI 3.1 takes as it is. */

/** Most posts or profiles of one request. */
export const MOST_SUBJECTS = 100;

const COUNT = { type: 'integer', minimum: 0 } as const;
const TEXT = { type: 'string' } as const;
const CURSOR = {
  type: ['string', 'null'],
  description: 'For the next page; null at the end.',
} as const;

const LINK_RECORD = object({ did: TEXT, collection: TEXT, rkey: TEXT });

/** What is known about an answer of a batch; the other endpoints say it in headers. */
const KNOWLEDGE = {
  source: {
    enum: ['local', 'remote', 'memory', 'redis', 'stale'],
    description: 'Where the numbers came from.',
  },
  origin: {
    enum: ['local', 'remote', 'merged', null],
    description: 'The index they are from; null where a cache did not say.',
  },
  ageMs: {
    type: ['integer', 'null'],
    minimum: 0,
    description: 'Since the index said them; null where a cache did not say.',
  },
  partial: {
    type: 'boolean',
    description: 'Whether the index may not know all: a lower bound.',
  },
} as const;

const DEADLINE = {
  type: 'integer',
  minimum: 1,
  maximum: 60_000,
  description:
    'Milliseconds to answer within; what is not known by then is among the failures, and is fetched behind.',
} as const;

const subjects = (description: string): JsonSchema => ({
  type: 'array',
  minItems: 1,
  maxItems: MOST_SUBJECTS,
  items: { type: 'string', minLength: 1, maxLength: 8192 },
  description,
});

const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

/** A schema; the validator and the document's readers know what is in it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** All of them by name, as under `components.schemas`. */
export const SCHEMAS = {
  Error: object({
    error: { type: 'string', description: 'A code for programs.' },
    message: { type: 'string', description: 'For people.' },
  }),
  Overview: object({
    help: TEXT,
    days_indexed: { type: ['integer', 'null'], minimum: 0 },
    stats: object({
      dids: COUNT,
      targetables: COUNT,
      linking_records: COUNT,
      started_at: {
        type: ['integer', 'null'],
        description: 'Microseconds since 1970; not to be trusted.',
      },
      other_data: {
        type: ['object', 'null'],
        additionalProperties: COUNT,
        description: 'What else the index counts; null where it says nothing.',
      },
    }),
  }),
  AllLinks: object({
    links: byPath(object({ records: COUNT, distinct_dids: COUNT })),
  }),
  LinkCounts: object({ links: byPath(COUNT) }),
  Total: object({ total: COUNT }),
  LinksPage: object({
    total: COUNT,
    linking_records: list(LINK_RECORD),
    cursor: CURSOR,
  }),
  LinkingDidsPage: object({
    total: COUNT,
    linking_dids: list(TEXT),
    cursor: CURSOR,
  }),
  BacklinksPage: object({
    total: COUNT,
    records: list(LINK_RECORD),
    cursor: CURSOR,
  }),
  ManyToManyCountsPage: object({
    counts_by_other_subject: list(
      object({ subject: TEXT, total: COUNT, distinct: COUNT })
    ),
    cursor: CURSOR,
  }),
  ManyToManyPage: object({
    items: list(object({ linkRecord: LINK_RECORD, otherSubject: TEXT })),
    cursor: CURSOR,
  }),
  PostsRequest: object(
    { uris: subjects('AT-URIs of posts: at://DID/COLLECTION/RKEY.') },
    { deadlineMs: DEADLINE }
  ),
  PostsAnswer: object({
    posts: list(
      object({
        uri: TEXT,
        stats: object({
          likes: COUNT,
          reposts: COUNT,
          replies: COUNT,
          quotes: COUNT,
        }),
        ...KNOWLEDGE,
      })
    ),
    failures: list(object({ uri: TEXT, error: TEXT, message: TEXT })),
  }),
  ProfilesRequest: object(
    { dids: subjects('DIDs of accounts.') },
    { deadlineMs: DEADLINE }
  ),
  ProfilesAnswer: object({
    profiles: list(
      object({
        did: TEXT,
        stats: object({ followers: COUNT, mentions: COUNT }),
        ...KNOWLEDGE,
      })
    ),
    failures: list(object({ did: TEXT, error: TEXT, message: TEXT })),
  }),
  Health: object({
    status: { enum: ['ok', 'degraded', 'failing', 'stopping'] },
    message: TEXT,
    version: TEXT,
    mode: { enum: ['local', 'remote'] },
    main: { $ref: '#/components/schemas/IndexHealth' },
    fallback: {
      anyOf: [{ $ref: '#/components/schemas/IndexHealth' }, { type: 'null' }],
    },
    local: {
      anyOf: [
        object({
          verdict: { enum: ['current', 'behind', 'stalled', 'unknown'] },
          completeSince: {
            type: ['string', 'null'],
            description: 'ISO 8601, or `complete`; null where nobody knows.',
          },
          newestEventAgeMs: { type: ['number', 'null'] },
          disk: {
            description:
              'As the index says itself, else as measured in BRIDGE_INDEX_DATA_PATH; null where neither is.',
            anyOf: [
              object({
                dataBytes: { type: ['number', 'null'] },
                freeBytes: { type: 'number' },
                totalBytes: { type: ['number', 'null'] },
                bytesPerDay: { type: ['number', 'null'] },
                daysToFull: { type: ['number', 'null'] },
              }),
              { type: 'null' },
            ],
          },
          seenMsAgo: { type: ['number', 'null'] },
        }),
        { type: 'null' },
      ],
    },
    redis: { enum: ['available', 'unavailable', 'off'] },
  }),
  IndexHealth: object({
    url: TEXT,
    deployment: { enum: ['local', 'remote'] },
    breaker: { enum: ['closed', 'open', 'half-open'] },
    retryInMs: COUNT,
    requests: COUNT,
    errors: COUNT,
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** The name of a schema. */
export type SchemaName = keyof typeof SCHEMAS;

/** An object that has all of `required`, may have `optional`, and nothing else. */
function object(
  required: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {}
): JsonSchema {
  return {
    type: 'object',
    required: Object.keys(required),
    properties: { ...required, ...optional },
    additionalProperties: false,
  };
}

/** By collection and by path. */
function byPath(value: JsonSchema): JsonSchema {
  return {
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: value },
  };
}

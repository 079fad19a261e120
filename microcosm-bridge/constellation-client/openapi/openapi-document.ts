import { API_ENDPOINTS } from '../api/api-endpoints.js';
import type { ApiEndpoint, ApiParameter } from '../api/api-endpoint.js';
import { SOURCE_HEADERS } from '../api/source-headers.js';
import { SCHEMAS, type JsonSchema, type SchemaName } from './schemas.js';

/** An object of the document. */
type Node = Readonly<Record<string, unknown>>;

/** `GET /openapi.json`: everything this service answers, as OpenAPI 3.1. */
export function openApiDocument(version: string): Node {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Constellation bridge',
      version,
      summary: 'The API of Constellation, answered by the nearest source.',
      description:
        'All paths below / and /links and /xrpc are those of Constellation. What is known about an answer is in its headers.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    // Nothing here asks who is there: it listens where only friends are.
    security: [],
    paths: {
      '/': { get: operation('overview', 'What the index holds', 'Overview') },
      ...Object.fromEntries(
        [...API_ENDPOINTS.values()].map((endpoint) => [
          endpoint.path,
          { get: apiOperation(endpoint) },
        ])
      ),
      '/v1/posts': {
        post: batchOperation('posts', 'PostsRequest', 'PostsAnswer'),
      },
      '/v1/profiles': {
        post: batchOperation('profiles', 'ProfilesRequest', 'ProfilesAnswer'),
      },
      ...SERVICE_PATHS,
    },
    components: {
      schemas: SCHEMAS,
      headers: HEADERS,
      responses: RESPONSES,
    },
  };
}

const FAILURES: Node = {
  '400': { $ref: '#/components/responses/BadRequest' },
  '502': { $ref: '#/components/responses/BadIndex' },
  '503': { $ref: '#/components/responses/Busy' },
  '504': { $ref: '#/components/responses/TooLate' },
};

const RESPONSES: Node = {
  BadRequest: failure('The question itself is wrong.'),
  BadIndex: failure('The index answered something that is no answer.'),
  Busy: {
    ...failure('No index can be asked right now, or too much is under way.'),
    headers: {
      'retry-after': {
        description: 'Seconds to wait.',
        schema: { type: 'integer', minimum: 1 },
      },
    },
  },
  TooLate: failure('No answer in time; it is still being fetched behind.'),
};

const HEADERS: Readonly<Record<string, Node>> = {
  Source: {
    description: 'Where the answer came from.',
    schema: { enum: ['local', 'remote', 'memory', 'redis', 'stale'] },
  },
  Origin: {
    description: 'The index it is from; absent where a cache did not say.',
    schema: { enum: ['local', 'remote', 'merged'] },
  },
  AgeMs: {
    description: 'Milliseconds since the index said it; absent where unknown.',
    schema: { type: 'integer', minimum: 0 },
  },
  Partial: {
    description: 'Whether the index may not know all.',
    schema: { enum: ['true', 'false'] },
  },
};

const SOURCES: Node = {
  [SOURCE_HEADERS.source]: { $ref: '#/components/headers/Source' },
  [SOURCE_HEADERS.origin]: { $ref: '#/components/headers/Origin' },
  [SOURCE_HEADERS.ageMs]: { $ref: '#/components/headers/AgeMs' },
  [SOURCE_HEADERS.partial]: { $ref: '#/components/headers/Partial' },
};

const SERVICE_PATHS: Node = {
  '/health': {
    get: {
      operationId: 'health',
      summary: 'How the service is; asks nobody',
      tags: ['Service'],
      responses: {
        '200': json('How it is', 'Health'),
        '503': json('It is being stopped', 'Health'),
      },
    },
  },
  '/ready': {
    get: probe('ready', 'Whether questions are worth sending here'),
  },
  '/live': { get: probe('live', 'Whether the process answers at all') },
  '/stats': {
    get: {
      operationId: 'stats',
      summary: 'Everything that was counted since the start',
      tags: ['Service'],
      responses: {
        '200': {
          description: 'The numbers',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
      },
    },
  },
  '/metrics': { get: text('metrics', 'The same for Prometheus', 'text/plain') },
  '/status': { get: text('status', 'The same for people', 'text/html') },
};

function apiOperation({
  path,
  summary,
  parameters,
  schema,
}: ApiEndpoint): Node {
  return {
    ...operation(idOf(path), summary, schema),
    parameters: parameters.map(parameterNode),
  };
}

function operation(id: string, summary: string, schema: SchemaName): Node {
  return {
    operationId: id,
    summary,
    tags: ['Constellation'],
    responses: {
      '200': { ...json('The answer', schema), headers: SOURCES },
      ...FAILURES,
    },
  };
}

function batchOperation(
  id: string,
  request: SchemaName,
  answer: SchemaName
): Node {
  return {
    operationId: id,
    summary: `The numbers of up to 100 ${id} at once`,
    tags: ['Batches'],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: reference(request) } },
    },
    responses: {
      '200': json('Each one is among the answers or the failures', answer),
      '400': FAILURES['400'],
      '413': failure('The body is too large.'),
      '415': failure('The body is not application/json.'),
      '503': FAILURES['503'],
    },
  };
}

function parameterNode(parameter: ApiParameter): Node {
  const { name, description, required = false, repeated = false } = parameter;
  const { type = 'string', example } = parameter;
  const schema: JsonSchema = { type };
  return {
    name,
    in: 'query',
    description,
    required,
    schema: repeated ? { type: 'array', items: schema } : schema,
    ...(repeated ? { style: 'form', explode: true } : {}),
    ...(example === undefined ? {} : { example }),
  };
}

function probe(id: string, summary: string): Node {
  const content = {
    'application/json': {
      schema: {
        type: 'object',
        required: [id],
        properties: { [id]: { type: 'boolean' } },
        additionalProperties: false,
      },
    },
  };
  return {
    operationId: id,
    summary,
    tags: ['Service'],
    responses: {
      '200': { description: 'Yes', content },
      '503': { description: 'No', content },
    },
  };
}

function text(id: string, summary: string, type: string): Node {
  return {
    operationId: id,
    summary,
    tags: ['Service'],
    responses: {
      '200': {
        description: 'The numbers',
        content: { [type]: { schema: { type: 'string' } } },
      },
    },
  };
}

function json(description: string, schema: SchemaName): Node {
  return {
    description,
    content: { 'application/json': { schema: reference(schema) } },
  };
}

function failure(description: string): Node {
  return json(description, 'Error');
}

function reference(schema: SchemaName): Node {
  return { $ref: `#/components/schemas/${schema}` };
}

/** `/links/all/count` is `linksAllCount`, an XRPC path its method's name. */
function idOf(path: string): string {
  const method = /^\/xrpc\/.*\.(\w+)$/.exec(path)?.[1];
  return (
    method ??
    path
      .slice(1)
      .replaceAll(/[/-](\w)/g, (_, letter: string) => letter.toUpperCase())
  );
}

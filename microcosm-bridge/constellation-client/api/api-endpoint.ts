import type { Query } from '../../../lib/api-server/index.js';
import type {
  Answer,
  CallOptions,
  ConstellationApi,
} from '../../../lib/constellation/index.js';
import type { SchemaName } from '../openapi/schemas.js';

/** One query parameter, as the OpenAPI document has it. */
export interface ApiParameter {
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  /** May be given many times. */
  readonly repeated?: boolean;
  readonly type?: 'string' | 'integer' | 'boolean';
  readonly example?: string;
}

/** One endpoint of Constellation's API: how it is documented and answered. */
export interface ApiEndpoint {
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly ApiParameter[];
  /** Of the answer. */
  readonly schema: SchemaName;
  /**
   * @throws BadRequestError for a query that cannot be read
   * @throws ConstellationError where there is no answer
   */
  readonly ask: (
    api: ConstellationApi,
    query: Query,
    call: CallOptions
  ) => Promise<Answer<object>>;
}

import { Ajv2020 } from 'ajv/dist/2020.js';
import { BadRequestError } from '../../../lib/api-server/index.js';
import { SCHEMAS } from '../openapi/schemas.js';

/** A batch as it is asked for. */
export interface BatchRequest {
  /** AT-URIs or DIDs, each once. */
  readonly subjects: readonly string[];
  /** Milliseconds; undefined for the client's own. */
  readonly deadlineMs: number | undefined;
}

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
const isPosts = ajv.compile<{ uris: string[]; deadlineMs?: number }>(
  SCHEMAS.PostsRequest
);
const isProfiles = ajv.compile<{ dids: string[]; deadlineMs?: number }>(
  SCHEMAS.ProfilesRequest
);

/** Checks the body of `POST /v1/posts`. @throws BadRequestError */
export function readPostsRequest(body: unknown): BatchRequest {
  if (!isPosts(body)) throw misfit(isPosts.errors);
  return { subjects: distinct(body.uris), deadlineMs: body.deadlineMs };
}

/** Checks the body of `POST /v1/profiles`. @throws BadRequestError */
export function readProfilesRequest(body: unknown): BatchRequest {
  if (!isProfiles(body)) throw misfit(isProfiles.errors);
  return { subjects: distinct(body.dids), deadlineMs: body.deadlineMs };
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function misfit(errors: typeof isPosts.errors): BadRequestError {
  const [first] = errors ?? [];
  const where = first?.instancePath === '' ? 'the body' : first?.instancePath;
  const extra: unknown = first?.params['additionalProperty'];
  const named = typeof extra === 'string' ? ` (${extra.slice(0, 80)})` : '';
  return new BadRequestError(
    `${where ?? 'the body'} ${first?.message ?? 'does not fit'}${named}`
  );
}

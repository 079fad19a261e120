import type { Overview } from '../../../lib/constellation/index.js';

const HELP =
  'A bridge to Constellation: the backlinks of the AT Protocol network, answered by the nearest index that can. The API is that of https://constellation.microcosm.blue; /openapi.json describes it, /status shows how it is.';

/** `GET /`: the numbers of the main index. */
export function overviewBody(value: object | Overview): object {
  return { help: HELP, ...value };
}

/** What the HTTP servers of this project share: the embedded index and the bridge. */

export {
  NO_STORE,
  emptyAnswer,
  jsonAnswer,
  preflightAnswer,
  textAnswer,
} from './answer.js';
export type { Answer, Header } from './answer.js';
export { createApiServer, drainServer } from './api-server.js';
export type { ApiServerOptions } from './api-server.js';
export { BadRequestError } from './bad-request.js';
export { parseBind } from './bind-address.js';
export type { BindAddress } from './bind-address.js';
export { Html, html } from './html.js';
export type { HtmlValue } from './html.js';
export { HttpMetrics } from './http-metrics.js';
export type { MetricsJson } from './http-metrics.js';
export { listenFailure } from './listen-failure.js';
export { Query, ROBOTS } from './query.js';
export { splitUrl } from './request-url.js';
export type { RequestUrl } from './request-url.js';
export { wantsPage } from './wants-page.js';

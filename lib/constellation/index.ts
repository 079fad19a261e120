/**
 * The detection client: what an AppView copies or imports. Importing this does
 * nothing; `appview.ts` is the drop-in that reads the environment.
 */
export type { Answer, AnswerSource, Batch, CallOptions } from './answer.js';
export type { Ask, ConstellationApi, Each } from './api.js';
export type {
  AllLinks,
  BacklinksPage,
  LinkRecord,
  LinkingDidsPage,
  LinksPage,
  ManyToManyCountsPage,
  ManyToManyItem,
  ManyToManyPage,
  OtherSubjectCount,
  Overview,
  Page,
  PathCounts,
  Total,
} from './api-answers.js';
export type {
  BacklinkDidsQuery,
  BacklinksCountQuery,
  BacklinksQuery,
  LinkQuery,
  LinkingDidsQuery,
  LinksQuery,
  ManyToManyQuery,
  PageQuery,
  TargetQuery,
} from './api-queries.js';
export type { BreakerState } from './circuit-breaker.js';
export { ConstellationClient, type ClientSurroundings } from './client.js';
export type { ClientStats, LocalStats } from './client-stats.js';
export { systemClock, type CancelTimer, type Clock } from './clock.js';
export {
  coverageOf,
  type Completeness,
  type Coverage,
  type CoverageQuestion,
} from './coverage.js';
export { detectDeployment, type Deployment } from './detect-deployment.js';
export {
  ENABLED_VARIABLE,
  OPTION_VARIABLES,
  optionsFrom,
  readEnvironment,
  type ClientEnvironment,
} from './environment.js';
export {
  numberReader,
  readBoolean,
  readVariable,
  type Environment,
  type EnvironmentVariable,
} from './environment-variable.js';
export {
  ConstellationError,
  type ConstellationErrorCode,
  type ConstellationErrorFacts,
} from './errors.js';
export type {
  ConstellationEvent,
  EventListener,
  SourceRole,
} from './events.js';
export { LATENCY_BOUNDS_MS, type LatencySummary } from './latency-histogram.js';
export type { LinkCounts } from './link-counts.js';
export type { LocalDisk, LocalVerdict } from './local-standing.js';
export type { LookupStats } from './lookup.js';
export type { NumberRule } from './option-check.js';
export {
  DEFAULT_OPTIONS,
  NUMBER_RULES,
  PUBLIC_INSTANCE_URL,
  type ConstellationOptions,
  type ResolvedIndex,
  type ResolvedOptions,
} from './options.js';
export { policyFor, type Policy } from './policy.js';
export type { PostStats } from './post-stats.js';
export type { ProfileStats } from './profile-stats.js';
export type { Origin } from './question.js';
export type { RedisStats } from './redis-usage.js';
export { resolveOptions } from './resolve-options.js';
export { parseServiceUrl, shownUrl } from './service-url.js';
export type { SourceStats } from './source-usage.js';
export { isDid, parseRecordUri, type RecordUri } from './target.js';
export { tidTimeUs } from './tid.js';
export type { UsageStats } from './usage.js';

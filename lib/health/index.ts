export {
  counterProbe,
  judgeCounters,
  streamCounters,
  type CounterLimits,
  type StreamCounters,
} from './counter-probe.js';
export {
  fetchJson,
  fetchText,
  type FetchedJson,
  type FetchedText,
  type FetchOptions,
} from './fetch-text.js';
export {
  FRESHNESS_DEFAULTS,
  freshProbe,
  judgeFresh,
  readHealth,
  type FreshnessLimits,
} from './fresh-probe.js';
export {
  parseHealthDocument,
  type HealthDocument,
  type HealthGrowth,
  type HealthPause,
  type HealthVerdict,
} from './health-document.js';
export {
  HealthError,
  type HealthErrorCode,
  type HealthErrorOptions,
} from './health-error.js';
export { aliveProbe, judgeReady, readyProbe } from './http-probes.js';
export type { Judgement, Probe, Reading } from './probe.js';
export {
  waitFor,
  type Death,
  type WaitClock,
  type Waited,
  type WaitOptions,
} from './wait-for.js';

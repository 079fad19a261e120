import { apiCheck } from './api-check.js';
import { appviewCheck } from './appview/appview-check.js';
import type { Check } from './check.js';
import type { CheckContext } from './check-context.js';
import { dataCheck } from './data/data-check.js';
import { endpointsCheck } from './endpoints/endpoints-check.js';
import { healthCheck } from './health/health-check.js';
import { logsCheck } from './logs-check.js';
import { performanceCheck } from './performance/performance-check.js';
import { redisCheck } from './redis/redis-check.js';
import { runningCheck } from './running-check.js';

/** All checks, in the order in which they are run and numbered. */
export const CHECKS: ReadonlyArray<Check<CheckContext>> = [
  runningCheck,
  healthCheck,
  apiCheck,
  endpointsCheck,
  dataCheck,
  logsCheck,
  appviewCheck,
  redisCheck,
  performanceCheck,
];

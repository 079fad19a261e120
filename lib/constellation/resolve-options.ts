import { detectDeployment, type Deployment } from './detect-deployment.js';
import {
  badOption,
  checkNumber,
  checkRedisUrl,
  checkUserAgent,
} from './option-check.js';
import {
  DEFAULT_OPTIONS,
  NUMBER_RULES,
  OTHER_OPTIONS,
  PUBLIC_INSTANCE_URL,
  type ConstellationOptions,
  type ResolvedIndex,
  type ResolvedOptions,
} from './options.js';
import { policyFor, type Policy } from './policy.js';
import { parseServiceUrl, shownUrl } from './service-url.js';
import { parseCompleteness } from './since.js';

/**
 * Checks options and fills in what is left out.
 * @throws ConstellationError `BAD_OPTION` or `BAD_URL`, naming the option
 */
export function resolveOptions(options: ConstellationOptions): ResolvedOptions {
  checkNames(options);
  checkNumbers(options);
  const url = parseServiceUrl(options.url ?? DEFAULT_OPTIONS.url, 'url');
  const deployment = detectDeployment(url.href, options.local);
  const main = { url, deployment, policy: policyWith(options, deployment) };
  const { onEvent, fallbackUrl, localSince, redisUrl, userAgent } = options;
  return {
    main,
    fallback: resolveFallback(options, fallbackUrl, main),
    completeness: parseCompleteness(localSince, 'localSince'),
    deadlineMs: main.policy.deadlineMs,
    redisUrl: redisUrl === undefined ? null : checkRedisUrl(redisUrl),
    userAgent: checkUserAgent(userAgent ?? DEFAULT_OPTIONS.userAgent),
    staleWhileRefreshSeconds: numberOf(options, 'staleWhileRefreshSeconds'),
    staleOnErrorSeconds: numberOf(options, 'staleOnErrorSeconds'),
    memoryEntries: numberOf(options, 'memoryEntries'),
    redisTimeoutMs: numberOf(options, 'redisTimeoutMs'),
    maxBodyBytes: numberOf(options, 'maxBodyBytes'),
    localStallAfterMs: numberOf(options, 'localStallAfterMs'),
    coverageMarginMs: numberOf(options, 'coverageMarginMs'),
    onEvent,
  };
}

function checkNames(options: ConstellationOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (Object.hasOwn(NUMBER_RULES, name)) continue;
    if (OTHER_OPTIONS.some((known) => known === name)) continue;
    throw badOption(name, value, 'is not an option');
  }
}

function checkNumbers(options: ConstellationOptions): void {
  const values = new Map<string, unknown>(Object.entries(options));
  for (const [name, rule] of Object.entries(NUMBER_RULES)) {
    checkNumber(name, values.get(name), rule);
  }
}

function numberOf(
  options: ConstellationOptions,
  name: keyof typeof DEFAULT_OPTIONS & keyof typeof NUMBER_RULES
): number {
  return options[name] ?? DEFAULT_OPTIONS[name];
}

function policyWith(
  options: ConstellationOptions,
  deployment: Deployment
): Policy {
  const policy = policyFor(deployment);
  const deadlineMs = options.deadlineMs ?? policy.deadlineMs;
  return {
    ttlSeconds: options.ttlSeconds ?? policy.ttlSeconds,
    deadlineMs,
    // Who allows a call more time than a try has by default means the try.
    tryTimeoutMs:
      options.tryTimeoutMs ??
      Math.max(policy.tryTimeoutMs, options.deadlineMs ?? 0),
    retries: options.retries ?? policy.retries,
    retryDelayMs: options.retryDelayMs ?? policy.retryDelayMs,
    concurrency: options.concurrency ?? policy.concurrency,
    requestsPerSecond: rateOf(options.requestsPerSecond, policy),
    burst: options.burst ?? policy.burst,
  };
}

function rateOf(option: number | undefined, policy: Policy): number | null {
  if (option === undefined) return policy.requestsPerSecond;
  return option === 0 ? null : option;
}

/**
 * What stands behind a local index is somebody else's, wherever it is, and is
 * treated as remote; an index behind itself would only be asked twice.
 */
function resolveFallback(
  options: ConstellationOptions,
  fallbackUrl: string | undefined,
  main: ResolvedIndex
): ResolvedIndex | null {
  if (fallbackUrl === 'off') return null;
  if (fallbackUrl === undefined && main.deployment === 'remote') return null;
  const url = parseServiceUrl(
    fallbackUrl ?? PUBLIC_INSTANCE_URL,
    'fallbackUrl'
  );
  if (shownUrl(url) === shownUrl(main.url)) return null;
  const { concurrency, burst } = policyFor('remote');
  return {
    url,
    deployment: 'remote',
    // How much one's own index bears says nothing of somebody else's.
    policy: policyWith(
      {
        ...options,
        concurrency,
        burst,
        requestsPerSecond: options.fallbackRequestsPerSecond,
      },
      'remote'
    ),
  };
}

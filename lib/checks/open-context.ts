import { setTimeout as delay } from 'node:timers/promises';
import { INDEX_SERVICE } from '../compose/index.js';
import { readHealth, type HealthDocument } from '../health/index.js';
import { DockerRuntime } from '../runtime/docker/docker-runtime.js';
import type { Runtime, RuntimeStatus } from '../runtime/runtime.js';
import { findAppViewProcess } from './appview/appview-processes.js';
import type { CheckClock, CheckContext } from './check-context.js';
import type { CheckLimits } from './check-limits.js';
import { isStoreOf } from './data/open-file.js';
import {
  envFolderOf,
  findAppViewContainers,
  findRedisInside,
} from './docker/docker-subject.js';
import { measureGrowth } from '../setup/disk/measure-growth.js';
import { IndexApi } from './index-api.js';
import { indexPid } from './index-pid.js';
import { chooseRedis } from './redis/redis-choice.js';
import { TargetFinder } from './targets/target-finder.js';

/** What the checks are to look at. */
export interface ContextOptions {
  readonly runtime: Runtime;
  /** `--url`: asks there instead of where the runtime says it listens. */
  readonly url: string | null;
  /** Where it would listen, if it was never started here. */
  readonly defaultUrl: string;
  /** `--target`. */
  readonly target: string | null;
  readonly appview: {
    readonly folder: string;
    readonly knownBy: string;
  } | null;
  /** `--redis-url`. */
  readonly redisUrl: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The env file of this project. */
  readonly envFile: string;
  /** The history of the data's size. */
  readonly growthFile: string;
  readonly limits: CheckLimits;
  readonly clock?: CheckClock | undefined;
  /** Ends the first question, which no check waits for alone. */
  readonly signal?: AbortSignal | undefined;
}

/** A context, and what it keeps open. */
export interface OpenContext {
  readonly context: CheckContext;
  readonly close: () => Promise<void>;
}

const CLOCK: CheckClock = {
  wallMs: () => Date.now(),
  nowMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};

/** Puts together what the checks look at. Nothing but the runtime is asked. */
export async function openContext(
  options: ContextOptions
): Promise<OpenContext> {
  const { limits, clock = CLOCK } = options;
  const seen = await options.runtime.status();
  const isForeign = options.url !== null && seen.state === 'absent';
  const status = isForeign ? null : seen;
  const baseUrl = options.url ?? seen.urls?.api ?? options.defaultUrl;
  const api = new IndexApi(baseUrl, limits.requestTimeoutMs);
  const identity = once(() => firstHealth(api.baseUrl, options.signal));
  const finder = new TargetFinder({
    api,
    target: options.target,
    identity,
    status: () => Promise.resolve(status),
    isItsStore: (folder) => isStoreOf(indexPid(status), folder),
    wallMs: clock.wallMs,
  });
  const { appview, runtime } = options;
  const isDocker = runtime instanceof DockerRuntime && !isForeign;
  return {
    context: {
      runtime: isForeign ? null : options.runtime,
      status: () => Promise.resolve(status),
      api,
      ownUrls: [
        ...ownUrls(status, api.baseUrl),
        // Its name on the networks of the project.
        ...(isDocker ? [`http://${INDEX_SERVICE}:6789`] : []),
      ],
      identity,
      targets: once((signal: AbortSignal) => finder.find(signal)),
      appview:
        appview === null
          ? null
          : {
              ...appview,
              envFolder: isDocker
                ? await envFolderOf(runtime, appview.folder)
                : appview.folder,
              running: async () => {
                const containers = isDocker
                  ? await findAppViewContainers(runtime)
                  : [];
                if (containers.length > 0) return containers;
                const process = await findAppViewProcess(appview.folder);
                return process === null ? [] : [process];
              },
            },
      redis: async () =>
        (isDocker && options.redisUrl === undefined
          ? await findRedisInside(runtime)
          : null) ??
        (await chooseRedis({
          flag: options.redisUrl,
          appview: appview?.folder,
          env: options.env,
          envFile: options.envFile,
        })),
      growth: (data) =>
        measureGrowth(options.growthFile, data, new Date(clock.wallMs())),
      limits,
      clock,
    },
    close: () => finder.close(),
  };
}

/** What it is asked under, and what it says that it listens on. */
function ownUrls(
  status: RuntimeStatus | null,
  asked: string
): readonly string[] {
  const told = status?.urls?.api;
  return told === undefined || told === asked ? [asked] : [told, asked];
}

/** How long the first question may take: the checks have their own (ms). */
const IDENTITY_MS = 3000;

async function firstHealth(
  baseUrl: string,
  signal: AbortSignal | undefined
): Promise<HealthDocument | null> {
  const late = AbortSignal.timeout(IDENTITY_MS);
  const either = signal === undefined ? late : AbortSignal.any([signal, late]);
  try {
    return await readHealth(baseUrl, either);
  } catch {
    return null; // the checks of health and API say why
  }
}

/** The first call's promise for all calls; a failure is not kept. */
function once<A extends readonly unknown[], T>(
  call: (...args: A) => Promise<T>
): (...args: A) => Promise<T> {
  let first: Promise<T> | undefined;
  return async (...args) => {
    first ??= call(...args);
    try {
      return await first;
    } catch (error) {
      first = undefined;
      throw error;
    }
  };
}

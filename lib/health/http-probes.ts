import { fetchText } from './fetch-text.js';
import type { Judgement, Probe } from './probe.js';

/**
 * Whether the process answers at all; any status will do.
 *
 * @param baseUrl such as `http://127.0.0.1:6789`
 * @param path `/live` of the embedded index; the real server has only `/`
 */
export function aliveProbe(baseUrl: string, path = '/live'): Probe<number> {
  const target = baseUrl + path;
  return {
    name: 'alive',
    target,
    read: async (signal) => (await fetchText(target, { signal })).status,
    judge: (readings) => ({
      state: 'pass',
      detail: `it answers (${readings.at(-1)?.value ?? '?'})`,
    }),
  };
}

/**
 * Whether it can answer questions: status 200.
 *
 * @param path `/ready` of the embedded index; the real server has only `/`
 */
export function readyProbe(baseUrl: string, path = '/ready'): Probe<number> {
  const target = baseUrl + path;
  return {
    name: 'ready',
    target,
    read: async (signal) => (await fetchText(target, { signal })).status,
    judge: (readings) => judgeReady(readings.at(-1)?.value ?? 0),
  };
}

/** 200 is ready, 503 not yet, 404 somebody else's server. Pure. */
export function judgeReady(status: number): Judgement {
  if (status === 200) return { state: 'pass', detail: 'it is ready' };
  if (status === 404) {
    return { state: 'fail', detail: 'another program answers (404)' };
  }
  return { state: 'wait', detail: `it is not ready yet (${status})` };
}

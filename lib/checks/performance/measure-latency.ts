import { Pool } from 'undici';
import { CheckError } from '../check-error.js';

/** What is asked, how often, over how much. */
export interface LatencyOptions {
  readonly baseUrl: string;
  /** Paths with their queries, asked in turn. */
  readonly questions: readonly string[];
  readonly requests: number;
  readonly connections: number;
  /** For one answer (ms). */
  readonly timeoutMs: number;
  /** No new question is asked after this time (ms). */
  readonly budgetMs: number;
  readonly signal: AbortSignal;
}

/** Asked before anything is measured: connections, caches, compiled code. */
const WARM_UP = 50;

/**
 * How long each answer took (ms), in growing order. Connections are kept; the
 * body is read to its end.
 *
 * @throws CheckError `bad-status`; the system's error where it is not answered
 */
export async function measureLatency(
  options: LatencyOptions
): Promise<readonly number[]> {
  const { baseUrl, connections, requests, budgetMs } = options;
  const pool = new Pool(baseUrl, {
    connections,
    pipelining: 1,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
    connect: { timeout: options.timeoutMs },
  });
  try {
    const untilMs = performance.now() + budgetMs;
    await ask(pool, options, Math.min(WARM_UP, requests), untilMs);
    const times = await ask(pool, options, requests, untilMs);
    return [...times].sort((a, b) => a - b);
  } finally {
    await pool.destroy();
  }
}

async function ask(
  pool: Pool,
  { questions, connections, signal }: LatencyOptions,
  requests: number,
  untilMs: number
): Promise<readonly number[]> {
  const times: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (
      next < requests &&
      (next < connections || performance.now() < untilMs)
    ) {
      const path = questions[next++ % questions.length] ?? '/';
      const startedMs = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path,
        signal,
        headers: { 'user-agent': 'constellation-local' },
      });
      await body.arrayBuffer();
      times.push(performance.now() - startedMs);
      if (statusCode !== 200) {
        throw new CheckError(`GET ${path} answered ${statusCode}`, {
          code: 'bad-status',
          expected: 'status 200 for every question',
        });
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return times;
}

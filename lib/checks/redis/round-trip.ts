import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';

/** What came of a round trip. */
export type RoundTrip =
  | { readonly ok: true; readonly ttlSeconds: number }
  | { readonly ok: false; readonly seen: string; readonly expected: string };

const TTL_SECONDS = 30;

/**
 * Writes, reads and deletes a key of its own on a Redis, and sees that it
 * would have expired.
 *
 * @param timeoutMs for all of it
 * @throws the system's or Redis's error; never with the URL's credentials
 */
export async function redisRoundTrip(
  url: string,
  timeoutMs: number,
  signal: AbortSignal
): Promise<RoundTrip> {
  signal.throwIfAborted();
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: timeoutMs,
    connectionName: 'constellation-local-check',
  });
  // The reason of a refused connection comes as an event only.
  let reason: Error | undefined;
  redis.on('error', (error: Error) => {
    reason = error;
  });
  const stop = new AbortController();
  const late = rejectAfter(timeoutMs, AbortSignal.any([signal, stop.signal]));
  try {
    return await Promise.race([trip(redis), late]);
  } catch (error) {
    throw reason ?? error;
  } finally {
    stop.abort();
    redis.disconnect();
  }
}

async function trip(redis: Redis): Promise<RoundTrip> {
  await redis.connect();
  const key = `constellation-local:check:${randomBytes(8).toString('hex')}`;
  const value = randomBytes(16).toString('hex');
  const set: unknown = await redis.set(key, value, 'EX', TTL_SECONDS);
  if (set !== 'OK')
    return { ok: false, seen: `SET: ${word(set)}`, expected: 'OK' };
  const got = await redis.get(key);
  if (got !== value) {
    const seen = `GET: ${got === null ? 'nothing' : 'another value'}`;
    return { ok: false, seen, expected: 'the value that was set just before' };
  }
  const ttlSeconds = await redis.ttl(key);
  if (!(ttlSeconds > 0 && ttlSeconds <= TTL_SECONDS)) {
    const seen = `TTL: ${ttlSeconds} s`;
    return { ok: false, seen, expected: `1 to ${TTL_SECONDS} s` };
  }
  const deleted = await redis.del(key);
  const left = await redis.get(key);
  if (deleted !== 1 || left !== null) {
    const seen = `DEL: ${deleted}, and then GET: ${left === null ? 'nothing' : 'still there'}`;
    return { ok: false, seen, expected: '1, and then nothing' };
  }
  return { ok: true, ttlSeconds };
}

function rejectAfter(timeoutMs: number, signal: AbortSignal): Promise<never> {
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const end = (): void => {
      clearTimeout(timer);
      reject(new Error('given up'));
    };
    signal.addEventListener('abort', end, { once: true });
  });
  late.catch(() => undefined); // the race may be over
  return late;
}

function word(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 80) : 'something else';
}

import type Docker from 'dockerode';
import { explainAccess, socketFacts } from './engine-access.js';
import { engineAddress, type EngineAddress } from './engine-address.js';

/** A Docker engine. */
export interface Engine {
  readonly address: EngineAddress;
  /** Loaded when the engine is first asked: it takes longer than all of ours. */
  readonly docker: () => Promise<Docker>;
}

/** Longest wait for an answer that needs no work (ms). */
const ASK_MS = 20_000;

/** Where the engine would be asked. Nothing is asked. @throws RuntimeError */
export function openEngine(
  env: Readonly<Record<string, string | undefined>> = process.env
): Engine {
  const address = engineAddress(env);
  let loaded: Promise<Docker> | undefined;
  const load = async (): Promise<Docker> => {
    const { default: Dockerode } = await import('dockerode');
    return new Dockerode(address.options);
  };
  return { address, docker: () => (loaded ??= load()) };
}

/**
 * Asks the engine something.
 *
 * @throws RuntimeError NOT_AVAILABLE with what to do when it cannot be reached;
 *   the engine's own error (with a `statusCode`) as it is
 */
export async function askEngine<T>(
  { address, docker }: Engine,
  ask: (docker: Docker) => Promise<T>,
  limitMs: number = ASK_MS
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${limitMs} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([docker().then(ask), tooLate]);
  } catch (error) {
    if (statusOf(error) !== null) throw error;
    const { socket } = address;
    const facts = socket === null ? null : await socketFacts(socket);
    throw explainAccess(address, error, facts);
  } finally {
    clearTimeout(timer);
  }
}

/** The HTTP status of an engine's own error; null: the engine was not reached. */
export function statusOf(error: unknown): number | null {
  const status: unknown =
    error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  return typeof status === 'number' ? status : null;
}

import type Docker from 'dockerode';
import { askEngine, type Engine } from './engine.js';

/** How an exec ended. */
export interface ExecEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run in a container. */
export interface ExecOptions {
  /** How long it may take (ms, default 20,000). */
  readonly limitMs?: number | undefined;
  /** Folder in the container (default: the image's). */
  readonly folder?: string | undefined;
  /**
   * Ends the wait. The program itself goes on until its container ends: an
   * engine cannot stop an exec.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of output that are looked at. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The two streams of a container without a terminal come in frames: a byte for
 * the stream, three empty ones, the length, the content. Pure.
 *
 * @returns the text of one stream, or of both in their order
 */
export function unframed(framed: Buffer, only?: 'stdout' | 'stderr'): string {
  const parts: Buffer[] = [];
  const wanted = only === undefined ? null : only === 'stdout' ? 1 : 2;
  let at = 0;
  while (at + 8 <= framed.length) {
    const stream = framed.readUInt8(at);
    const length = framed.readUInt32BE(at + 4);
    const content = framed.subarray(at + 8, at + 8 + length);
    if (wanted === null || stream === wanted) parts.push(content);
    at += 8 + length;
  }
  return Buffer.concat(parts).toString('utf8');
}

/**
 * The last lines of a container's log.
 *
 * @param since seconds since 1970; 0: all
 */
export async function containerLog(
  engine: Engine,
  id: string,
  lines: number,
  since = 0
): Promise<readonly string[]> {
  const framed = await askEngine(engine, (docker) =>
    docker.getContainer(id).logs({
      follow: false,
      stdout: true,
      stderr: true,
      tail: lines,
      since,
    })
  );
  const text = unframed(framed.subarray(0, MAX_BYTES));
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/**
 * Runs a program in a container.
 *
 * @throws the engine's error when it is not running; the signal's reason
 */
export async function execIn(
  engine: Engine,
  id: string,
  command: readonly string[],
  { limitMs, folder, signal }: ExecOptions = {}
): Promise<ExecEnd> {
  const run = async (docker: Docker): Promise<ExecEnd> => {
    const exec = await docker.getContainer(id).exec({
      Cmd: [...command],
      AttachStdout: true,
      AttachStderr: true,
      ...(folder === undefined ? {} : { WorkingDir: folder }),
    });
    const stream = await exec.start({ hijack: true, stdin: false });
    const onAbort = (): void => void stream.destroy(new Error('aborted'));
    signal?.addEventListener('abort', onAbort, { once: true });
    const parts: Buffer[] = [];
    let size = 0;
    try {
      signal?.throwIfAborted();
      for await (const part of stream) {
        const bytes = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
        size += bytes.length;
        if (size <= MAX_BYTES) parts.push(bytes);
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
    signal?.throwIfAborted();
    const { ExitCode } = await exec.inspect();
    const said = Buffer.concat(parts);
    return {
      code: ExitCode ?? -1,
      stdout: unframed(said, 'stdout'),
      stderr: unframed(said, 'stderr'),
    };
  };
  signal?.throwIfAborted();
  try {
    return await askEngine(engine, run, limitMs);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

import { PassThrough } from 'node:stream';
import type { ExecEnd } from './container-output.js';
import { askEngine, type Engine } from './engine.js';

/** How long a program that lost its stdin may take to end (ms). */
const END_MS = 30_000;
/** Of each stream that is kept (characters). */
const KEPT = 64 * 1024;

/**
 * Runs a program in a container that ends when its stdin does, which it does
 * with this process, whatever ends that. There is no limit but the signal.
 *
 * @throws the signal's reason, once the program has had time to end
 */
export async function execGuarded(
  engine: Engine,
  id: string,
  command: readonly string[],
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal }
): Promise<ExecEnd> {
  signal.throwIfAborted();
  const docker = await engine.docker();
  const exec = await askEngine(engine, () =>
    docker.getContainer(id).exec({
      Cmd: [...command],
      WorkingDir: folder,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    })
  );
  const stream = await exec.start({ hijack: true, stdin: true });
  const [stdout, stderr] = [kept(), kept()];
  docker.modem.demuxStream(stream, stdout.stream, stderr.stream);
  const ended = new Promise<void>((resolve) => {
    stream.once('end', resolve).once('close', resolve).once('error', resolve);
  });
  const onAbort = (): void => {
    stream.end();
    setTimeout(() => stream.destroy(), END_MS).unref();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await ended;
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.destroy();
  }
  signal.throwIfAborted();
  const { ExitCode } = await askEngine(engine, () => exec.inspect());
  return {
    code: ExitCode ?? -1,
    stdout: stdout.text(),
    stderr: stderr.text(),
  };
}

function kept(): { readonly stream: PassThrough; readonly text: () => string } {
  let text = '';
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-KEPT);
  });
  return { stream, text: () => text };
}

import { execFile } from 'node:child_process';

/** What a program said. */
export type ProgramAnswer =
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly text: string };

/** How long a program that only tells its version may take (ms). */
const LIMIT_MS = 4000;

/** Runs a program that changes nothing. @throws the signal's reason */
export async function askProgram(
  file: string,
  args: readonly string[],
  signal: AbortSignal
): Promise<ProgramAnswer> {
  return await new Promise((resolve, reject) => {
    const options = { timeout: LIMIT_MS, maxBuffer: 1024 * 1024, signal };
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ kind: 'said', text: stdout.trim() });
      else if (signal.aborted) reject(signal.reason as Error);
      else if (error.code === 'ENOENT') resolve({ kind: 'missing' });
      else if (error.killed === true) {
        resolve({ kind: 'failed', text: `no answer within ${LIMIT_MS} ms` });
      } else {
        const line = (stderr.trim() || error.message).split('\n')[0] ?? '';
        resolve({ kind: 'failed', text: line.slice(0, 200) });
      }
    });
  });
}

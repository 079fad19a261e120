import { open } from 'node:fs/promises';
import { systemCode } from '../../errors/system-code.js';

const CHUNK_BYTES = 64 * 1024;
/** More is read of no file, however long its lines are. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The last lines of a rotated log, oldest first: FILE, and as far as needed
 * FILE.1, FILE.2 and so on. Missing files count as empty.
 *
 * @param since only lines from this ISO 8601 time on, by the time they begin
 *   with; lines without one belong to the line before
 */
export async function lastLogLines(
  file: string,
  count: number,
  since?: string
): Promise<readonly string[]> {
  let lines: readonly string[] = [];
  for (let number = 0; number < 10 && lines.length < count; number++) {
    const name = number === 0 ? file : `${file}.${number}`;
    const older = await lastLines(name, count - lines.length);
    if (older === null) break;
    lines = [...older, ...lines];
  }
  return since === undefined ? lines : linesSince(lines, since);
}

/** Lines from a time on; see {@link lastLogLines}. Pure. */
export function linesSince(
  lines: readonly string[],
  since: string
): readonly string[] {
  const from = Date.parse(since);
  const first = lines.findIndex((line) => {
    const time = Date.parse(/^\d{4}-\S+/.exec(line)?.[0] ?? '');
    return !Number.isNaN(time) && time >= from;
  });
  return first === -1 ? [] : lines.slice(first);
}

/** The last lines of a file. @returns null when there is none */
export async function lastLines(
  file: string,
  count: number
): Promise<readonly string[] | null> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const { size } = await handle.stat();
    let from = size;
    let text = Buffer.alloc(0);
    let breaks = 0;
    while (from > 0 && breaks <= count && text.length < MAX_BYTES) {
      const length = Math.min(CHUNK_BYTES, from);
      from -= length;
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(length),
        0,
        length,
        from
      );
      const chunk = buffer.subarray(0, bytesRead);
      for (const byte of chunk) if (byte === 10) breaks += 1;
      text = Buffer.concat([chunk, text]);
    }
    const lines = text.toString('utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    // The first one may have been cut.
    return (from > 0 ? lines.slice(1) : lines).slice(-count);
  } finally {
    await handle.close();
  }
}

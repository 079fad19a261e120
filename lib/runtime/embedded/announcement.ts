import { readFile } from 'node:fs/promises';
import { pause } from '../pause.js';
import { presenceOf, type ProcessIdentity } from '../process-identity.js';
import { RuntimeError } from '../runtime-error.js';
import { lastLogLines } from './text-tail.js';

/** How an announcement is waited for. */
export interface AnnouncementOptions {
  /** What is waited for, for messages: `the index`. */
  readonly name: string;
  /** The file its output goes to. */
  readonly outFile: string;
  /** Its log, quoted when it dies. */
  readonly logFile?: string | undefined;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 50;
const QUOTED_LINES = 12;

/**
 * Waits for the line of JSON that a process prints when it listens.
 *
 * @param read takes the parsed line; null when it is not the one
 * @throws RuntimeError START_FAILED when the process dies (at once, with its
 *   last lines) or says nothing in time; the signal's reason
 */
export async function waitForAnnouncement<T>(
  identity: ProcessIdentity,
  read: (line: unknown) => T | null,
  options: AnnouncementOptions
): Promise<T> {
  const { name, outFile, deadlineMs, signal } = options;
  const startedMs = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const isGone = presenceOf(identity) === 'gone';
    // Read after looking: what it said last is then in the file.
    const announced = firstOf(await readFile(outFile, 'utf8'), read);
    if (isGone) throw await died(options);
    if (announced !== null) return announced;
    if (performance.now() - startedMs >= deadlineMs) {
      throw new RuntimeError(
        `${name} did not begin to answer within ${deadlineMs} ms`,
        { code: 'START_FAILED', suggestion: `see ${outFile}` }
      );
    }
    await pause(POLL_MS, signal);
  }
}

async function died(options: AnnouncementOptions): Promise<RuntimeError> {
  const { name, outFile, logFile } = options;
  const said = await lastLogLines(outFile, QUOTED_LINES);
  const lines =
    said.length > 0 || logFile === undefined
      ? said
      : await lastLogLines(logFile, QUOTED_LINES);
  const quote = lines.map((line) => `\n  | ${line.slice(0, 300)}`).join('');
  return new RuntimeError(
    `${name} ended while it was being started${quote === '' ? '' : `; it said:${quote}`}`,
    { code: 'START_FAILED', suggestion: `see ${logFile ?? outFile}` }
  );
}

function firstOf<T>(text: string, read: (line: unknown) => T | null): T | null {
  // The last piece may be half a line.
  for (const line of text.split('\n').slice(0, -1)) {
    if (!line.startsWith('{')) continue;
    try {
      const value = read(JSON.parse(line));
      if (value !== null) return value;
    } catch {
      // Some other output.
    }
  }
  return null;
}

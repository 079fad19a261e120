/** `--fixture FILE`: batches of events from a file of JSON lines. */

import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseEvent } from '../event.js';
import type { JetstreamEvent } from '../event.js';

/** Events of one transaction. */
const BATCH_EVENTS = 10_000;

/** Some lines of the file. */
export interface FixtureBatch {
  readonly events: readonly JetstreamEvent[];
  /** Highest `time_us` so far, µs since 1970. */
  readonly cursor: number;
  /** The file and how many of its lines are done: where a restart goes on. */
  readonly endpoint: string;
  readonly malformed: number;
}

/**
 * Reads the file from where an earlier run stopped.
 *
 * @param resumeAt - `endpoint` of the last batch that was committed, or null
 * @param cursor - the cursor committed with it, µs
 * @throws ENOENT and the like
 */
export async function* fixtureBatches(
  file: string,
  resumeAt: string | null,
  cursor: number
): AsyncGenerator<FixtureBatch> {
  const url = pathToFileURL(resolve(file)).href;
  const done = linesDone(url, resumeAt);
  const input = createReadStream(file);
  const lines = createInterface({ input, crlfDelay: Infinity });
  let read = 0;
  let newest = done === 0 ? 0 : cursor;
  let events: JetstreamEvent[] = [];
  let malformed = 0;
  const batch = (): FixtureBatch => {
    const taken = { events, malformed, cursor: newest };
    events = [];
    malformed = 0;
    return { ...taken, endpoint: `${url}#${read}` };
  };
  for await (const line of lines) {
    read++;
    if (read <= done || line === '') continue;
    const event = parseEvent(line);
    if (event === null) {
      malformed++;
      continue;
    }
    events.push(event);
    newest = Math.max(newest, event.timeUs);
    if (events.length >= BATCH_EVENTS) yield batch();
  }
  if (events.length > 0 || malformed > 0) yield batch();
}

function linesDone(url: string, resumeAt: string | null): number {
  if (resumeAt === null || !resumeAt.startsWith(`${url}#`)) return 0;
  const lines = Number(resumeAt.slice(url.length + 1));
  return Number.isInteger(lines) ? lines : 0;
}

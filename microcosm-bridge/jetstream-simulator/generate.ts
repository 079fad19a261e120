/**
 * Writes a file of generated events.
 *
 *   npx tsx microcosm-bridge/jetstream-simulator/generate.ts --events 500000 --out events.jsonl
 *
 * Exit codes: 0 written, 1 failed, 2 wrong use, 130 interrupted.
 */
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { runCommand } from '../../lib/cli/index.js';
import { generateEvents } from './generator/generate-events.js';
import { GENERATE_COMMAND } from './generate-command.js';
import type { GeneratorOptions } from './generator/generator-options.js';

/** Lines are written in pieces of about so many characters. */
const pieceLength = 64 * 1024;

function* pieces(options: GeneratorOptions): Generator<string> {
  let piece = '';
  for (const line of generateEvents(options)) {
    piece += line + '\n';
    if (piece.length >= pieceLength) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}

await runCommand(
  GENERATE_COMMAND,
  async ({ flags, signal, output, undo }) => {
    const { events, seed, eventsPerSecond, out } = flags;
    const startTimeUs = Date.parse(flags.start) * 1000;
    const options = { events, seed, eventsPerSecond, startTimeUs };
    const source = Readable.from(pieces(options), { objectMode: true });
    if (out === '-') {
      await pipeline(source, process.stdout, { end: false, signal });
      return;
    }
    const unfinished = `${out}.${process.pid}.tmp`;
    undo.add(`remove ${unfinished}`, () => rm(unfinished, { force: true }));
    const file = await open(unfinished, 'wx');
    await pipeline(source, file.createWriteStream({ flush: true }), { signal });
    await rename(unfinished, out);
    output.note(`Wrote ${events} events to ${out}`);
  },
  { url: import.meta.url }
);

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
import { defineCommand, runCommand } from '../../lib/cli/index.js';
import { generateEvents } from './generator/generate-events.js';
import {
  generatorDefaults,
  type GeneratorOptions,
} from './generator/generator-options.js';

const spec = defineCommand({
  command: 'npx tsx microcosm-bridge/jetstream-simulator/generate.ts',
  purpose:
    'Writes the events of an invented network as JSON lines, as Jetstream ' +
    'would send them. The same flags give the same bytes.',
  flags: {
    events: {
      type: 'integer',
      min: 1,
      max: 1_000_000_000,
      default: 10_000,
      help: 'how many; 500,000 take 250 MB and some 10 seconds',
    },
    out: {
      type: 'string',
      placeholder: 'FILE',
      default: '-',
      help: 'where to write; - is stdout',
    },
    seed: {
      type: 'integer',
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      default: generatorDefaults.seed,
      help: 'another number gives another network',
    },
    eventsPerSecond: {
      type: 'number',
      min: 0.001,
      max: 100_000,
      default: generatorDefaults.eventsPerSecond,
      help: 'how close the events are in their own time',
    },
    start: {
      type: 'string',
      placeholder: 'TIME',
      default: new Date(generatorDefaults.startTimeUs / 1000).toISOString(),
      help: 'when the network begins',
      check: (text) =>
        Date.parse(text) >= 0 ? undefined : 'a time such as 2026-01-01T00:00Z',
    },
  },
  examples: [
    {
      command:
        'npx tsx microcosm-bridge/jetstream-simulator/generate.ts --events 500000 --out events.jsonl',
      does: 'what the benchmark of the index reads',
    },
  ],
});

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
  spec,
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

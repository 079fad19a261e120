import { defineCommand } from '../../lib/cli/index.js';
import { generatorDefaults } from './generator/generator-options.js';

/** The command line of generate.ts. */
export const GENERATE_COMMAND = defineCommand({
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

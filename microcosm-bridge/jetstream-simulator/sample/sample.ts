import { fileURLToPath } from 'node:url';
import { generateEvents } from '../generator/generate-events.js';
import type { GeneratorOptions } from '../generator/generator-options.js';
import { Network } from '../generator/network.js';

/**
 * The options that the bundled sample was generated with: 2,500 events of an
 * invented network within two hours.
 */
export const sampleOptions = {
  events: 2500,
  seed: 20260101,
  eventsPerSecond: 2500 / 7200,
} as const satisfies GeneratorOptions;

/** The bundled sample: JSON lines. */
export const samplePath = fileURLToPath(
  new URL('network.jsonl', import.meta.url)
);

/**
 * The network of the sample as it is after the sample's last event, to be gone on
 * with. What it does next does not depend on an earlier run and deletes nothing of
 * the sample.
 * @param seed of what it does next
 */
export function networkAfterSample(seed: number): Network {
  const network = new Network(sampleOptions.seed);
  const events = generateEvents(sampleOptions, network);
  while (events.next().done !== true);
  network.continueWith(seed);
  return network;
}

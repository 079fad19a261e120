import {
  resolveGeneratorOptions,
  type GeneratorOptions,
} from './generator-options.js';
import { Network } from './network.js';
import { Random } from './random.js';

/**
 * The events of an invented network as Jetstream would send them, one line of
 * JSON each, without line ends, `time_us` strictly increasing. Of all events 64 %
 * are likes (a tenth of them of one post), 14 % follows, 10 % posts with replies,
 * quotes and facets, 7 % reposts and 5 % deletes of records created before; about
 * 500 bytes each; targets are Zipf-distributed. The same options give the same
 * bytes.
 * @param network what acts; handing it in allows to go on with it afterwards
 * @throws RangeError naming the option that is out of range
 */
export function* generateEvents(
  options: GeneratorOptions = {},
  network: Network = new Network(resolveGeneratorOptions(options).seed)
): Generator<string, void, undefined> {
  const resolved = resolveGeneratorOptions(options);
  const { events, seed, startTimeUs, eventsPerSecond } = resolved;
  // Times come from numbers of their own: the network is the same at any pace.
  const times = new Random(seed);
  let timeUs = startTimeUs;
  for (let i = 0; i < events; i++) {
    timeUs += nextGapUs(times, eventsPerSecond);
    yield network.next(timeUs);
  }
}

/** Microseconds to the next event, at least 1: a Poisson process. */
function nextGapUs(random: Random, eventsPerSecond: number): number {
  const gapUs = (-Math.log(1 - random.fraction()) * 1e6) / eventsPerSecond;
  return Math.max(1, Math.round(gapUs));
}

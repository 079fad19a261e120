/** What {@link generateEvents} can be told. */
export interface GeneratorOptions {
  /** How many events; 0 or more, Infinity for an endless stream. Default Infinity. */
  readonly events?: number;
  /** Same seed, same bytes. A whole number from 0 to 2^53 - 1. Default 1. */
  readonly seed?: number;
  /**
   * `time_us` that the first event follows, in microseconds since 1970.
   * Default 2026-01-01T00:00:00Z.
   */
  readonly startTimeUs?: number;
  /**
   * Events a second in the stream's own time: how far apart the `time_us` are,
   * not how fast they are made. 0.001 to 100,000. Default 500.
   */
  readonly eventsPerSecond?: number;
}

/** Defaults of {@link GeneratorOptions}. */
export const generatorDefaults = {
  events: Number.POSITIVE_INFINITY,
  seed: 1,
  startTimeUs: Date.UTC(2026, 0, 1) * 1000,
  eventsPerSecond: 500,
} as const satisfies Required<GeneratorOptions>;

/**
 * Fills in the defaults.
 * @throws RangeError naming the option and its range
 */
export function resolveGeneratorOptions(
  options: GeneratorOptions
): Required<GeneratorOptions> {
  const resolved = { ...generatorDefaults, ...options };
  const { events, seed, startTimeUs, eventsPerSecond } = resolved;
  const whole = (value: number) => Number.isSafeInteger(value) && value >= 0;
  if (!whole(events) && events !== Number.POSITIVE_INFINITY) {
    throw new RangeError(`events must be 0 or more, it is ${events}`);
  }
  if (!whole(seed)) {
    throw new RangeError(`seed must be 0 to 2^53 - 1, it is ${seed}`);
  }
  if (!whole(startTimeUs)) {
    throw new RangeError(
      `startTimeUs must be microseconds since 1970, it is ${startTimeUs}`
    );
  }
  if (!(eventsPerSecond >= 0.001 && eventsPerSecond <= 100_000)) {
    throw new RangeError(
      `eventsPerSecond must be 0.001 to 100000, it is ${eventsPerSecond}`
    );
  }
  return resolved;
}

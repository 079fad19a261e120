import type { Fault } from './fault/fault.js';
import { SimulatorError } from './simulator-error.js';

/** The live tail: events that happen while the simulator runs. */
export interface LiveOptions {
  /** 0.001 to 100,000. */
  readonly eventsPerSecond: number;
  /** Seed of the network. Default 1. */
  readonly seed?: number;
  /** Begin only once a client has received all there was before. Default false. */
  readonly afterReplay?: boolean;
}

/** Options of {@link startSimulator}. Nothing is replayed and nothing happens by default. */
export interface SimulatorOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** 0 to 65,535; 0 takes a free one. Default 0. */
  readonly port?: number;
  /** File of events to replay, one JSON line each, oldest first. */
  readonly file?: string;
  /** Shift the times of the file so that its newest event is now. Default false. */
  readonly rebase?: boolean;
  /** Replay the bundled sample, its newest event being now. Default false. */
  readonly sample?: boolean;
  /** Default: no live tail. */
  readonly live?: LiveOptions;
  /**
   * Where a client begins that names no cursor: behind the newest event, as the
   * real Jetstream does, or at the oldest. Default `live`.
   */
  readonly withoutCursor?: 'live' | 'oldest';
  /**
   * Bytes of events kept in memory for replay, those of a file not counted; the
   * oldest go first. From 65,536. Default 268,435,456.
   */
  readonly keepBytes?: number;
  /** What is wrong from the start. Default `{ fault: 'none' }`. */
  readonly fault?: Fault;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** {@link SimulatorOptions} with the defaults filled in. */
export type ResolvedSimulatorOptions = Required<
  Omit<SimulatorOptions, 'file' | 'live'>
> &
  Pick<SimulatorOptions, 'file' | 'live'>;

/** Defaults of {@link SimulatorOptions}. */
export const simulatorDefaults = {
  host: '127.0.0.1',
  port: 0,
  rebase: false,
  sample: false,
  withoutCursor: 'live',
  keepBytes: 256 * 1024 * 1024,
  fault: { fault: 'none' },
  now: Date.now,
} as const satisfies SimulatorOptions;

const known = new Set([...Object.keys(simulatorDefaults), 'file', 'live']);

function bad(message: string): SimulatorError {
  return new SimulatorError('bad-option', message);
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/**
 * Fills in the defaults.
 * @throws SimulatorError `bad-option` naming the option and its range
 */
export function resolveSimulatorOptions(
  options: SimulatorOptions
): ResolvedSimulatorOptions {
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown !== undefined) throw bad(`Unknown option ${unknown}`);
  const resolved = { ...simulatorDefaults, ...options };
  const { port, keepBytes, live, sample, file, rebase } = resolved;
  if (!isWithin(port, 0, 65_535)) {
    throw bad(`port must be 0 to 65535, it is ${port}`);
  }
  if (!isWithin(keepBytes, 65_536, Number.MAX_SAFE_INTEGER)) {
    throw bad(`keepBytes must be 65536 or more, it is ${keepBytes}`);
  }
  const pace = live?.eventsPerSecond ?? 1;
  if (!(pace >= 0.001 && pace <= 100_000)) {
    throw bad(`live.eventsPerSecond must be 0.001 to 100000, it is ${pace}`);
  }
  const seed = live?.seed ?? 1;
  if (!isWithin(seed, 0, Number.MAX_SAFE_INTEGER)) {
    throw bad(`live.seed must be 0 to 2^53 - 1, it is ${seed}`);
  }
  if (sample && file !== undefined) {
    throw bad('sample and file exclude each other');
  }
  if (rebase && file === undefined) throw bad('rebase needs a file');
  return resolved;
}

import { parseFault } from './fault/parse-fault.js';
import { Network } from './generator/network.js';
import { LiveTail } from './live/live-tail.js';
import { EventFile } from './log/event-file.js';
import { EventLog } from './log/event-log.js';
import { networkAfterSample, samplePath } from './sample/sample.js';
import { JetstreamServer } from './server/jetstream-server.js';
import type { Simulator } from './simulator.js';
import { SimulatorError } from './simulator-error.js';
import {
  resolveSimulatorOptions,
  type ResolvedSimulatorOptions,
  type SimulatorOptions,
} from './simulator-options.js';

/**
 * Starts a server that speaks Jetstream, in this process.
 * @throws SimulatorError `bad-option`, `bad-fault`, `file-unreadable`,
 * `cannot-listen`
 */
export async function startSimulator(
  options: SimulatorOptions = {}
): Promise<Simulator> {
  const resolved = resolveSimulatorOptions(options);
  const { host, port, withoutCursor, live, fault, keepBytes } = resolved;
  parseFault(fault);
  const log = new EventLog(keepBytes);
  const file = await openFile(resolved);
  for (const segment of file?.segments ?? []) log.add(segment);

  let closed = false;
  const push = (lines: readonly string[]) => {
    if (closed) throw new SimulatorError('closed', 'The simulator is closed');
    log.append(lines.map((line) => Buffer.from(line)));
    server.pump();
  };
  const tail = live && liveTail(resolved, log, push);
  const onCaughtUp = () => {
    if (live?.afterReplay === true) tail?.start();
  };
  const server = new JetstreamServer(
    { host, port, withoutCursor, onCaughtUp },
    log
  );
  const close = async () => {
    if (closed) return;
    closed = true;
    tail?.stop();
    await server.close();
    await file?.close();
  };

  try {
    await server.open();
    await server.faults.set(fault);
  } catch (error) {
    await close();
    throw error;
  }
  if (live?.afterReplay !== true) tail?.start();
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    url: `ws://${address}:${server.port}/subscribe`,
    host,
    port: server.port,
    get clients() {
      return server.clients;
    },
    get stats() {
      return server.stats;
    },
    get fault() {
      return server.faults.current;
    },
    setFault: async (next) => server.faults.set(parseFault(next)),
    push,
    close,
  };
}

async function openFile(
  options: ResolvedSimulatorOptions
): Promise<EventFile | undefined> {
  const { sample, file, rebase, now } = options;
  if (sample) return EventFile.open(samplePath, now() * 1000);
  if (file === undefined) return undefined;
  return EventFile.open(file, rebase ? now() * 1000 : undefined);
}

function liveTail(
  options: ResolvedSimulatorOptions,
  log: EventLog,
  push: (lines: readonly string[]) => void
): LiveTail | undefined {
  const { live, sample, now } = options;
  if (live === undefined) return undefined;
  const { eventsPerSecond, seed } = live;
  // Beside the sample each run does something else: what an earlier run did is
  // still known to those who listened.
  const network = sample
    ? networkAfterSample(seed ?? now())
    : new Network(seed ?? 1);
  const newestTimeUs = () => log.newestTimeUs;
  return new LiveTail({ network, eventsPerSecond, now, newestTimeUs, push });
}

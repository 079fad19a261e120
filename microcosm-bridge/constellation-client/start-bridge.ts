import { once } from 'node:events';
import type { Server } from 'node:http';
import {
  createApiServer,
  drainServer,
  listenFailure,
  type Answer,
} from '../../lib/api-server/index.js';
import {
  type ClientStats,
  type Clock,
  ConstellationClient,
  type ConstellationEvent,
  systemClock,
} from '../../lib/constellation/index.js';
import type { LogLevel } from '../../lib/log/log.js';
import { Admission } from './admission.js';
import { BridgeError } from './bridge-error.js';
import { IndexDisk } from './disk/index-disk.js';
import { logLineOf } from './log-line.js';
import { BridgeMetrics } from './metrics/bridge-metrics.js';
import { openApiDocument } from './openapi/openapi-document.js';
import { healthReport } from './report/health-report.js';
import { statsReport } from './report/stats-report.js';
import { answerFor, isQuestion, type RouteContext } from './routes.js';
import type { BridgeSettings } from './settings/bridge-settings.js';
import { TrafficHistory } from './status/traffic-history.js';
import { statusAnswer } from './status/status-answer.js';
import { bridgeVersion } from './version.js';

/** What tests replace. */
export interface BridgeSurroundings {
  readonly clock?: Clock;
  readonly log?: (level: LogLevel, text: string) => void;
}

/** A running bridge. */
export interface Bridge {
  /** Where it answers on this machine. */
  readonly url: string;
  readonly client: ConstellationClient;
  /** Takes no more connections, gives the last answers, then closes the client. */
  stop(): Promise<void>;
}

/** How long a stop waits for answers that are under way, ms: longer than any may take. */
const LONGEST_DRAIN_MS = 10_000;
/** Connections at once; one more is closed by the system. */
const MOST_CONNECTIONS = 4_096;

/**
 * Starts the service and returns once it listens. Asks no index by itself.
 *
 * @throws BridgeError `CANNOT_LISTEN`
 * @throws ConstellationError `BAD_OPTION`, `BAD_URL`
 */
export async function startBridge(
  settings: BridgeSettings,
  { clock = systemClock, log = () => undefined }: BridgeSurroundings = {}
): Promise<Bridge> {
  const version = bridgeVersion();
  const startedMs = clock.monotonicMs();
  const startedAt = new Date(clock.wallMs()).toISOString();
  const listeners: ((event: ConstellationEvent) => void)[] = [];
  const client = new ConstellationClient(
    {
      ...settings.client,
      onEvent: (event) => {
        for (const listener of listeners) listener(event);
      },
    },
    { clock }
  );
  const disk = new IndexDisk(settings.indexDataPath, {
    clock,
    log: (level, text) => log(level, text),
    isTold: () => (client.stats().local?.disk ?? null) !== null,
  });
  const statsNow = (): ClientStats => disk.addTo(client.stats());
  const metrics = new BridgeMetrics(statsNow);
  const history = new TrafficHistory(clock, () => client.stats());
  const admission = new Admission(settings.maxConcurrent);
  listeners.push(
    (event) => metrics.observe(event),
    (event) => history.observe(event),
    (event) => {
      const line = logLineOf(event);
      if (line !== null) log(line.level, line.text);
    }
  );
  let stopping = false;
  const health = (): ReturnType<typeof healthReport> =>
    healthReport(statsNow(), version, stopping);
  const service = (): Parameters<typeof statsReport>[0] => ({
    version,
    startedAt,
    uptimeSeconds: Math.round((clock.monotonicMs() - startedMs) / 1000),
    active: admission.active,
    refused: admission.refused,
  });
  const context: RouteContext = {
    client,
    admission,
    health,
    stats: () => statsReport(service(), statsNow()),
    metrics: () => metrics.text(),
    openApi: JSON.stringify(openApiDocument(version)),
    statusPage: async (): Promise<Answer> => {
      // Somebody looks: the local index is looked at too, if that is long ago.
      await client.look();
      return statusAnswer({
        health: health(),
        service: service(),
        stats: statsNow(),
        diskProblem: disk.problem,
        options: client.options,
        traffic: history.view(),
        nowMs: clock.wallMs(),
      });
    },
  };
  const server = createApiServer({
    answer: (request) => answerFor(context, request),
    onAnswer: (route, status, seconds) => {
      metrics.http.observe(route, status, seconds);
      if (isQuestion(route)) history.answered(status, seconds * 1000);
    },
    onError: (error) => {
      const text = error instanceof Error ? error.stack : String(error);
      log('error', `a request failed: ${text ?? 'no reason'}`);
    },
  });
  server.maxConnections = MOST_CONNECTIONS;
  try {
    await listen(server, settings);
  } catch (error) {
    await client.close();
    throw error;
  }
  history.start();
  disk.start();
  const drainMs = Math.min(LONGEST_DRAIN_MS, client.options.deadlineMs + 1_000);
  let stopped: Promise<void> | null = null;
  return {
    url: urlOf(server, settings.host),
    client,
    stop: () => {
      stopping = true;
      stopped ??= (async () => {
        await drainServer(server, drainMs);
        history.stop();
        disk.stop();
        await client.close();
      })();
      return stopped;
    },
  };
}

async function listen(
  server: Server,
  { host, port }: BridgeSettings
): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const choose = 'BRIDGE_BIND and HEALTH_PORT';
    const { message, suggestion } = listenFailure(error, where, choose);
    throw new BridgeError(message, { suggestion, cause });
  }
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

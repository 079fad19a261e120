/**
 * The main thread: starts the writer's thread and the HTTP threads, passes the
 * index's status on, and stops everything in order. It does no work itself.
 */

import type { Server } from 'node:http';
import type { Worker } from 'node:worker_threads';
import type { BindAddress } from '../../../lib/api-server/index.js';
import type { HealthIdentity } from '../health/health-report.js';
import type { LogLevel } from '../../../lib/log/log.js';
import { createMetricsServer } from '../metrics/metrics-server.js';
import { newCommitCounter } from './commit-counter.js';
import type {
  FromHttpThread,
  FromIndexThread,
  HttpThreadData,
  IndexThreadData,
  ToHttpThread,
  ToIndexThread,
} from './messages.js';
import { metricsOf } from './metrics-request.js';
import { deferred } from './deferred.js';
import { startThread } from './start-thread.js';

/** How long threads may take to stop before the process leaves without them, ms. */
const STOP_MS = 30_000;

/** What the process is made of. */
export interface SupervisorOptions {
  readonly index: Omit<IndexThreadData, 'commits'>;
  readonly bind: BindAddress;
  /** Null: no metrics. */
  readonly bindMetrics: BindAddress | null;
  /** File that backups are written down in, for the metrics; null: none. */
  readonly backupState: string | null;
  /** HTTP threads. */
  readonly workers: number;
  readonly didWebDomain: string | null;
  readonly identity: HealthIdentity;
  readonly log: (level: LogLevel, text: string) => void;
}

/** A failure that ends the process; `suggestion` says what to do next. */
export class SupervisorError extends Error {
  override readonly name = 'SupervisorError';
  readonly code = 'THREAD_FAILED';
  readonly suggestion: string;

  constructor(message: string, suggestion: string) {
    super(message);
    this.suggestion = suggestion;
  }
}

/** Where the process can be reached. */
export interface Addresses {
  readonly api: string;
  readonly metrics: string | null;
}

/** Runs the threads. One for a process. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #failure = deferred<never>();
  readonly #http: Worker[] = [];
  #index: Worker | null = null;
  #metrics: Server | null = null;
  #storeOpen = false;
  #stopping = false;
  readonly #commits = newCommitCounter();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    // Whoever waits for it is told; nobody has to.
    this.#failure.promise.catch(() => undefined);
  }

  /** Rejects with a SupervisorError when a thread fails for good. */
  get failure(): Promise<never> {
    return this.#failure.promise;
  }

  /**
   * Starts everything and waits until all of it listens.
   *
   * @throws SupervisorError, for instance when the port is taken
   */
  async start(): Promise<Addresses> {
    this.#startIndex();
    const { bind, bindMetrics, workers } = this.#options;
    const first = await this.#startHttp(bind);
    if (first.fd !== null) {
      const { fd } = first;
      const more = Array.from({ length: workers - 1 }, () =>
        this.#startHttp({ fd })
      );
      await Promise.all(more);
    }
    const metrics =
      bindMetrics === null ? null : await this.#startMetrics(bindMetrics);
    return { api: urlOf(bind.host, first.port), metrics };
  }

  /** Stops the writer after its batch, then the HTTP threads after their answers. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const threads = [this.#index, ...this.#http].filter((t) => t !== null);
    const all = Promise.all(threads.map(stopThread));
    const limit = new Promise<void>((resolve) => {
      setTimeout(resolve, STOP_MS).unref();
    });
    this.#metrics?.close();
    this.#metrics?.closeAllConnections();
    await Promise.race([all, limit]);
  }

  #startIndex(): void {
    const module = new URL('./index-thread.ts', import.meta.url);
    const data: IndexThreadData = {
      ...this.#options.index,
      commits: this.#commits,
    };
    const thread = startThread(module, data, 'index');
    this.#index = thread;
    this.#watch(thread, 'the indexing thread');
    thread.on('message', (message: FromIndexThread) => {
      switch (message.type) {
        case 'open':
          this.#storeOpen = true;
          this.#tellHttp({ type: 'open' });
          return;
        case 'status':
          this.#tellHttp(message);
          return;
        case 'log':
          this.#options.log(message.level, message.text);
          return;
        case 'failed':
          this.#fail(message.message, message.suggestion);
          return;
        case 'metrics':
        case 'stopped':
          return;
      }
    });
  }

  async #startHttp(
    listen: HttpThreadData['listen']
  ): Promise<{ port: number; fd: number | null }> {
    const { index, didWebDomain, identity } = this.#options;
    const data: HttpThreadData = {
      dataPath: index.dataPath,
      listen,
      didWebDomain,
      identity,
      commits: this.#commits,
    };
    const module = new URL('./http-thread.ts', import.meta.url);
    const thread = startThread(module, data, `http-${this.#http.length}`);
    this.#http.push(thread);
    this.#watch(thread, 'an HTTP thread');
    if (this.#storeOpen) tellHttp(thread, { type: 'open' });
    const listening = deferred<{
      port: number;
      fd: number | null;
    }>();
    thread.on('message', (message: FromHttpThread) => {
      switch (message.type) {
        case 'listening':
          listening.resolve(message);
          return;
        case 'log':
          this.#options.log(message.level, message.text);
          return;
        case 'failed':
          this.#fail(message.message, message.suggestion);
          return;
        case 'metrics':
        case 'stopped':
          return;
      }
    });
    return await Promise.race([listening.promise, this.failure]);
  }

  async #startMetrics({ host, port }: BindAddress): Promise<string> {
    const server = createMetricsServer(async () => {
      const threads = [this.#index, ...this.#http].filter((t) => t !== null);
      return await Promise.all(threads.map(metricsOf));
    }, this.#options.backupState);
    this.#metrics = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        reject(
          new SupervisorError(
            `cannot listen on ${host}:${port} for metrics: ${error.message}`,
            'Choose another address with --bind-metrics HOST:PORT.'
          )
        );
      });
      server.listen(port, host, resolve);
    });
    const address = server.address();
    const bound = typeof address === 'object' ? address?.port : undefined;
    return urlOf(host, bound ?? port);
  }

  #watch(thread: Worker, name: string): void {
    const suggestion = 'Start it again; should it happen again, report it.';
    thread.on('error', (error) => {
      this.#options.log('error', error.stack ?? error.message);
      this.#fail(`${name} died: ${error.message}`, suggestion);
    });
    thread.on('exit', (code) => {
      if (!this.#stopping) this.#fail(`${name} ended (${code})`, suggestion);
    });
  }

  #tellHttp(message: ToHttpThread): void {
    for (const thread of this.#http) tellHttp(thread, message);
  }

  #fail(message: string, suggestion: string): void {
    this.#failure.reject(new SupervisorError(message, suggestion));
  }
}

function tellHttp(thread: Worker, message: ToHttpThread): void {
  thread.postMessage(message);
}

async function stopThread(thread: Worker): Promise<void> {
  const stop: ToIndexThread & ToHttpThread = { type: 'stop' };
  await new Promise<void>((resolve) => {
    thread.on('message', (message: FromIndexThread | FromHttpThread) => {
      if (message.type === 'stopped' || message.type === 'failed') resolve();
    });
    thread.once('exit', () => {
      resolve();
    });
    thread.postMessage(stop);
  });
}

function urlOf(host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

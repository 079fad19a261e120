/** The writer's thread: takes batches from the stream and commits them. */

import { parentPort, workerData } from 'node:worker_threads';
import { StoreError } from '../store/errors.js';
import { Indexer } from '../writer/indexer.js';
import type {
  FromIndexThread,
  IndexThreadData,
  ToIndexThread,
} from './messages.js';

/** How often the others are told how the index is, ms. */
const STATUS_MS = 500;

/** How often the store is looked after, ms. */
const TEND_MS = 200;

if (parentPort === null) throw new Error('index-thread.ts runs in a thread');
const port = parentPort;
const { data } = workerData as { data: IndexThreadData };

function tell(message: FromIndexThread): void {
  port.postMessage(message);
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const suggestion =
    error instanceof StoreError
      ? error.suggestion
      : 'Start it again; should it happen again, report it with the log.';
  if (!(error instanceof StoreError) && error instanceof Error) {
    tell({ type: 'log', level: 'error', text: error.stack ?? message });
  }
  tell({ type: 'failed', message, suggestion });
}

const stop = new AbortController();

async function main(): Promise<void> {
  const indexer = new Indexer(data, (level, text) => {
    tell({ type: 'log', level, text });
  });
  tell({ type: 'open' });
  const sendStatus = (): void => {
    tell({ type: 'status', status: indexer.status() });
  };
  sendStatus();
  const timers = [
    setInterval(sendStatus, STATUS_MS),
    setInterval(() => {
      try {
        indexer.tend();
      } catch (error) {
        fail(error);
      }
    }, TEND_MS),
  ];

  port.on('message', (message: ToIndexThread) => {
    switch (message.type) {
      case 'metrics':
        void indexer.metrics().then((json) => {
          tell({ type: 'metrics', json });
        });
        return;
      case 'stop':
        stop.abort();
        return;
    }
  });

  await indexer.run(stop.signal, sendStatus);
  if (!stop.signal.aborted) {
    await new Promise((resolve) => {
      stop.signal.addEventListener('abort', resolve, { once: true });
    });
  }
  for (const timer of timers) clearInterval(timer);
  await indexer.close();
  sendStatus();
  tell({ type: 'stopped' });
}

main().catch(fail);

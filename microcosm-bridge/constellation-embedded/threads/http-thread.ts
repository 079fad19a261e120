/** An HTTP thread: one event loop, one reader, one part of the connections. */

import { parentPort, workerData } from 'node:worker_threads';
import type { Server } from 'node:http';
import {
  HttpMetrics,
  createApiServer,
  drainServer,
  listenFailure,
} from '../../../lib/api-server/index.js';
import { answerFor } from '../api/answer.js';
import type { ApiState } from '../api/answer.js';
import { healthReport } from '../health/health-report.js';
import { StatusHistory } from '../health/status-history.js';
import { IndexReader } from '../store/index-reader.js';
import { openStore } from '../store/open-store.js';
import { commitsOf } from './commit-counter.js';
import type {
  FromHttpThread,
  HttpThreadData,
  ToHttpThread,
} from './messages.js';

/** How long a stop waits for answers that are under way, ms. */
const DRAIN_MS = 5000;

if (parentPort === null) throw new Error('http-thread.ts runs in a thread');
const port = parentPort;
const { dataPath, listen, didWebDomain, identity, commits } = (
  workerData as { data: HttpThreadData }
).data;
const history = new StatusHistory();
const metrics = new HttpMetrics();
let reader: IndexReader | null = null;
let commitsSeen = commitsOf(commits);

/** The reader with all that is committed by now; null until the store is open. */
function currentReader(): IndexReader | null {
  const committed = commitsOf(commits);
  if (committed !== commitsSeen) {
    commitsSeen = committed;
    reader?.refresh();
  }
  return reader;
}

function tell(message: FromHttpThread): void {
  port.postMessage(message);
}

const state: ApiState = {
  health: () => healthReport(identity, history, Date.now()),
  didWebDomain,
};
const server = createApiServer({
  answer: ({ method = 'GET', url = '/', headers: { accept } }) =>
    answerFor(state, currentReader(), { method, url, accept }),
  onAnswer: (route, status, seconds) => {
    metrics.observe(route, status, seconds);
  },
  onError: (error) => {
    const text = error instanceof Error ? error.stack : String(error);
    tell({ type: 'log', level: 'error', text: `a request failed: ${text}` });
  },
});

server.once('error', (error) => {
  const where =
    'host' in listen ? `${listen.host}:${listen.port}` : 'the socket';
  tell({
    type: 'failed',
    ...listenFailure(error, where, '--bind HOST:PORT'),
  });
});
server.once('listening', () => {
  const address = server.address();
  const bound = typeof address === 'object' ? address?.port : undefined;
  tell({ type: 'listening', port: bound ?? 0, fd: socketOf(server) });
});
server.listen(listen);

port.on('message', (message: ToHttpThread) => {
  switch (message.type) {
    case 'open':
      reader = new IndexReader(openStore(dataPath));
      return;
    case 'status':
      history.add(message.status);
      // Where nobody asks for anything an old snapshot must not stay either.
      currentReader();
      return;
    case 'metrics':
      void metrics.json().then((json) => {
        tell({ type: 'metrics', json });
      });
      return;
    case 'stop':
      drain();
      return;
  }
});

function drain(): void {
  const done = (): void => {
    tell({ type: 'stopped' });
  };
  // The socket is shared with the other threads and closes with the process.
  if ('fd' in listen) {
    server.closeIdleConnections();
    done();
    return;
  }
  void drainServer(server, DRAIN_MS).then(done);
}

/** The file descriptor of a listening server, which other threads can listen on too. */
function socketOf(listening: Server): number | null {
  const handle: unknown = Reflect.get(listening, '_handle');
  if (typeof handle !== 'object' || handle === null) return null;
  const fd: unknown = Reflect.get(handle, 'fd');
  return typeof fd === 'number' && fd >= 0 ? fd : null;
}

// Begins every thread: registers the TypeScript loader, then imports the
// module that the thread was started for (see start-thread.ts).
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.module);

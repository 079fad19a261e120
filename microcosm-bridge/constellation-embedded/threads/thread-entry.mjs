// Begins every thread: registers the TypeScript loader, then loads the module
// that the thread was started for (see start-thread.ts).
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/cjs/api';

register();
createRequire(import.meta.url)(fileURLToPath(workerData.module));

/** Runs the module that the first argument names; ends when stdin does. */

import { pathToFileURL } from 'node:url';

const [module = ''] = process.argv.splice(2, 1);
process.stdin.on('end', () => process.exit(1)).resume();
await import(pathToFileURL(module).href);

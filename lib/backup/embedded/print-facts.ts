/**
 * Prints what a data folder holds as JSON, for whoever has the folder only in a
 * container:
 *
 *   print-facts.ts DATA-FOLDER
 */

import { readStoreFacts } from './store-facts.js';

const [folder = ''] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await readStoreFacts(folder))}\n`);

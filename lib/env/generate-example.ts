/**
 * Writes what is generated from the settings' schema: the example env file and
 * the table in the quickstart. `npm run generate` runs it.
 *
 * Usage: tsx lib/env/generate-example.ts
 * Exit codes: 0 written, or nothing was left to do; 1 failed
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXAMPLE_FILE, exampleText } from './example-file.js';
import { replaceSettingsTable } from './settings-table.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const TABLE_DOCUMENTS = ['CONSTELLATION-PHASE2-QUICKSTART.md'];

put(EXAMPLE_FILE, exampleText());
for (const name of TABLE_DOCUMENTS) {
  const file = path.join(root, name);
  if (existsSync(file)) {
    put(name, replaceSettingsTable(readFileSync(file, 'utf8')));
  }
}

function put(name: string, text: string): void {
  const file = path.join(root, name);
  const same = existsSync(file) && readFileSync(file, 'utf8') === text;
  if (!same) writeFileSync(file, text);
  process.stdout.write(`${name}: ${same ? 'unchanged' : 'written'}\n`);
}

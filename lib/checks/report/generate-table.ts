/**
 * Writes the table of what `test.ts --json` prints into the quickstart.
 * `npm run generate` runs it.
 *
 * Usage: tsx lib/checks/report/generate-table.ts
 * Exit codes: 0 written, or nothing was left to do; 1 failed
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { replaceTable } from '../../env/document-table.js';
import { REPORT_TABLE_MARKERS, reportTable } from './report-fields.js';

const NAME = 'CONSTELLATION-PHASE2-QUICKSTART.md';

const file = new URL(`../../../${NAME}`, import.meta.url);
const before = readFileSync(file, 'utf8');
const after = replaceTable(before, REPORT_TABLE_MARKERS, reportTable());
if (after !== before) writeFileSync(file, after);
const what = after === before ? 'unchanged' : 'written';
process.stdout.write(`${NAME} (report): ${what}\n`);

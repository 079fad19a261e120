/**
 * Writes docker-compose.constellation-local.yml. `npm run generate` runs it.
 *
 * Usage: tsx lib/compose/generate-overlay.ts
 * Exit codes: 0 written, or nothing was left to do; 1 failed
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { makeOverlay, OVERLAY_FILE } from './overlay.js';
import { overlayText } from './overlay-text.js';

const file = new URL(`../../${OVERLAY_FILE}`, import.meta.url);
const text = overlayText(makeOverlay());
const same = existsSync(file) && readFileSync(file, 'utf8') === text;
if (!same) writeFileSync(file, text);
process.stdout.write(`${OVERLAY_FILE}: ${same ? 'unchanged' : 'written'}\n`);

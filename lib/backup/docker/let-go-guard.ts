/**
 * Lets a container go on when whoever holds it up is gone, whatever ended that
 * one: its end closes this program's stdin. Told `done` it only ends.
 *
 *   let-go-guard.ts CONTAINER paused|stopped
 */

import { openEngine } from '../../runtime/docker/engine.js';
import { letGo } from './let-go.js';

const [container = '', hold] = process.argv.slice(2);
let said = '';
process.stdin.on('data', (chunk: Buffer) => {
  said += chunk.toString();
});
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('end', resolve));
if (!said.includes('done')) {
  await letGo(
    openEngine(),
    container,
    hold === 'stopped' ? 'stopped' : 'paused'
  );
}

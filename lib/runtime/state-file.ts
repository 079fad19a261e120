import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../env/atomic-write.js';

/**
 * Writes a file of the state folder in one step, readable by its owner alone.
 */
export async function writeStateFile(
  file: string,
  text: string
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeAtomically(file, text, { mode: 0o600 });
}

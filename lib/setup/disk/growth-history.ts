import { readFile } from 'node:fs/promises';
import { writeStateFile } from '../../runtime/state-file.js';
import type { GrowthReading } from './growth.js';
import { systemCode } from '../../errors/system-code.js';

/** More readings are not kept; the oldest one always is. */
const KEPT = 500;

/** The readings so far, oldest first. Lines that are none are left out. */
export async function readGrowth(
  file: string
): Promise<readonly GrowthReading[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR')
      return '';
    throw error;
  });
  return text
    .split('\n')
    .map(parseReading)
    .filter((reading) => reading !== null);
}

/** Adds a reading. */
export async function noteGrowth(
  file: string,
  reading: GrowthReading
): Promise<void> {
  const [oldest, ...others] = [...(await readGrowth(file)), reading];
  const kept = [oldest, ...others.slice(-KEPT)];
  const lines = kept.map((one) => `${JSON.stringify(one)}\n`);
  await writeStateFile(file, lines.join(''));
}

function parseReading(line: string): GrowthReading | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { at, dataPath, sizeBytes } = value as Record<string, unknown>;
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) return null;
  if (typeof dataPath !== 'string' || typeof sizeBytes !== 'number')
    return null;
  return { at, dataPath, sizeBytes };
}

import { readFile } from 'node:fs/promises';
import { writeStateFile } from '../../runtime/state-file.js';
import { withReading, type GrowthReading } from './growth.js';
import { systemCode } from '../../errors/system-code.js';

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

/**
 * Forgets how large some data was: what was put in its place, or taken from it,
 * says nothing of how fast it grows.
 */
export async function forgetGrowth(
  file: string,
  dataPath: string
): Promise<void> {
  const readings = await readGrowth(file);
  const kept = readings.filter((one) => one.dataPath !== dataPath);
  if (kept.length < readings.length) await writeReadings(file, kept);
}

/** Adds a reading. */
export async function noteGrowth(
  file: string,
  reading: GrowthReading
): Promise<void> {
  await writeReadings(file, withReading(await readGrowth(file), reading));
}

async function writeReadings(
  file: string,
  readings: readonly GrowthReading[]
): Promise<void> {
  const lines = readings.map((one) => `${JSON.stringify(one)}\n`);
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

import type { DataLocation } from '../../runtime/runtime.js';
import { systemCode } from '../../errors/system-code.js';
import { growthRate, type GrowthRate } from './growth.js';
import { noteGrowth, readGrowth } from './growth-history.js';

/**
 * Notes how large the data is now. Nothing is noted of a sample, nor where the
 * size is not known, nor by a user who may not write there.
 */
export async function noteData(
  file: string,
  { name, sizeBytes, sample }: DataLocation,
  now: Date
): Promise<void> {
  if (sample || sizeBytes === null) return;
  const reading = { at: now.toISOString(), dataPath: name, sizeBytes };
  try {
    await noteGrowth(file, reading);
  } catch (error) {
    const mayNot = ['EACCES', 'EPERM', 'EROFS'];
    if (!mayNot.includes(systemCode(error) ?? '')) throw error;
  }
}

/** Notes how large the data is now, and says how fast it has grown. */
export async function measureGrowth(
  file: string,
  data: DataLocation,
  now: Date
): Promise<GrowthRate> {
  await noteData(file, data, now);
  return growthRate(await readGrowth(file), data.name);
}

import { readFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { formatBytes } from '../../cli/index.js';
import type { Prerequisite, PrerequisiteFinding } from './prerequisite.js';

const MIB = 1024 * 1024;

/** The index stays below this while it reads as fast as it can (bench:index). */
export const INDEX_MEMORY_BYTES = 400 * MIB;

/** Memory of the machine, or of the container this runs in. */
export interface Memory {
  readonly totalBytes: number;
  /** What a new process can have without swapping. */
  readonly availableBytes: number;
}

/** Memory for the index. */
export const memory: Prerequisite = {
  id: 'memory',
  name: 'memory',
  check: async () => judgeMemory(await readMemory()),
};

/** Judges what there is. Pure. */
export function judgeMemory({
  totalBytes,
  availableBytes,
}: Memory): PrerequisiteFinding {
  const detail = `${formatBytes(availableBytes)} of ${formatBytes(totalBytes)} available`;
  if (availableBytes >= INDEX_MEMORY_BYTES) return { status: 'good', detail };
  return {
    status: 'warn',
    detail: `${detail}; the index may need ${formatBytes(INDEX_MEMORY_BYTES)}`,
    suggestion: 'end something else, or the system may end the index',
  };
}

async function readMemory(): Promise<Memory> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  // freemem() counts the page cache as used where the kernel does not say.
  const availableBytes = kib === undefined ? freemem() : Number(kib) * 1024;
  const limit = process.constrainedMemory();
  const totalBytes = totalmem();
  // "No limit" is a number larger than any memory.
  const isLimited = limit !== undefined && limit > 0 && limit < totalBytes;
  return {
    totalBytes: isLimited ? limit : totalBytes,
    availableBytes: isLimited
      ? Math.min(availableBytes, limit)
      : availableBytes,
  };
}

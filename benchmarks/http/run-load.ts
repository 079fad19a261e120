import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadResult } from './load.js';

/** What a load is made of. */
export interface LoadOptions {
  /** Where the list of paths is written. */
  readonly folder: string;
  readonly connections: number;
  readonly requests: number;
}

/** Asks a server these paths in turn, from a process of its own. */
export async function runLoad(
  origin: string,
  paths: readonly string[],
  { folder, connections, requests }: LoadOptions
): Promise<LoadResult> {
  const file = join(folder, 'paths.json');
  writeFileSync(file, JSON.stringify(paths));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    new URL('./load.ts', import.meta.url).pathname,
    origin,
    file,
    String(connections),
    String(requests),
  ]);
  return JSON.parse(stdout) as LoadResult;
}

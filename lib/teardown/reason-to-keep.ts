import path from 'node:path';
import type { StateFolder } from '../runtime/state-folder.js';
import type { SetupRecord } from '../setup/setup-record.js';

/**
 * Why the record of setup must not go: without it nobody knows how to put back
 * what is still changed. Pure.
 */
export function reasonToKeep(
  record: SetupRecord,
  folder: StateFolder
): string | null {
  if (record.appview !== null) {
    return `the .env in ${record.appview.folder} is still changed (put it back with --appview)`;
  }
  const elsewhere = record.data.find(
    (one) => one.created && !isInside(one.path, folder.path)
  );
  return elsewhere === undefined
    ? null
    : `it names the data in ${elsewhere.path} (remove it with --data)`;
}

function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..');
}

import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The AppView that is looked at, and how it is known. */
export interface KnownAppView {
  readonly folder: string;
  readonly knownBy: string;
}

/**
 * The AppView: the one that is named, else the one that setup connected and
 * wrote down.
 *
 * @param flag `--appview`
 * @param setupRecord setup.json of the state folder
 * @returns null where there is none
 */
export async function appviewOf(
  flag: string | undefined,
  setupRecord: string
): Promise<KnownAppView | null> {
  if (flag !== undefined) {
    return { folder: path.resolve(flag), knownBy: '--appview' };
  }
  let record: unknown;
  try {
    record = JSON.parse(await readFile(setupRecord, 'utf8'));
  } catch {
    return null; // setup has not run, or did not end
  }
  const folder = appviewFolder(record);
  return folder === null ? null : { folder, knownBy: setupRecord };
}

/** The AppView's folder in what setup wrote down. Pure. */
export function appviewFolder(record: unknown): string | null {
  const appview = field(record, 'appview');
  const folder =
    typeof appview === 'string'
      ? appview
      : (field(appview, 'folder') ?? field(appview, 'path'));
  return typeof folder === 'string' && path.isAbsolute(folder) ? folder : null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Reflect.get(value, name)
    : undefined;
}

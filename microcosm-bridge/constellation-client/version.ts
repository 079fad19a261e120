import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The version in the nearest package.json above: the project's, or the one
 * that the bundle of the image has beside it.
 */
export function bridgeVersion(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = path.join(folder, 'package.json');
    if (existsSync(file)) return versionIn(readFileSync(file, 'utf8'));
    const above = path.dirname(folder);
    if (above === folder) return 'unknown';
    folder = above;
  }
}

function versionIn(text: string): string {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return 'unknown';
  const version: unknown = Reflect.get(value, 'version');
  return typeof version === 'string' ? version : 'unknown';
}

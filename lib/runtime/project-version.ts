import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PROJECT_FOLDER } from './state-folder.js';

/** The version in package.json. */
export function projectVersion(): string {
  const file = path.join(PROJECT_FOLDER, 'package.json');
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const version: unknown =
    typeof value === 'object' && value !== null
      ? Reflect.get(value, 'version')
      : undefined;
  return typeof version === 'string' ? version : 'unknown';
}

import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../env/atomic-write.js';
import { systemCode } from '../errors/system-code.js';
import { RuntimeError } from './runtime-error.js';

/** The fields of a document of the state folder, none of them checked. */
export type StateFields = Readonly<Record<string, unknown>>;

/** How a document of the state folder is read. */
export interface StateReading<T> {
  /** @returns null when the text is no document of this version */
  readonly parse: (text: string) => T | null;
  /** The way out where it is damaged. */
  readonly suggestion: string;
}

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

/**
 * Reads a file of the state folder.
 *
 * @returns null when there is none
 * @throws RuntimeError STATE_DAMAGED, STATE_UNREADABLE
 */
export async function readStateFile<T>(
  file: string,
  { parse, suggestion }: StateReading<T>
): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw new RuntimeError(`cannot read ${file}`, {
      code: 'STATE_UNREADABLE',
      cause: error,
      suggestion: `run this as the user that ran setup: ls -l ${file}`,
    });
  }
  const document = parse(text);
  if (document !== null) return document;
  throw new RuntimeError(`${file} is damaged or of another version`, {
    code: 'STATE_DAMAGED',
    suggestion,
  });
}

/** The text of a document of the state folder. Pure. */
export function stateText(schemaVersion: number, document: object): string {
  return `${JSON.stringify({ schemaVersion, ...document }, null, 2)}\n`;
}

/** @returns null when the text is no document of that version. Pure */
export function stateFields(
  text: string,
  schemaVersion: number
): StateFields | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const fields = asFields(value);
  return fields?.['schemaVersion'] === schemaVersion ? fields : null;
}

/** @returns null when the value is no JSON object. Pure */
export function asFields(value: unknown): StateFields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as StateFields)
    : null;
}

/**
 * Cursors of pages: hex text that means nothing to a client. A cursor names a
 * place by numbers that never change, so it outlives deletions and restarts.
 * Its kind and two check bytes are there so that a cursor of another endpoint,
 * a cut one or an invented one is an error and not a wrong page.
 */

import { hash } from 'node:crypto';
import { ID_BYTES, ID_LIMIT } from '../store/keys.js';
import { BadRequestError } from '../../../lib/api-server/index.js';

/** Which order of which list a cursor belongs to. */
export type CursorKind =
  'links' | 'links-reverse' | 'dids' | 'join' | 'join-counts';

const TAGS: Readonly<Record<CursorKind, number>> = {
  links: 0xc1,
  'links-reverse': 0xc2,
  dids: 0xc3,
  join: 0xc4,
  'join-counts': 0xc5,
};

/** How many numbers follow the kind. */
const PLACES: Readonly<Record<CursorKind, number>> = {
  links: 1,
  'links-reverse': 1,
  dids: 1,
  join: 2,
  'join-counts': 1,
};

const CHECK_BYTES = 2;

/** The text of a cursor. `numbers` are whole, not negative, below 2^40. */
export function formatCursor(
  kind: CursorKind,
  ...numbers: readonly number[]
): string {
  const body = Buffer.alloc(1 + numbers.length * ID_BYTES);
  body[0] = TAGS[kind];
  for (const [index, number] of numbers.entries()) {
    body.writeUIntBE(number, 1 + index * ID_BYTES, ID_BYTES);
  }
  return body.toString('hex') + checkOf(body);
}

/**
 * The numbers of a cursor.
 *
 * @throws BadRequestError when the text is no cursor of this kind
 */
export function parseCursor(kind: CursorKind, text: string): number[] {
  const length = 1 + PLACES[kind] * ID_BYTES;
  const bad = new BadRequestError('cursor is not one that this list gave out');
  if (text.length !== 2 * (length + CHECK_BYTES)) throw bad;
  if (!/^[0-9a-f]+$/i.test(text)) throw bad;
  const body = Buffer.from(text.slice(0, 2 * length), 'hex');
  if (body[0] !== TAGS[kind]) throw bad;
  if (checkOf(body) !== text.slice(2 * length).toLowerCase()) throw bad;
  const numbers: number[] = [];
  for (let at = 1; at < length; at += ID_BYTES) {
    const number = body.readUIntBE(at, ID_BYTES);
    if (number >= ID_LIMIT - 1) throw bad;
    numbers.push(number);
  }
  return numbers;
}

function checkOf(body: Buffer): string {
  return hash('sha256', body, 'hex').slice(0, 2 * CHECK_BYTES);
}

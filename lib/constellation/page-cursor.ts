import { ConstellationError } from './errors.js';
import type { SourceRole } from './events.js';

/** Hexadecimal, as the index's own cursors are: `m` and `f`. */
const PREFIX: Readonly<Record<SourceRole, string>> = {
  main: '6d',
  fallback: '66',
};

const LONGEST_CURSOR = 4096;

/** An index's cursor marked with the index it belongs to. */
export function markCursor(cursor: string, role: SourceRole): string {
  return PREFIX[role] + cursor;
}

/**
 * Takes {@link markCursor}'s mark off again.
 * @throws ConstellationError `BAD_TARGET` for what never was a cursor of ours
 */
export function readCursor(cursor: string): {
  readonly role: SourceRole;
  readonly cursor: string;
} {
  const own = cursor.slice(2);
  if (own.length > 0 && cursor.length <= LONGEST_CURSOR) {
    if (cursor.startsWith(PREFIX.main)) return { role: 'main', cursor: own };
    if (cursor.startsWith(PREFIX.fallback)) {
      return { role: 'fallback', cursor: own };
    }
  }
  throw new ConstellationError('BAD_TARGET', 'Not a cursor of this client.', {
    suggestion: 'Pass the cursor of the page before, or none for the first.',
  });
}

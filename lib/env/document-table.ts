import { EnvError } from './env-error.js';

/**
 * A document with its part between two markers replaced by a table.
 *
 * @throws EnvError `no-markers` unless both are there once, in order
 */
export function replaceTable(
  markdown: string,
  markers: { readonly begin: string; readonly end: string },
  table: string
): string {
  const begin = markdown.indexOf(markers.begin);
  const end = markdown.indexOf(markers.end);
  const once =
    markdown.lastIndexOf(markers.begin) === begin &&
    markdown.lastIndexOf(markers.end) === end;
  if (begin === -1 || end < begin || !once) {
    throw new EnvError('the document has no place for the table', {
      code: 'no-markers',
      suggestion: `put ${markers.begin} and ${markers.end} on lines of their own`,
    });
  }
  const head = markdown.slice(0, begin + markers.begin.length);
  return `${head}\n\n${table}\n\n${markdown.slice(end)}`;
}

import { html } from '../../../../lib/api-server/index.js';
import type { Html } from '../../../../lib/api-server/index.js';

/** Text, or text that leads on. */
export type Cell =
  | { readonly text: string; readonly to?: string }
  | { readonly number: number; readonly to?: string };

/** Rows under their names. */
export interface Table {
  readonly head: readonly string[];
  readonly count: number;
  /** Made one by one, as far as they are shown. */
  readonly rows: Iterable<readonly Cell[]>;
}

/** A table with a row for each item. */
export function tableOf<T>(
  head: readonly string[],
  items: readonly T[],
  cells: (item: T) => readonly Cell[]
): Table {
  return { head, count: items.length, rows: rowsOf(items, cells) };
}

function* rowsOf<T>(
  items: readonly T[],
  cells: (item: T) => readonly Cell[]
): Generator<readonly Cell[]> {
  for (const item of items) yield cells(item);
}

/** Most HTML of the rows of a page, characters: targets may be long, and many. */
const MOST_CHARACTERS = 1_000_000;

/** The table; rows that would make the page too large are only counted. */
export function tableHtml({ head, count, rows }: Table): Html {
  if (count === 0) return html`<p class="note">Nothing.</p>`;
  const shown: Html[] = [];
  let characters = 0;
  for (const row of rows) {
    const line = html`<tr>
      ${row.map(cellHtml)}
    </tr> `;
    characters += line.text.length;
    if (characters > MOST_CHARACTERS) break;
    shown.push(line);
  }
  const left = count - shown.length;
  return html`<div class="wide">
      <table>
        <thead>
          <tr>
            ${head.map((name) => html`<th>${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown}
        </tbody>
      </table>
    </div>
    ${
      left === 0
        ? null
        : html`<p class="note">${left} more are only in the JSON.</p>`
    }`;
}

function cellHtml(cell: Cell): Html {
  const isNumber = 'number' in cell;
  const text = isNumber ? String(cell.number) : cell.text;
  const content =
    cell.to === undefined ? text : html`<a href="${cell.to}">${text}</a>`;
  return isNumber
    ? html`<td class="number">${content}</td>`
    : html`<td>${content}</td>`;
}

import type { Table } from './table.js';

/** A way on from a page. */
export interface Onward {
  readonly text: string;
  readonly to: string;
}

/** What an answer says, before it is HTML. */
export interface View {
  /** The one number of the answer, with what it counts. */
  readonly total?: { readonly count: number; readonly of: string };
  readonly table?: Table;
  readonly onward: readonly Onward[];
}

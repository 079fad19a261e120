/** What a server of ours sends back. */

/** One answer, whole: every one of them fits in memory. */
export interface Answer {
  /** Label for the metrics: a path of ours, never text of a client. */
  readonly route: string;
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
  readonly headers?: readonly Header[];
}

/** Name in lower case, and value. */
export type Header = readonly [name: string, value: string];

/** For what is true only now. */
export const NO_STORE = [['cache-control', 'no-store']] as const;

/** JSON; `body` is its text. */
export function jsonAnswer(
  route: string,
  status: number,
  body: string,
  headers: readonly Header[] = []
): Answer {
  return { route, status, type: 'application/json', body, headers };
}

/** Plain text. */
export function textAnswer(
  route: string,
  status: number,
  body: string,
  headers: readonly Header[] = []
): Answer {
  return { route, status, type: 'text/plain; charset=utf-8', body, headers };
}

/** A status and nothing more. */
export function emptyAnswer(
  route: string,
  status: number,
  headers: readonly Header[] = []
): Answer {
  return { route, status, type: null, body: '', headers };
}

/** What a browser is told that asks whether it may ask: anything, as on the real server. */
export function preflightAnswer(): Answer {
  return emptyAnswer('preflight', 200, [
    ['access-control-allow-methods', '*'],
    ['access-control-allow-headers', '*'],
  ]);
}

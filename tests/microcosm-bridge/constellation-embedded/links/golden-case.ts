import { readFileSync } from 'node:fs';

const GOLDEN = new URL('../../../fixtures/golden/', import.meta.url);

/** One question put to the real server, with its answers page by page. */
export interface GoldenCase {
  readonly id: number;
  readonly method: string;
  readonly path: string;
  readonly params: URLSearchParams;
  readonly pages: readonly {
    readonly status: number;
    readonly body: Readonly<Record<string, unknown>>;
  }[];
}

export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('golden: not a list');
  return value;
}

function toCase(line: string): GoldenCase {
  const value: unknown = JSON.parse(line);
  if (!isFields(value)) throw new TypeError('golden: not an object');
  const params = new URLSearchParams();
  for (const pair of list(value['params'])) {
    const [key, text] = list(pair);
    params.append(String(key), String(text));
  }
  const pages = list(value['pages']).map((page) => {
    if (!isFields(page)) throw new TypeError('golden: not a page');
    const { status, body } = page;
    return { status: Number(status), body: isFields(body) ? body : {} };
  });
  return {
    id: Number(value['id']),
    method: typeof value['method'] === 'string' ? value['method'] : 'GET',
    path: String(value['path']),
    params,
    pages,
  };
}

function linesOf(name: string): string[] {
  return readFileSync(new URL(name, GOLDEN), 'utf8').trimEnd().split('\n');
}

/** The recorded events, one JSON text each. */
export function goldenEvents(): string[] {
  return linesOf('events.jsonl');
}

/** The recorded answers to GET requests of one path, those with status 200. */
export function goldenAnswers(path: string): GoldenCase[] {
  return linesOf('cases.jsonl')
    .map(toCase)
    .filter(
      (recorded) =>
        recorded.method === 'GET' &&
        recorded.path === path &&
        recorded.pages.every(({ status }) => status === 200)
    );
}

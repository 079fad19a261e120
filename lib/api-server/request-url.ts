/** What a request asks for, undecoded. */
export interface RequestUrl {
  readonly path: string;
  /** What follows the `?`; empty without one. */
  readonly query: string;
}

/** Takes the target of a request apart. */
export function splitUrl(url: string): RequestUrl {
  const mark = url.indexOf('?');
  return {
    path: pathOf(mark < 0 ? url : url.slice(0, mark)),
    query: mark < 0 ? '' : url.slice(mark + 1),
  };
}

/** A client that takes us for a proxy names us in front of the path. */
function pathOf(text: string): string {
  return text.startsWith('/') ? text : text.replace(/^http:\/\/[^/]*/i, '');
}

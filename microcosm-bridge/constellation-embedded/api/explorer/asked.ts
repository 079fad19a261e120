/** The question that a page answers, and addresses of the questions next to it. */

/** What was asked. */
export interface Asked {
  readonly path: string;
  readonly parameters: URLSearchParams;
}

/** The address of a question. */
export function address(
  path: string,
  parameters: URLSearchParams | Readonly<Record<string, string>>
): string {
  const query = new URLSearchParams(parameters).toString();
  return query === '' ? path : `${path}?${query}`;
}

/** The same question with one parameter set. */
export function addressWith(
  { path, parameters }: Asked,
  name: string,
  value: string
): string {
  const changed = new URLSearchParams(parameters);
  changed.set(name, value);
  return address(path, changed);
}

/** A target and a (collection, path), whichever way they were asked for. */
export function placeOf({ parameters }: Asked): {
  readonly target: string;
  readonly collection: string;
  readonly path: string;
} {
  const read = (name: string): string => parameters.get(name) ?? '';
  if (!parameters.has('subject')) {
    const [target, collection] = [read('target'), read('collection')];
    return { target, collection, path: read('path') };
  }
  const source = read('source');
  const colon = source.indexOf(':');
  return {
    target: read('subject'),
    collection: source.slice(0, colon),
    path: `.${source.slice(colon + 1)}`,
  };
}

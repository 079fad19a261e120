/** Values by collection and path, as the API's answers have them. */
export type ByPath<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

/** Both answers as one; where both have a path, `larger` of the two. */
export function mergeByPath<T>(
  a: ByPath<T>,
  b: ByPath<T>,
  larger: (a: T, b: T) => T
): ByPath<T> {
  const links = new Map<string, Map<string, T>>();
  for (const source of [a, b]) {
    for (const [collection, paths] of Object.entries(source)) {
      const merged = links.get(collection) ?? new Map<string, T>();
      links.set(collection, merged);
      for (const [path, value] of Object.entries(paths)) {
        const known = merged.get(path);
        merged.set(path, known === undefined ? value : larger(known, value));
      }
    }
  }
  return Object.fromEntries(
    [...links].map(([name, paths]) => [name, Object.fromEntries(paths)])
  );
}

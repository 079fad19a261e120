/**
 * Removes `.` and `..` segments from a path that is empty or starts with `/`
 * (RFC 3986 section 5.2.4). Empty segments count as segments; a `..` that
 * would climb above the root is dropped; a path that ended in a dot segment
 * ends in `/`. Escapes have to be normalised before, so that `%2E` is a dot.
 */
export function removeDotSegments(path: string): string {
  if (!path.includes('/.')) return path;
  const kept: string[] = [];
  let endsInDots = false;
  for (const segment of path.slice(1).split('/')) {
    endsInDots = segment === '.' || segment === '..';
    if (!endsInDots) kept.push(segment);
    else if (segment === '..') kept.pop();
  }
  if (endsInDots) kept.push('');
  return `/${kept.join('/')}`;
}

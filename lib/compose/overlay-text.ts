import { Document, isMap, isScalar, type Pair, type YAMLMap } from 'yaml';
import type { CommentedOverlay } from './overlay.js';

/** The file of an overlay, or of another service of ours, comments and all. */
export function overlayText({
  overlay,
  header,
  comments,
}: Omit<CommentedOverlay, 'overlay'> & { readonly overlay: object }): string {
  const document = new Document(overlay);
  document.commentBefore = commentLines(header);
  for (const { path, text } of comments) {
    const key = pairAt(document.contents, path)?.key;
    if (!isScalar(key)) {
      throw new TypeError(`the overlay has no ${path.join('.')}`);
    }
    key.commentBefore = commentLines(text);
  }
  spaceOut(document.contents);
  return document.toString({
    lineWidth: 0,
    singleQuote: true,
    nullStr: '',
  });
}

/** An empty line between services, and between sections. */
function spaceOut(root: unknown): void {
  if (!isMap(root)) return;
  for (const map of [root, pairNamed(root, 'services')?.value]) {
    if (!isMap(map)) continue;
    for (const { key } of map.items.slice(1)) {
      if (isScalar(key)) key.spaceBefore = true;
    }
  }
}

/** yaml puts the `#` in front; a space makes it readable. */
function commentLines(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : ` ${line}`))
    .join('\n');
}

function pairAt(node: unknown, path: readonly string[]): Pair | undefined {
  let map = node;
  let pair: Pair | undefined;
  for (const name of path) {
    if (!isMap(map)) return undefined;
    pair = pairNamed(map, name);
    map = pair?.value;
  }
  return pair;
}

function pairNamed(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

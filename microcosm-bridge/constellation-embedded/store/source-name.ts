/** A source says where in a record a link stands: its collection and its path. */

/** Where a link stands. */
export interface SourceName {
  /** NSID, such as `app.bsky.feed.like`. */
  readonly collection: string;
  /** With its leading dot, such as `.subject.uri`. */
  readonly path: string;
}

/** One text for both; a collection holds no NUL. */
export function sourceText(collection: string, path: string): string {
  return `${collection}\0${path}`;
}

/** The reverse of {@link sourceText}. */
export function parseSourceText(text: string): SourceName {
  const nul = text.indexOf('\0');
  return { collection: text.slice(0, nul), path: text.slice(nul + 1) };
}

/**
 * User and password of a URL. A password may hold slashes that were not
 * percent-encoded, so this errs on the side of hiding too much.
 */
const CREDENTIALS = /:\/\/(?:[^\s:@/]*:\S+|[^\s/]+)@/g;

/** Whether a text has a URL with credentials in it. */
export function hasCredentials(text: string): boolean {
  return text.search(CREDENTIALS) !== -1;
}

/** A text with the credentials of every URL in it replaced. */
export function withoutCredentials(text: string): string {
  return text.replace(CREDENTIALS, '://(hidden)@');
}

import { ConstellationError } from './errors.js';

/**
 * Checks the base URL of an index: absolute, http or https, no credentials,
 * no query and no fragment. A path is kept, so an index may live below one.
 *
 * @param text what the operator wrote
 * @param name the option or variable it came from, for the message
 * @throws ConstellationError `BAD_URL`; the message never repeats the text,
 *   because what does not parse may hold a password.
 */
export function parseServiceUrl(text: string, name = 'url'): URL {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    // The parser's own error repeats the whole text, so it is not passed on.
    throw bad(name, 'is not an absolute URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw bad(name, `has the scheme ${url.protocol.slice(0, -1)}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw bad(name, 'holds a user name or password');
  }
  if (url.search !== '' || url.hash !== '') {
    throw bad(name, 'has a query or a fragment');
  }
  return url;
}

/** An index's base URL as it may be shown: origin and path, no slash at the end. */
export function shownUrl(url: URL): string {
  return url.origin + url.pathname.replace(/\/+$/, '');
}

function bad(name: string, problem: string): ConstellationError {
  return new ConstellationError('BAD_URL', `${name} ${problem}.`, {
    suggestion: `Set ${name} to something like http://localhost:6789 (http or https, no credentials, no query).`,
  });
}

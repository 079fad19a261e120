import Negotiator from 'negotiator';

const JSON_TYPE = 'application/json';
const PAGE_TYPE = 'text/html;charset=utf-8';

/** What can be given, the first where it is all the same to the client. */
const GIVEN = [JSON_TYPE, PAGE_TYPE];

/**
 * Whether a client would rather have a page than JSON, by its `Accept`. One
 * that takes neither gets JSON, as one does that says nothing.
 */
export function wantsPage(accept: string | undefined): boolean {
  // What programs send: nothing is taken apart for them.
  if (accept === undefined || accept === '*/*' || accept === JSON_TYPE) {
    return false;
  }
  return new Negotiator({ headers: { accept } }).mediaType(GIVEN) === PAGE_TYPE;
}

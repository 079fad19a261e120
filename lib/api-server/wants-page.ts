import Negotiator from 'negotiator';

const PAGE_TYPE = 'text/html;charset=utf-8';

/** What can be given, the first where it is all the same to the client. */
const GIVEN = ['application/json', PAGE_TYPE];

/** Without one of these JSON is never less wanted than a page. */
const MAY_WANT_PAGE = /text\/(?:html|\*)|q=/i;

/**
 * Whether a client would rather have a page than JSON, by its `Accept`. One
 * that takes neither gets JSON, as one does that says nothing.
 */
export function wantsPage(accept: string | undefined): boolean {
  // Most programs are told by this alone: nothing is taken apart for them.
  if (accept === undefined || !MAY_WANT_PAGE.test(accept)) return false;
  return new Negotiator({ headers: { accept } }).mediaType(GIVEN) === PAGE_TYPE;
}

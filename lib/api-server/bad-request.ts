/** A request that cannot be answered; the text goes to whoever asked. */
export class BadRequestError extends Error {
  override readonly name = 'BadRequestError';
  readonly code = 'BAD_REQUEST';
}

/** Why the bridge could not start. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code = 'CANNOT_LISTEN';
  /** What to change. */
  readonly suggestion: string;

  constructor(
    message: string,
    facts: { readonly suggestion: string; readonly cause: unknown }
  ) {
    super(message, { cause: facts.cause });
    this.suggestion = facts.suggestion;
  }
}

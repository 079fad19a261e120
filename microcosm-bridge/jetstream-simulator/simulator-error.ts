/** What can go wrong with the simulator. */
export type SimulatorErrorCode =
  'bad-option' | 'bad-fault' | 'file-unreadable' | 'cannot-listen' | 'closed';

/** An error of the simulator, with the next command where a person reads it. */
export class SimulatorError extends Error {
  override readonly name = 'SimulatorError';
  readonly code: SimulatorErrorCode;
  readonly suggestion: string | undefined;

  constructor(
    code: SimulatorErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly suggestion?: string } = {}
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.suggestion = options.suggestion;
  }
}

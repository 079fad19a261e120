import { CodedError, type CodedErrorOptions } from '../errors/coded-error.js';

/** Why a check could not be run or could not ask its question. */
export type CheckErrorCode =
  'bad-status' | 'bad-body' | 'unknown-check' | 'bad-list';

/** What a {@link CheckError} carries besides its message. */
export interface CheckErrorOptions extends CodedErrorOptions<CheckErrorCode> {
  /** What would have been right. */
  readonly expected?: string | undefined;
}

/** Base of the errors of `lib/checks`. */
export class CheckError extends CodedError<CheckErrorCode> {
  override readonly name = 'CheckError';
  readonly expected: string | undefined;

  constructor(message: string, options: CheckErrorOptions) {
    super(message, options);
    this.expected = options.expected;
  }
}

/** An error and its causes in one line; never empty. */
export function reasonOf(error: unknown): string {
  const parts: string[] = [];
  let at: unknown = error;
  for (let depth = 0; depth < 4 && at instanceof Error; depth++) {
    const text = oneLine(at);
    if (!parts.includes(text)) parts.push(text);
    at = at.cause;
  }
  return parts.length === 0 ? String(error) : parts.join(': ');
}

function oneLine(error: Error): string {
  // Both addresses of a name refused: the reasons are inside.
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(reasonOf).join('; ') || error.name;
  }
  const text = error.message.split('\n')[0] ?? '';
  return text === '' ? error.name : text;
}

import { CodedError, type CodedErrorOptions } from '../errors/coded-error.js';

/** What can go wrong while something is asked how it is. */
export type HealthErrorCode =
  | 'UNREACHABLE' // no connection, or it broke
  | 'TRY_TIMEOUT' // no answer in the time of one try
  | 'TOO_LARGE' // more bytes than an answer may have
  | 'BAD_ANSWER' // an answer that is not what it should be
  | 'NOT_YET' // an answer that says: not yet
  | 'DEADLINE' // not there in all the time that was given
  | 'DIED' // it ended while it was waited for
  | 'HOPELESS'; // waiting longer would not help

/** What a {@link HealthError} carries besides its message. */
export interface HealthErrorOptions extends CodedErrorOptions<HealthErrorCode> {
  /** Credentials stripped. */
  readonly url?: string | undefined;
  /** The last lines of the log of what died. */
  readonly lastLines?: readonly string[] | undefined;
}

/** Base of the errors of `lib/health`. */
export class HealthError extends CodedError<HealthErrorCode> {
  override readonly name = 'HealthError';
  readonly url: string | undefined;
  readonly lastLines: readonly string[];

  constructor(message: string, options: HealthErrorOptions) {
    super(message, options);
    this.url = options.url;
    this.lastLines = options.lastLines ?? [];
  }
}

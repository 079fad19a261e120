import { CodedError, type CodedErrorOptions } from '../errors/coded-error.js';

/** What can go wrong with an env file or its settings. */
export type EnvErrorCode =
  | 'broken-env'
  | 'not-text'
  | 'too-large'
  | 'bad-settings'
  | 'bad-key'
  | 'unwritable-value'
  | 'unsafe-edit'
  | 'not-a-file'
  | 'read-failed'
  | 'write-failed'
  | 'changed-meanwhile'
  | 'no-markers';

/** One thing that is wrong, with the place where it can be mended. */
export interface EnvProblem {
  /** Counted from 1; absent for settings that do not come from a text. */
  readonly line?: number | undefined;
  readonly key?: string | undefined;
  /** What is wrong and what was expected; never a secret value. */
  readonly message: string;
}

/** What an {@link EnvError} carries besides its message. */
export interface EnvErrorOptions extends CodedErrorOptions<EnvErrorCode> {
  readonly problems?: readonly EnvProblem[] | undefined;
  readonly path?: string | undefined;
}

/** Base of the errors of `lib/env`. */
export class EnvError extends CodedError<EnvErrorCode> {
  override readonly name = 'EnvError';
  /** All that is wrong, in the order of the lines; may be empty. */
  readonly problems: readonly EnvProblem[];
  /** The file, where there is one. */
  readonly path: string | undefined;

  constructor(message: string, options: EnvErrorOptions) {
    super(message, options);
    this.problems = options.problems ?? [];
    this.path = options.path;
  }
}

/** `line 3, CONSTELLATION_PORT: expected …`, as far as known. */
export function problemText({ line, key, message }: EnvProblem): string {
  const place = [line === undefined ? '' : `line ${line}`, key ?? '']
    .filter((part) => part !== '')
    .join(', ');
  return place === '' ? message : `${place}: ${message}`;
}

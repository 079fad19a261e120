import { CodedError, type CodedErrorOptions } from '../errors/coded-error.js';
import { EXIT, type ExitCode } from './exit-codes.js';

/** Why a command ended without doing its work. */
export type CliErrorCode = 'usage' | 'failed' | 'interrupted';

/** What a {@link CliError} carries besides its message. */
export interface CliErrorOptions extends CodedErrorOptions<CliErrorCode> {
  readonly exitCode: ExitCode;
}

/** Base of the errors of `lib/cli`. */
export class CliError extends CodedError<CliErrorCode> {
  override readonly name: string = 'CliError';
  readonly exitCode: ExitCode;

  constructor(message: string, options: CliErrorOptions) {
    super(message, options);
    this.exitCode = options.exitCode;
  }
}

/** What can be wrong with a command line. */
export type UsageProblemCode =
  | 'unknown-flag'
  | 'missing-value'
  | 'bad-value'
  | 'repeated-flag'
  | 'extra-argument'
  | 'missing-argument'
  | 'missing-answer';

/** One thing that is wrong with a command line, its environment or file. */
export interface UsageProblem {
  readonly code: UsageProblemCode;
  /** The flag as typed, such as `--port`; absent for plain arguments. */
  readonly flag?: string | undefined;
  readonly message: string;
}

/** The command was called wrongly (exit code 2); nothing was done. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';
  /** Everything that is wrong, in the order it was found; at least one. */
  readonly problems: readonly UsageProblem[];

  constructor(problems: readonly UsageProblem[], suggestion?: string) {
    super(problems.map((problem) => problem.message).join('\n'), {
      code: 'usage',
      exitCode: EXIT.wrongUse,
      suggestion,
    });
    this.problems = problems;
  }
}

/** The signals that ask a command to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const STOPPED: Readonly<Record<StopSignal, readonly [string, ExitCode]>> = {
  SIGINT: ['Interrupted.', EXIT.interrupted],
  SIGTERM: ['Asked to stop (SIGTERM).', EXIT.terminated],
  SIGHUP: ['The terminal was closed (SIGHUP).', EXIT.hungUp],
};

/** A person or the system asked the command to stop. */
export class InterruptedError extends CliError {
  override readonly name = 'InterruptedError';

  /** @param signal SIGINT also stands for Ctrl-C or Esc in a prompt. */
  constructor(signal: StopSignal = 'SIGINT') {
    const [message, exitCode] = STOPPED[signal];
    super(message, { code: 'interrupted', exitCode });
  }
}

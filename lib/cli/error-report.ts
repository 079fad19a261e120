import { CliError, UsageError } from './cli-error.js';
import { EXIT, type ExitCode } from './exit-codes.js';

/** An error as `--json` shows it. */
export interface ErrorDocument {
  readonly ok: false;
  readonly exitCode: ExitCode;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly suggestion?: string;
    readonly problems?: ReadonlyArray<{
      readonly code: string;
      readonly flag?: string | undefined;
      readonly message: string;
    }>;
  };
}

/**
 * The exit code for an error: its own where it is a {@link CliError}, 11 where
 * its `code` ends in `locked` (every module names its lock error so), 10 where
 * it is `NOTHING_FOUND`, 2 where a setting has a bad value (as where a flag
 * has), else 1.
 */
export function exitCodeFor(error: unknown): ExitCode {
  if (error instanceof CliError) return error.exitCode;
  const code = stringField(error, 'code');
  if (code !== undefined && /(^|[-_:])locked$/i.test(code)) return EXIT.locked;
  if (code === 'NOTHING_FOUND') return EXIT.nothingFound;
  if (code === 'bad-settings') return EXIT.wrongUse;
  return EXIT.failed;
}

/**
 * What a person reads: the message, the causes under it, the next command.
 * No stack, unless asked.
 */
export function errorText(error: unknown, withStack = false): string {
  const lines = [messageOf(error)];
  for (const cause of causes(error)) lines.push(`  because: ${cause}`);
  const suggestion = stringField(error, 'suggestion');
  if (suggestion !== undefined) lines.push(`  Next: ${suggestion}`);
  const stack = stringField(error, 'stack');
  if (withStack && stack !== undefined) lines.push(stack);
  return lines.join('\n');
}

/** What `--json` prints instead of a result. */
export function errorDocument(error: unknown): ErrorDocument {
  const suggestion = stringField(error, 'suggestion');
  return {
    ok: false,
    exitCode: exitCodeFor(error),
    error: {
      code: stringField(error, 'code') ?? 'failed',
      message: [messageOf(error), ...causes(error)].join(': '),
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(error instanceof UsageError ? { problems: error.problems } : {}),
    },
  };
}

function causes(error: unknown): string[] {
  const found: string[] = [];
  const seen = new Set<unknown>([error]);
  let above = messageOf(error);
  let queue = below(error);
  while (queue.length > 0 && found.length < 5) {
    const [cause, ...rest] = queue;
    queue = rest;
    if (cause === undefined || seen.has(cause)) continue;
    seen.add(cause);
    const message = messageOf(cause);
    if (!above.includes(message)) found.push(message);
    above += `\n${message}`;
    queue = [...below(cause), ...queue];
  }
  return found;
}

function below(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [];
  const several: unknown[] =
    error instanceof AggregateError ? error.errors.slice(0, 3) : [];
  return error.cause === undefined ? several : [error.cause, ...several];
}

/** The message on one screen: control characters out, at most 2,000 long. */
function messageOf(error: unknown): string {
  const raw = error instanceof Error ? error.message : String(error);
  const fallback = stringField(error, 'code') ?? 'unknown error';
  const clean = raw.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
  return (clean === '' ? fallback : clean).slice(0, 2000);
}

function stringField(error: unknown, field: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

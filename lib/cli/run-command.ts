import type { CommandAim } from './aimed-commands.js';
import { InterruptedError } from './cli-error.js';
import { readCommandLine, type GivenValue } from './command-line.js';
import { errorDocument, errorText, exitCodeFor } from './error-report.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { CommandSpec, FlagSpecs, FlagValues } from './flag-spec.js';
import { resolveFlags, type Flags, type FlagSource } from './flags.js';
import { helpText } from './help.js';
import { listenForInterruption } from './interruption.js';
import { Output } from './output.js';
import { Prompter } from './prompts.js';
import { scriptArguments } from './script-arguments.js';
import { columnsOf } from './text-width.js';
import { UndoStack } from './undo.js';

/** What a command works with. */
export interface CommandContext<F extends FlagSpecs> {
  readonly flags: FlagValues<F>;
  readonly sources: Flags<F>['sources'];
  readonly positionals: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Fires at the first Ctrl-C or SIGTERM, with an InterruptedError. */
  readonly signal: AbortSignal;
  readonly output: Output;
  /** Asks for what no flag or variable answered. */
  readonly prompts: Prompter<F>;
  /** What this run did; taken back when it throws or is interrupted. */
  readonly undo: UndoStack;
  /**
   * From here on being asked to stop is how the command ends: the signal still
   * fires, but the code that it returns then is its exit code.
   */
  readonly endWhenAsked: () => void;
}

/** The env file that answers flags which were not typed. */
export interface EnvFileAnswers {
  readonly name: string;
  readonly record: Readonly<Record<string, string | undefined>>;
}

/** How a script is run. */
export interface RunOptions {
  /** The script's `import.meta.url`. */
  readonly url: string;
  /** Its arguments (default: those after the script's path). */
  readonly args?: readonly string[] | undefined;
  /**
   * Reads the env file, if this command has one. It is told what was typed,
   * because a flag may say where the file is.
   */
  readonly envFile?:
    | ((
        given: ReadonlyMap<string, GivenValue>,
        env: Readonly<Record<string, string | undefined>>
      ) => Promise<EnvFileAnswers | undefined>)
    | undefined;
  /** How long an interrupted command may take to end (ms, default 10,000). */
  readonly stopGraceMs?: number | undefined;
  /** How long undoing may take in all (ms, default 30,000). */
  readonly undoTimeoutMs?: number | undefined;
}

/**
 * The main function of a script: reads its flags, runs it, turns errors into
 * text and an exit code, and ends the process.
 *
 * - `--help` prints the help on stdout and exits 0.
 * - A returned code is the exit code; nothing returned means 0.
 * - An error ends with its message, causes and suggestion on stderr (with
 *   `--json` as the one document on stdout too), after undoing. The stack is
 *   shown only with DEBUG set.
 * - The first Ctrl-C aborts the signal, waits `stopGraceMs` at most and
 *   undoes; a second one exits at once, saying what was not undone.
 * - A closed stdout or stderr (`| head`) does not end the command.
 */
export async function runCommand<F extends FlagSpecs>(
  spec: CommandSpec<F>,
  main: (context: CommandContext<F>) => Promise<ExitCode | void>,
  options: RunOptions
): Promise<never> {
  watchStreams();
  const args = options.args ?? scriptArguments(options.url, process.argv);
  const line = readCommandLine(spec, args);
  const output = new Output({ json: line.given.get('json') === true });
  if (line.helpAsked) {
    process.stdout.write(helpText(spec, helpColumns()));
    return await leave(EXIT.good);
  }
  const undo = new UndoStack();
  const interruption = listenForInterruption(process, {
    onFirst: () => {
      const last = undo.labels.length === 0 ? 'Stopping.' : 'Undoing.';
      output.note(`\n${last} Press Ctrl-C again to leave at once.`);
    },
    onSecond: (error) => {
      const left = undo.labels.map((label) => `\n  not undone: ${label}`);
      output.error(`Left at once.${left.join('')}`);
      process.exit(error.exitCode);
    },
  });
  const stray = strayErrors();
  let endsWhenAsked = false;
  try {
    const file = await options.envFile?.(line.given, process.env);
    const flags = resolveFlags(spec, line, {
      env: process.env,
      file: file?.record,
      fileName: file?.name,
    });
    output.aimAt(aimOf(flags));
    const context: CommandContext<F> = {
      flags: flags.values,
      sources: flags.sources,
      positionals: flags.positionals,
      env: process.env,
      signal: interruption.signal,
      output,
      prompts: new Prompter(spec, flags, {
        output,
        signal: interruption.signal,
        yes: flags.values['yes'] === true,
        env: process.env,
      }),
      undo,
      endWhenAsked: () => {
        endsWhenAsked = true;
      },
    };
    const graceMs = options.stopGraceMs ?? 10_000;
    const grace = rejectAfterAbort(interruption.signal, graceMs);
    const code = await Promise.race([main(context), stray.error, grace]);
    if (!endsWhenAsked) interruption.signal.throwIfAborted();
    return await leave(code ?? EXIT.good);
  } catch (thrown) {
    // A prompt that was cancelled threw; what else fails after an abort is
    // a consequence of it.
    const error = interruption.error() ?? thrown;
    if (error instanceof InterruptedError) interruption.interrupt(error);
    reportError(error, output);
    await undo.run(options.undoTimeoutMs ?? 30_000, (outcome) => {
      if (outcome.state === 'undone') {
        const note = outcome.note === undefined ? '' : ` (${outcome.note})`;
        const isSaid = outcome.quiet !== true;
        if (isSaid) output.note(`Undone: ${outcome.label}${note}`);
      } else
        output.error(`Not undone: ${outcome.label}: ${why(outcome.error)}`);
    });
    return await leave(exitCodeFor(error));
  }
}

/** An environment file answers later runs as well, a typed flag does not. */
function aimOf<F extends FlagSpecs>({ values, sources }: Flags<F>): CommandAim {
  const told = (flag: string, among: readonly FlagSource[]) => {
    const value = values[flag];
    const source = sources[flag];
    return typeof value === 'string' && source && among.includes(source)
      ? value
      : undefined;
  };
  return {
    state: told('state', ['flag', 'environment']),
    backups: told('backups', ['flag']),
  };
}

function reportError(error: unknown, output: Output): void {
  const debug = (process.env['DEBUG'] ?? '') !== '';
  output.error(errorText(error, debug));
  if (!output.documented) output.document(errorDocument(error));
}

function why(error: unknown): string {
  return errorText(error).split('\n')[0] ?? '';
}

function helpColumns(): number {
  const columns = process.stdout.isTTY ? columnsOf(process.stdout) : 80;
  return Math.min(100, Math.max(60, columns));
}

/** Rejects with the reason, `graceMs` after the signal fired. */
function rejectAfterAbort(
  signal: AbortSignal,
  graceMs: number
): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener(
      'abort',
      () => void setTimeout(() => reject(signal.reason as Error), graceMs),
      { once: true }
    );
  });
}

/** Rejects with the first error that nobody caught. */
function strayErrors(): { readonly error: Promise<never> } {
  const error = new Promise<never>((_, reject) => {
    process.on('uncaughtException', reject);
    process.on('unhandledRejection', reject);
  });
  error.catch(() => undefined); // it may come when nobody waits any more
  return { error };
}

/** What a stream says when its reader went away: nobody is there to care. */
const READER_GONE = new Set(['EPIPE', 'EIO', 'ECONNRESET']);

/** A result that could not be written (a full disk) is a failure. */
let resultLost = false;

function watchStreams(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (resultLost || READER_GONE.has(error.code ?? '')) return;
    resultLost = true;
    process.stderr.write(`Error: cannot write to stdout: ${error.message}\n`);
  });
}

/** Ends the process once what was written has left it. */
async function leave(wanted: ExitCode): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => {
      if (stream.writable) stream.write('', () => resolve());
      else resolve();
    });
  }
  process.exit(wanted === EXIT.good && resultLost ? EXIT.failed : wanted);
}

import { UsageError } from './cli-error.js';
import type { ExitCode } from './exit-codes.js';
import type { CommandSpec, FlagSpecs } from './flag-spec.js';
import { quoted } from './flag-value.js';
import { nearest } from './nearest.js';
import {
  runCommand,
  type CommandContext,
  type RunOptions,
} from './run-command.js';
import { scriptArguments } from './script-arguments.js';

/** One command of a script that has several, such as `create`. */
export interface GroupedCommand {
  readonly name: string;
  readonly spec: CommandSpec;
  /** Reads its flags, runs it and ends the process; see {@link runCommand}. */
  readonly run: (options: RunOptions) => Promise<never>;
}

/** A script with commands of their own flags: `scripts/backup.ts create`. */
export interface CommandGroup {
  /** How it is called, such as `npx zx scripts/backup.ts`. */
  readonly command: string;
  readonly purpose: string;
  readonly commands: readonly GroupedCommand[];
}

/** One command of a group; keeps the types of its flags together. */
export function groupedCommand<F extends FlagSpecs>(
  name: string,
  spec: CommandSpec<F>,
  main: (context: CommandContext<F>) => Promise<ExitCode | void>
): GroupedCommand {
  return {
    name,
    spec,
    run: (options) => runCommand(spec, main, options),
  };
}

/**
 * The main function of a script with several commands: the first argument
 * names the command, what follows is its own. `--help` in its place lists them
 * all; everything else there is wrong use.
 */
export async function runCommandGroup(
  group: CommandGroup,
  options: RunOptions
): Promise<never> {
  const args = options.args ?? scriptArguments(options.url, process.argv);
  const [name, ...rest] = args;
  const chosen = group.commands.find((command) => command.name === name);
  if (chosen !== undefined) return await chosen.run({ ...options, args: rest });
  return await runCommand(
    groupSpec(group),
    ({ positionals }) => Promise.reject(noSuchCommand(group, positionals[0])),
    { ...options, args }
  );
}

/** What `--help` shows of the whole script. Pure. */
export function groupSpec(group: CommandGroup): CommandSpec {
  return {
    command: group.command,
    purpose: group.purpose,
    flags: {
      json: {
        type: 'boolean',
        default: false,
        help: 'print one JSON document on stdout instead of text',
      },
    },
    positionals: {
      placeholder: 'COMMAND',
      help: 'what to do; each has its own --help',
      rows: group.commands.map(({ name, spec }) => [name, spec.purpose]),
      min: 0,
      max: Number.POSITIVE_INFINITY,
    },
  };
}

function noSuchCommand(
  { command, commands }: CommandGroup,
  word: string | undefined
): UsageError {
  const names = commands.map(({ name }) => name);
  const list = names.join(', ');
  if (word === undefined) {
    const message = `a command is missing: one of ${list}`;
    return new UsageError(
      [{ code: 'missing-argument', message }],
      `${command} --help`
    );
  }
  const meant = nearest(word, names);
  const hint =
    meant === undefined ? `one of ${list}` : `did you mean ${meant}?`;
  const message = `unknown command ${quoted(word)}; ${hint}`;
  return new UsageError(
    [{ code: 'extra-argument', message }],
    `${command} --help`
  );
}

export {
  CliError,
  InterruptedError,
  UsageError,
  type CliErrorCode,
  type CliErrorOptions,
  type StopSignal,
  type UsageProblem,
  type UsageProblemCode,
} from './cli-error.js';
export {
  groupedCommand,
  groupSpec,
  runCommandGroup,
  type CommandGroup,
  type GroupedCommand,
} from './command-group.js';
export { paintFor, wantsColour, type Paint } from './colour.js';
export {
  readCommandLine,
  type CommandLine,
  type GivenValue,
} from './command-line.js';
export {
  errorDocument,
  errorText,
  exitCodeFor,
  type ErrorDocument,
} from './error-report.js';
export { EXIT, EXIT_CODE_HELP, type ExitCode } from './exit-codes.js';
export {
  defineCommand,
  flagName,
  STANDARD_FLAGS,
  type BooleanFlag,
  type ChoiceFlag,
  type CommandSpec,
  type FlagSpec,
  type FlagSpecs,
  type FlagValue,
  type FlagValues,
  type ListFlag,
  type NumberFlag,
  type StringFlag,
} from './flag-spec.js';
export {
  missingAnswer,
  parseFlags,
  resolveFlags,
  type Flags,
  type FlagSource,
  type FlagSurroundings,
} from './flags.js';
export { helpText } from './help.js';
export { shellWord } from './shell-words.js';
export {
  Prompter,
  type PrompterOptions,
  type PromptOption,
  type Question,
} from './prompts.js';
export { formatBytes, formatDuration } from './quantity.js';
export {
  labelled,
  Steps,
  summaryBox,
  type Step,
  type StepEnd,
  type StepsOptions,
} from './report.js';
export { columnsOf, fitLine, textWidth } from './text-width.js';
export { hasCredentials, withoutCredentials } from './credentials.js';
export { nearest } from './nearest.js';
export { Output, type OutputOptions, type TextStream } from './output.js';
export {
  runCommand,
  type CommandContext,
  type EnvFileAnswers,
  type RunOptions,
} from './run-command.js';
export { scriptArguments } from './script-arguments.js';
export { wrapWords } from './wrap-words.js';
export { UndoStack, type UndoAction, type UndoOutcome } from './undo.js';

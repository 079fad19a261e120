import { EXIT, defineCommand, helpText } from '../../lib/cli/index.js';
import { variableRows } from './settings/bridge-variables.js';

/** The few flags; what the bridge does is set in its environment. */
export const COMMAND = defineCommand({
  command: 'npx tsx microcosm-bridge/constellation-client/main.ts',
  purpose: 'The bridge: the API of Constellation from the nearest source.',
  flags: {
    logFile: {
      type: 'string',
      placeholder: 'FILE',
      help: 'Write the log here, rotated by size, and not to stderr',
    },
    logMaxBytes: {
      type: 'integer',
      min: 10_000,
      max: 1_000_000_000,
      unit: 'bytes',
      default: 10_000_000,
      help: 'Size at which the log file is rotated',
    },
  },
  exitCodes: [
    [EXIT.good, 'stopped by SIGINT or SIGTERM, the last answers given'],
    [EXIT.failed, 'failed; stderr says why'],
    [EXIT.wrongUse, 'wrong use (unknown flag), or a bad setting'],
  ],
  examples: [],
});

/** `--help`: the flags, then the environment. */
export function bridgeHelp(): string {
  const rows = variableRows().map(
    ({ name, unset, description }) =>
      `  ${name} (${unset})\n      ${description}`
  );
  return `${helpText(COMMAND)}\nEnvironment (and what holds where it is unset):\n${rows.join('\n')}\n`;
}

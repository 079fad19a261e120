import { CHECKS } from './checks.js';
import { CHECK_LIMITS } from './check-limits.js';
import { selectChecks } from './select-checks.js';
import { defineCommand, EXIT } from '../cli/index.js';
import { isHttpUrl, isRedisUrl } from '../env/setting.js';
import { CheckError, reasonOf } from './check-error.js';

const MIB = 1024 * 1024;

/** The command line of `scripts/test.ts`. */
export const TEST_COMMAND = defineCommand({
  command: 'npx zx scripts/test.ts',
  purpose:
    'Checks the local Constellation: that it runs, is fresh, answers rightly and fast, keeps its data safe, and that the AppView uses it. Changes nothing.',
  flags: {
    only: {
      type: 'list',
      placeholder: 'ID,…',
      help: `run only these checks: ${CHECKS.map(({ id }) => id).join(', ')}`,
      check: (text) => {
        try {
          selectChecks(CHECKS, [text]);
          return undefined;
        } catch (error) {
          const wanted =
            error instanceof CheckError ? error.expected : undefined;
          return wanted ?? reasonOf(error);
        }
      },
    },
    state: {
      type: 'string',
      placeholder: 'DIR',
      env: 'CONSTELLATION_STATE',
      help: 'state folder that setup used (default .constellation-local)',
    },
    url: {
      type: 'string',
      placeholder: 'URL',
      help: 'ask this index instead of the one that setup started',
      check: (text) => (isHttpUrl(text) ? undefined : 'an http(s) URL'),
    },
    target: {
      type: 'string',
      placeholder: 'AT-URI',
      help: 'compare the answers about this target; by default some are found in the store or the stream',
    },
    appview: {
      type: 'string',
      placeholder: 'DIR',
      help: 'folder of the AppView (default: the one that setup connected)',
    },
    redisUrl: {
      type: 'string',
      placeholder: 'URL',
      secret: true,
      help: "Redis to check (default: REDIS_URL of the AppView's .env, the environment, or .env.constellation-local)",
      check: (text) => (isRedisUrl(text) ? undefined : 'a redis(s):// URL'),
    },
    maxAgeMs: {
      type: 'integer',
      unit: 'ms',
      min: 1,
      max: 86_400_000,
      default: CHECK_LIMITS.maxAgeMs,
      help: 'oldest that the newest event of a current index may be',
    },
    maxLatencyMs: {
      type: 'number',
      unit: 'ms',
      min: 0.01,
      max: 60_000,
      default: CHECK_LIMITS.maxLatencyMs,
      help: 'slowest that 99 of 100 questions may be answered',
    },
    requests: {
      type: 'integer',
      min: 20,
      max: 100_000,
      default: CHECK_LIMITS.requests,
      help: 'questions that are measured',
    },
    minFreeMib: {
      type: 'integer',
      unit: 'MiB',
      min: 0,
      max: 1_048_576,
      default: CHECK_LIMITS.minFreeBytes / MIB,
      help: 'least free space on the disk of the data',
    },
    timeout: {
      type: 'integer',
      unit: 's',
      min: 1,
      max: 3600,
      default: 30,
      help: 'how long one check may take',
    },
    strict: {
      type: 'boolean',
      default: false,
      help: 'a skipped check makes the run fail; where backups are made, they are checked too',
    },
    json: {
      type: 'boolean',
      default: false,
      help: 'print one JSON document on stdout instead of text',
    },
    tap: {
      type: 'boolean',
      default: false,
      help: 'print TAP 14 on stdout instead of text',
    },
  },
  exitCodes: [
    [EXIT.good, 'all checks passed, or were skipped'],
    [EXIT.failed, 'a check failed, or with --strict was skipped'],
  ],
  examples: [
    { command: 'npx zx scripts/test.ts', does: 'All nine checks' },
    {
      command: 'npx zx scripts/test.ts --only health,performance --json',
      does: 'Two of them, for a monitor',
    },
  ],
});

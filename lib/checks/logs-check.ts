import { withoutCredentials } from '../cli/index.js';
import type { Check, CheckOutcome } from './check.js';
import type { CheckContext } from './check-context.js';

/** Lines that are looked at, the youngest ones. */
const LINES = 50_000;
/** Errors that are quoted, and how much of each. */
const QUOTED = 5;
const QUOTED_CHARACTERS = 300;

/** 6: no errors since it was started. */
export const logsCheck: Check<CheckContext> = {
  id: 'logs',
  name: 'Logs',
  needs: [],
  run: async ({ runtime, status }) => {
    const seen = await status();
    if (runtime === null || seen === null) {
      return {
        status: 'skip',
        message:
          'the index at --url was not started from this state folder, so its log is not known',
        suggestion: 'leave --url away, or name the state folder with --state',
      };
    }
    if (seen.state === 'absent') {
      return { status: 'skip', message: 'it was never started here' };
    }
    const lines = await runtime.logs({ lines: LINES, sinceStart: true });
    const level = seen.config?.logLevel ?? 'info';
    return judgeLog(lines, {
      saysStart: level === 'info' || level === 'debug',
    });
  },
};

/** `TIME LEVEL TEXT`, as the embedded index writes it. */
const LEVEL = /^\d{4}-\d\d-\d\dT\S+ (DEBUG|INFO|WARN|ERROR) /;

/** What Node or the index says on stderr when it cannot go on. */
const CRASH = /^(?:Uncaught )?(?:\w*Error|FATAL ERROR)\b/;

/** What the real server, which has no levels, says when a thread of it fails. */
const PANIC = /^thread '.*' (?:\(\d+\) )?panicked at /;

/** What our scripts in its container say. */
const WARNING = /^constellation-\w+: warning: /;

/**
 * Judges the lines since the start. Pure.
 *
 * @param saysStart whether it logs so much that its start is in it
 */
export function judgeLog(
  lines: readonly string[],
  { saysStart }: { readonly saysStart: boolean }
): CheckOutcome {
  const levels = lines.map(levelOf);
  const errors = lines.filter((_, index) => levels[index] === 'ERROR');
  const warnings = levels.filter((level) => level === 'WARN').length;
  const facts = { lines: lines.length, errors: errors.length, warnings };
  if (lines.length === 0 && saysStart) {
    return {
      status: 'fail',
      message: 'its log is empty',
      seen: 'not one line since it was started',
      expected: 'at least the lines about its start',
      suggestion:
        'see whether the log was removed; a restart begins a new one: npx zx scripts/setup.ts',
      facts,
    };
  }
  const more = `${plural(warnings, 'warning')} in ${plural(lines.length, 'line')}`;
  if (errors.length === 0) {
    return {
      status: 'pass',
      message: `no errors since it was started, ${more}`,
      facts,
    };
  }
  const quotes = errors.slice(-QUOTED).map(quote);
  return {
    status: 'fail',
    message: `${plural(errors.length, 'error')} since it was started, ${more}`,
    seen: quotes.join('\n'),
    expected: 'no line of level ERROR since it was started',
    suggestion:
      'mend what it says, then restart it: npx zx scripts/teardown.ts && npx zx scripts/setup.ts',
    facts: { ...facts, quotes },
  };
}

function levelOf(line: string): string | undefined {
  const level = LEVEL.exec(line)?.[1];
  if (level !== undefined) return level;
  if (CRASH.test(line) || PANIC.test(line)) return 'ERROR';
  return WARNING.test(line) ? 'WARN' : undefined;
}

function quote(line: string): string {
  const safe = withoutCredentials(line).replaceAll(/\p{Cc}+/gu, ' ');
  return safe.length > QUOTED_CHARACTERS
    ? `${safe.slice(0, QUOTED_CHARACTERS)}…`
    : safe;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

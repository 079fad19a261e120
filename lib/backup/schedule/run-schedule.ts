import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pause } from '../../runtime/pause.js';
import { readBackupState } from '../run-record.js';
import { isOverdue, nextDue } from './due-time.js';
import { scheduleCommands, type Schedule } from './schedule.js';

/** What runs a schedule. */
export interface RunScheduleOptions {
  /** `backup.json`: when the last run was. */
  readonly stateFile: string;
  readonly signal: AbortSignal;
  readonly onNote: (text: string) => void;
  readonly now?: (() => Date) | undefined;
}

/** Longest wait at once (ms): a clock may be set meanwhile. */
const NAP_MS = 30_000;

/**
 * Makes backups whenever they are due, and one at once where one was missed,
 * until the signal fires; a run under way then takes back what it has begun.
 * How each run ended is written down by itself: a failed one ends nothing here.
 *
 * @throws the signal's reason
 */
export async function runSchedule(
  schedule: Schedule,
  { stateFile, signal, onNote, now = () => new Date() }: RunScheduleOptions
): Promise<never> {
  const state = await readBackupState(stateFile);
  const last = state?.lastRun?.startedAt ?? null;
  let due = isOverdue(schedule, last === null ? null : new Date(last), now())
    ? now()
    : nextDue(schedule, now());
  for (;;) {
    onNote(`the next backup is made at ${due.toISOString()}`);
    for (;;) {
      const leftMs = due.getTime() - now().getTime();
      if (leftMs <= 0) break;
      await pause(Math.min(leftMs, NAP_MS), signal);
    }
    const [create, prune] = scheduleCommands(schedule);
    const code = await runWords(create, signal);
    if (code === 0) {
      const pruned = await runWords(prune, signal);
      if (pruned !== 0) onNote(`pruning ended with ${pruned}`);
    } else onNote(`the backup ended with ${code}; nothing is pruned`);
    due = nextDue(schedule, now());
  }
}

/** Stopped like this process is, and waited for: it has things to put right. */
async function runWords(
  [program = '', ...args]: readonly string[],
  signal: AbortSignal
): Promise<number> {
  signal.throwIfAborted();
  const child = spawn(program, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const onAbort = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const ended: unknown[] = await once(child, 'exit');
    signal.throwIfAborted();
    return typeof ended[0] === 'number' ? ended[0] : 1;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

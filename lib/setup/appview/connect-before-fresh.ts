import type { UndoStack } from '../../cli/index.js';
import { SetupError } from '../setup-error.js';
import type {
  AppViewConnection,
  AppViewSwitch,
  AppViewTarget,
} from './appview-switch.js';

/** Says that the index takes events in. */
const FRESH_CHECK = 'npx zx scripts/test.ts --only health';

/**
 * Connects an AppView to an index that takes nothing in yet, and would answer
 * with numbers that are too low. A stack whose containers are made anew would
 * ask it at once, and is left alone; one that reads its `.env` at its next
 * start is connected, and its operator told to wait.
 *
 * @throws SetupError NOT_FRESH; as {@link AppViewSwitch.connect}
 */
export async function connectBeforeFresh(
  appview: AppViewSwitch,
  target: AppViewTarget,
  undo: UndoStack,
  signal: AbortSignal
): Promise<AppViewConnection> {
  const { isImmediate } = await appview.plan(target);
  if (isImmediate) {
    throw new SetupError(
      'the AppView stays as it is: the index takes nothing in yet, and would answer with numbers that are too low',
      {
        code: 'NOT_FRESH',
        suggestion:
          'run setup again and let it wait longer (--wait 600), or with another stream (--jetstream); what the index has taken in is kept',
      }
    );
  }
  const connection = await appview.connect(target, undo, signal);
  const { next } = connection;
  return next === null
    ? connection
    : { ...connection, next: `once ${FRESH_CHECK} passes, ${next}` };
}

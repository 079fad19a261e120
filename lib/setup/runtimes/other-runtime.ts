/** Another runtime than the one that is set up is not put in its place. */

import type { RuntimeKind } from '../../runtime/runtime.js';
import { SetupError } from '../setup-error.js';
import { shellWord } from '../../cli/index.js';

/** What is set up, and what was asked for. */
export interface RuntimeChange {
  /** Null: nothing was set up here. */
  readonly from: RuntimeKind | null;
  readonly to: RuntimeKind;
  /** Whether the index of the first one runs. */
  readonly isUp: boolean;
  /** The AppView that asks it; null: none. */
  readonly appview: string | null;
  /** Where it keeps its data, for people. */
  readonly data: string;
}

/**
 * Refuses to start a second index beside one that runs or that an AppView
 * asks: only the later one would be found again by test and teardown. After a
 * teardown nothing is in the way. Pure.
 *
 * @throws SetupError OTHER_RUNTIME with the commands that lead there, in order
 */
export function assertSameRuntime(change: RuntimeChange): void {
  const { from, to, isUp, appview, data } = change;
  if (from === null || from === to || (!isUp && appview === null)) return;
  const there = [
    ...(isUp ? ['it runs'] : []),
    ...(appview === null ? [] : [`the AppView in ${appview} asks it`]),
  ].join(', and ');
  const connect = appview === null ? '' : ` --appview ${shellWord(appview)}`;
  const lines = [
    `npx zx scripts/teardown.ts (${appview === null ? '' : 'the AppView asks what it asked before; '}the index stops, its data in ${data} stays)`,
    `npx zx scripts/setup.ts --runtime ${to}${connect} (a new index: the data of the two is not the same and is not carried over; the remote covers what was before)`,
    `the same two with --runtime ${from} go back to the data of now, which ${from === 'docker' ? 'the container' : 'the index'} goes on from`,
    'to have both, give the second one --state DIR, --port and --metrics-port of its own',
  ];
  throw new SetupError(
    `${TITLES[to]} was asked for, but ${TITLES[from]} is set up here: ${there}`,
    { code: 'OTHER_RUNTIME', suggestion: lines.join('\n        ') }
  );
}

const TITLES = {
  docker: 'the Docker runtime',
  embedded: 'the embedded index',
} as const;

import t from 'tap';
import {
  assertChange,
  mayChange,
  RUNTIME_CHANGES,
  type RuntimeState,
} from '../../../lib/runtime/runtime-state.js';

const STATES = Object.keys(RUNTIME_CHANGES) as RuntimeState[];

t.test('every state but the unseen one can be left, and reached', async (t) => {
  for (const state of STATES) {
    if (state === 'unknown') continue;
    t.ok(RUNTIME_CHANGES[state].length > 0, `${state} can be left`);
    if (state === 'absent') continue;
    const before = STATES.filter((other) => mayChange(other, state));
    t.ok(before.length > 0, `${state} can be reached`);
  }
});

t.test(
  'nothing starts twice and nothing stops that is not there',
  async (t) => {
    for (const state of [
      'starting',
      'running',
      'degraded',
      'stopping',
    ] as const) {
      t.notOk(mayChange(state, 'starting'), state);
    }
    for (const state of ['absent', 'stopped', 'unknown'] as const) {
      t.notOk(mayChange(state, 'stopping'), state);
    }
  }
);

t.test('an illegal change names the way out', async (t) => {
  assertChange('stopped', 'starting');
  for (const from of STATES) {
    for (const to of STATES.filter((state) => !mayChange(from, state))) {
      t.throws(() => assertChange(from, to), {
        code: 'ILLEGAL_CHANGE',
        suggestion: /\w/,
      });
    }
  }
});

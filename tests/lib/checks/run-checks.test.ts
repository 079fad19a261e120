/** How checks are run, selected and reported, on checks made for it. */

import t from 'tap';
import {
  prettyResult,
  runChecks,
  selectChecks,
  summarise,
  tapReport,
  type Check,
  type CheckOutcome,
  type CheckResult,
} from '../../../lib/checks/index.js';
import { paintFor } from '../../../lib/cli/index.js';

const PASS: CheckOutcome = { status: 'pass', message: 'good' };
const FAIL: CheckOutcome = {
  status: 'fail',
  message: 'bad',
  seen: '1',
  expected: '2',
  suggestion: 'mend it',
};

/** A check that ends so. */
function stub(
  id: string,
  outcome: CheckOutcome | Error | 'hangs',
  needs: readonly string[] = []
): Check<null> {
  return {
    id,
    name: id.toUpperCase(),
    needs,
    run: () => {
      if (outcome === 'hangs') return new Promise(() => undefined);
      return outcome instanceof Error
        ? Promise.reject(outcome)
        : Promise.resolve(outcome);
    },
  };
}

async function run(
  checks: ReadonlyArray<Check<null>>,
  options: {
    readonly only?: ReadonlySet<string>;
    readonly deadlineMs?: number;
  } = {}
): Promise<readonly CheckResult[]> {
  return await runChecks(checks, null, { deadlineMs: 1000, ...options });
}

function firstOf(results: readonly CheckResult[]): CheckResult {
  const [result] = results;
  if (result === undefined) throw new Error('no result');
  return result;
}

t.test('what needs a failed check is skipped, with the root', async (t) => {
  const results = await run([
    stub('a', FAIL),
    stub('b', PASS, ['a']),
    stub('c', PASS, ['b']),
    stub('d', PASS),
  ]);
  t.match(results, [
    { id: 'a', status: 'fail', number: 1 },
    { id: 'b', status: 'skip', blockedBy: 'a' },
    { id: 'c', status: 'skip', blockedBy: 'a' },
    { id: 'd', status: 'pass', number: 4 },
  ]);
});

t.test('a failure whose subject is usable drags nothing along', async (t) => {
  const results = await run([
    stub('a', { ...FAIL, usable: true }),
    stub('b', PASS, ['a']),
  ]);
  t.match(results, [{ status: 'fail' }, { status: 'pass' }]);
  t.notOk(Object.hasOwn(results[0] ?? {}, 'usable'));
});

t.test('a check that throws has failed, with what helps', async (t) => {
  const cause = new Error('connect ECONNREFUSED');
  const error = Object.assign(new Error('cannot ask', { cause }), {
    suggestion: 'start it',
  });
  const [result] = await run([stub('a', error)]);
  t.match(result, {
    status: 'fail',
    seen: 'cannot ask: connect ECONNREFUSED',
    suggestion: 'start it',
  });
});

t.test('a check that hangs fails at its deadline', async (t) => {
  const results = await run([stub('a', 'hangs'), stub('b', PASS)], {
    deadlineMs: 20,
  });
  t.match(results, [
    { status: 'fail', seen: 'no result within 20 ms' },
    { status: 'pass' },
  ]);
});

t.test('an interrupted run throws the reason at once', async (t) => {
  const controller = new AbortController();
  const running = runChecks([stub('a', 'hangs')], null, {
    deadlineMs: 60_000,
    signal: controller.signal,
    onStart: () => controller.abort(new Error('Ctrl-C')),
  });
  await t.rejects(running, { message: 'Ctrl-C' });
});

t.test('a list in the wrong order is a mistake', async (t) => {
  for (const checks of [
    [stub('b', PASS, ['a']), stub('a', PASS)],
    [stub('a', PASS), stub('a', PASS)],
  ]) {
    await t.rejects(run(checks), { code: 'bad-list' });
  }
});

t.test('checks are selected by id and by number', async (t) => {
  const checks = [stub('running', PASS), stub('health', PASS)];
  t.equal(selectChecks(checks, []), undefined);
  t.strictSame(
    selectChecks(checks, ['2, running']),
    new Set(['health', 'running'])
  );
  for (const [word, hint] of [
    ['heath', 'did you mean health?'],
    ['0', 'there is no check "0"'],
    ['3', 'there is no check "3"'],
    ['constructor', 'there is no check'],
  ] as const) {
    t.throws(() => selectChecks(checks, [word]), { message: hint });
  }
  t.match(await run(checks, { only: new Set(['health']) }), [{ number: 2 }]);
});

const SKIP: CheckOutcome = { status: 'skip', message: 'nothing # there' };

t.test(
  'a skip is no pass: it is counted apart, and --strict fails',
  async (t) => {
    const results = await run([stub('a', PASS), stub('b', SKIP)]);
    const options = { durationMs: 1, strict: false };
    t.match(summarise(results, options), { passed: 1, skipped: 1, ok: true });
    t.match(summarise(results, { ...options, strict: true }), { ok: false });
    t.match(
      tapReport(results, false),
      /^ok 2 - b: B # SKIP nothing \\# there$/m
    );
    t.match(tapReport(results, true), /^not ok 2 - b: B$/m);
  }
);

t.test('foreign text can break neither TAP nor the terminal', async (t) => {
  const message = '\u001b[2J\nok 1 - fake # SKIP';
  const results = await run([stub('a', { ...FAIL, message, seen: message })]);
  const tap = tapReport(results, false);
  t.equal(tap.match(/^(not )?ok /gm)?.length, 1, tap);
  const pretty = prettyResult(firstOf(results), {
    paint: paintFor({}, {}),
    signs: false,
    columns: undefined,
  });
  t.notMatch(pretty, '\u001b');
  t.equal(pretty.split('\n').length, 5, pretty);
});

t.test('lines are wrapped for a terminal, but no command', async (t) => {
  const long = 'several words that go on '.repeat(8);
  const suggestion = `npx zx scripts/test.ts ${'--only health '.repeat(8)}`;
  const result = firstOf(
    await run([stub('a', { ...FAIL, seen: long, suggestion })])
  );
  const options = { paint: paintFor({}, {}), signs: true };
  const lines = prettyResult(result, { ...options, columns: 60 }).split('\n');
  const [next, ...others] = lines.toReversed();
  t.match(next, suggestion.trimEnd());
  t.ok(
    others.every((line) => line.length <= 60),
    others.join('\n')
  );
  t.ok(others.length > 5);
});

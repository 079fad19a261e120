/** What an upgrade is, as far as no engine is needed. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parseFlags, errorText } from '../../../lib/cli/index.js';
import { PINNED_SOURCE } from '../../../lib/compose/index.js';
import {
  imageOfRevision,
  isOfOtherRevision,
} from '../../../lib/runtime/docker/image-target.js';
import { projectVersion } from '../../../lib/runtime/project-version.js';
import { SETUP_COMMAND } from '../../../lib/setup/setup-command.js';
import { upgradeRequest } from '../../../lib/setup/upgrade/upgrade-request.js';
import { startSimulator } from '../../../microcosm-bridge/jetstream-simulator/index.js';
import { pidOf, STAND_IN_PROGRAMS } from '../../fixtures/runtime/scratch.js';
import { place, setup } from '../../fixtures/setup/desk.js';

t.test('each revision has a tag of its own', async (t) => {
  t.strictSame(imageOfRevision('v1.2'), {
    name: 'constellation-local:v1.2',
    revision: 'v1.2',
  });
  const pinned = PINNED_SOURCE.revision;
  t.equal(imageOfRevision(null).name, `constellation-local:${pinned}`);
  const [one, other] = [imageOfRevision('a/b'), imageOfRevision('a-b')];
  t.match(one.name, /^constellation-local:a-b-[0-9a-f]{8}$/);
  t.not(one.name, other.name);
  const { name } = imageOfRevision('x'.repeat(300));
  t.equal(name.length, 'constellation-local:'.length + 128);
});

t.test('a plain setup knows that it keeps another revision', async (t) => {
  const { revision: pinned } = imageOfRevision(null);
  t.ok(isOfOtherRevision('constellation-local:v1', 'v2'));
  t.notOk(isOfOtherRevision('constellation-local:v1', 'v1'));
  t.ok(isOfOtherRevision('constellation-local:latest', 'v2'));
  t.notOk(isOfOtherRevision('constellation-local:latest', pinned ?? ''));
  t.notOk(isOfOtherRevision('registry.example/constellation:1', 'v2'));
});

t.test('what is asked for, and what does not go with it', async (t) => {
  const ask = (
    args: readonly string[],
    file: Readonly<Record<string, string>> = {}
  ) => upgradeRequest(parseFlags(SETUP_COMMAND, args, { file }));
  t.equal(ask([]), null);
  t.strictSame(ask(['--rollback']), { kind: 'rollback' });
  t.match(ask(['--upgrade', '--version', 'v2']), {
    target: { name: 'constellation-local:v2', revision: 'v2' },
    isGiven: true,
  });
  const file = { CONSTELLATION_IMAGE: 'registry/x:1' };
  t.match(ask(['--upgrade'], file), {
    target: { name: 'registry/x:1', revision: null },
    isGiven: false,
  });
  t.match(ask(['--upgrade', '--version', 'v2'], file), {
    target: { revision: 'v2' },
  });
  for (const [args, message] of [
    [['--upgrade', '--rollback'], /either --upgrade or --rollback/],
    [['--upgrade', '--image', 'a', '--version', 'b'], /either --image/],
    [['--rollback', '--version', 'b'], /goes back to the image before/],
    [['--upgrade', '--metrics-port', '1'], /set --metrics-port by a setup/],
    [['--upgrade', '--version', 'no such:rev'], /a branch, tag or commit/],
  ] as const) {
    t.throws(() => ask(args), { message, code: 'usage', exitCode: 2 });
  }
});

t.test('the embedded index is the code of this checkout', async (t) => {
  const simulator = await startSimulator({ live: { eventsPerSecond: 5 } });
  t.teardown(() => simulator.close());
  const { state, flags, runtime } = await place(t);
  const programs = STAND_IN_PROGRAMS;
  const upgrade = (...args: readonly string[]) =>
    setup(['--yes', '--state', state, ...args], { programs });

  const none = await upgrade('--upgrade');
  t.equal(none.code, 10, none.stderr);
  t.match(errorText(none.error), 'nothing is set up in');

  const jetstream = ['--jetstream', simulator.url];
  const first = await setup(['--yes', ...flags, ...jetstream], { programs });
  t.equal(first.code, 0, errorText(first.error));
  const pid = pidOf(await runtime.status());
  const same = await upgrade('--upgrade', '--json');
  t.match(JSON.parse(same.stdout), { ok: true, changed: false });
  t.equal(pidOf(await runtime.status()), pid, 'it runs on');

  for (const args of [['--rollback'], ['--upgrade', '--version', 'v1']]) {
    const refused = await upgrade(...args);
    t.equal(refused.code, 1);
    t.match(errorText(refused.error), /is one of git\n\s+Next: git checkout/);
  }

  // As if it had been started before the code was updated.
  const file = path.join(state, 'embedded.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...record, version: '0.0.1' }));
  const shown = await upgrade('--upgrade', '--dry-run');
  t.match(shown.stdout, 'nothing goes back by itself');
  t.equal(pidOf(await runtime.status()), pid);

  // The stand-in has nothing that could be backed up.
  const unsaved = await upgrade('--upgrade', '--backup');
  t.equal(unsaved.code, 10);
  t.match(errorText(unsaved.error), 'there is no index in');
  t.equal(pidOf(await runtime.status()), pid, 'no backup, no switch');

  const done = await upgrade('--upgrade', '--no-backup', '--json');
  t.equal(done.code, 0, errorText(done.error));
  const version = projectVersion();
  t.match(JSON.parse(done.stdout), {
    action: 'upgrade',
    changed: true,
    from: { version: '0.0.1' },
    to: { version },
  });
  const status = await runtime.status();
  t.match(status, { state: 'running', version });
  t.not(pidOf(status), pid);
});

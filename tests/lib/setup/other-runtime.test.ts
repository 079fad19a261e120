import path from 'node:path';
import t from 'tap';
import { assertRetention } from '../../../lib/setup/runtimes/choose-runtime.js';
import { UndoStack } from '../../../lib/cli/index.js';
import { stateFolder } from '../../../lib/runtime/index.js';
import { planRebuild } from '../../../lib/setup/rebuild/rebuild-plan.js';
import { RecordKeeper } from '../../../lib/setup/record-keeper.js';
import {
  assertSameRuntime,
  type RuntimeChange,
} from '../../../lib/setup/runtimes/other-runtime.js';

const CHANGE: RuntimeChange = {
  from: 'embedded',
  to: 'docker',
  isUp: true,
  appview: '/srv/the app',
  data: '/d',
};

t.test('another runtime is not put in the place of one in use', async (t) => {
  const refused = (change: Partial<RuntimeChange>): unknown => {
    try {
      assertSameRuntime({ ...CHANGE, ...change });
      return null;
    } catch (error) {
      return error;
    }
  };
  t.match(refused({}), {
    code: 'OTHER_RUNTIME',
    message:
      'the Docker runtime was asked for, but the embedded index is set up here: it runs, and the AppView in /srv/the app asks it',
    suggestion:
      /^npx zx scripts\/teardown\.ts \(.*data in \/d stays\)\n +npx zx scripts\/setup\.ts --runtime docker --appview '\/srv\/the app' \(a new index.*\n.*--runtime embedded go back/,
  });
  t.match(refused({ from: 'docker', to: 'embedded' }), {
    suggestion: /teardown\.ts \(.*\n +.*--runtime embedded/,
  });
  t.match(refused({ isUp: false }), { message: /: the AppView in / });
  t.match(refused({ appview: null }), { message: /: it runs$/ });
  for (const change of [
    { from: null },
    { from: 'docker' },
    { isUp: false, appview: null },
  ] as const) {
    t.equal(refused(change), null, JSON.stringify(change));
  }
});

t.test('a rebuild says which runtime it is for', async (t) => {
  const folder = stateFolder(path.join(t.testdir(), 'state'));
  const open = () => RecordKeeper.open(folder.setupRecord, new UndoStack());
  await t.rejects(planRebuild(folder, await open()), {
    code: 'NOTHING_FOUND',
    message: /^no index in a container is set up in /,
    suggestion: 'npx zx scripts/setup.ts --runtime docker',
  });
  await (await open()).note('embedded', {});
  await t.rejects(planRebuild(folder, await open()), {
    code: 'NOTHING_FOUND',
    message: /^--rebuild is for an index in a container; in .* the embedded/,
    suggestion: /teardown\.ts --data, then npx zx scripts\/setup\.ts$/,
  });
});

t.test('only the embedded index drops what is old', async (t) => {
  assertRetention('embedded', 30);
  assertRetention('docker', null);
  t.throws(() => assertRetention('docker', 30), {
    code: 'NO_RETENTION',
    suggestion: /^leave --retain-days .* out; .* --rebuild$/,
  });
});

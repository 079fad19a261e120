import t from 'tap';
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
  state: null,
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
  t.match(refused({ from: 'docker', to: 'embedded', state: '/s' }), {
    suggestion:
      /teardown\.ts --state \/s \(.*\n +.*--runtime embedded --state \/s/,
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

/** Whether an AppView is switched to an index that takes nothing in. */
import t from 'tap';
import { UndoStack } from '../../../lib/cli/index.js';
import type {
  AppViewConnection,
  AppViewSwitch,
} from '../../../lib/setup/appview/appview-switch.js';
import { connectBeforeFresh } from '../../../lib/setup/appview/connect-before-fresh.js';

const TARGET = {
  folder: '/srv/appview',
  indexUrl: 'http://127.0.0.1:6789',
  givenUrl: null,
  cacheTtlSeconds: 30,
  timeoutMs: 5000,
  isNewIndex: true,
};

async function connect(
  isImmediate: boolean,
  next: string | null
): Promise<AppViewConnection | string> {
  let connected = 0;
  const appview: AppViewSwitch = {
    plan: () =>
      Promise.resolve({ needed: true, text: '', diff: '', isImmediate }),
    connect: () => {
      connected += 1;
      return Promise.resolve({
        env: null,
        switched: [],
        keys: [],
        url: TARGET.indexUrl,
        warnings: [],
        next,
      });
    },
  };
  const { signal } = new AbortController();
  try {
    return await connectBeforeFresh(appview, TARGET, new UndoStack(), signal);
  } catch (error) {
    const code: unknown = error instanceof Error && Reflect.get(error, 'code');
    return `${String(code)} after ${connected} connections`;
  }
}

t.test('containers that would ask it at once are left alone', async (t) => {
  t.equal(await connect(true, null), 'NOT_FRESH after 0 connections');
});

t.test('one that reads its .env later is told to wait', async (t) => {
  t.match(await connect(false, 'restart the AppView'), {
    next: 'once npx zx scripts/test.ts --only health passes, restart the AppView',
  });
  t.match(await connect(false, null), { next: null });
});

import { existsSync } from 'node:fs';
import t from 'tap';
import { readyProbe, waitFor } from '../../../../lib/health/index.js';
import { deathOf } from '../../../../lib/runtime/death.js';
import { RuntimeError } from '../../../../lib/runtime/runtime-error.js';
import {
  pidOf,
  scratchRuntime,
  untilGone,
  standInConfig,
} from '../../../fixtures/runtime/scratch.js';

t.test('an index that was killed is failed, with its last words', async (t) => {
  const { runtime } = scratchRuntime(t);
  const started = await runtime.start(standInConfig('good'));
  t.equal(await deathOf(runtime), null);
  process.kill(pidOf(started), 'SIGKILL');
  await untilGone(pidOf(started));
  t.match(await runtime.status(), { state: 'failed', detail: /by itself/ });
  t.match(await deathOf(runtime), { lastLines: [/listening/] });
  t.match(await runtime.plan(standInConfig('good')), { change: 'start' });
  t.match(await runtime.start(standInConfig('good')), { state: 'running' });
});

t.test('dying ends a wait for health at once, with what it said', async (t) => {
  const { runtime } = scratchRuntime(t);
  const { urls } = await runtime.start(standInConfig('dies'));
  const probe = {
    ...readyProbe(urls?.api ?? '', '/never'),
    judge: () => ({ state: 'wait', detail: 'no' }) as const,
  };
  await t.rejects(
    waitFor(probe, {
      deadlineMs: 600_000,
      intervalMs: 20,
      isDead: () => deathOf(runtime),
    }),
    { code: 'DIED', message: /about to crash[^]*Segmentation fault/ }
  );
});

t.test(
  'an index that fails to start says why and leaves nothing',
  async (t) => {
    const { runtime, folder } = scratchRuntime(t);
    await t.rejects(runtime.start(standInConfig('fails')), {
      code: 'START_FAILED',
      message: /the store is on fire/,
    });
    t.match(await runtime.status(), { state: 'absent' });
    t.notOk(existsSync(folder.embedded));
  }
);

t.test('an index that says nothing is given up and taken back', async (t) => {
  const { runtime } = scratchRuntime(t);
  const pids: number[] = [];
  const error = await runtime
    .start(standInConfig('mute'), {
      deadlineMs: 400,
      onProgress: ({ phase }) => {
        if (phase === 'wait') {
          void runtime.status().then((status) => pids.push(pidOf(status)));
        }
      },
    })
    .catch((thrown: unknown) => thrown);
  t.ok(error instanceof RuntimeError);
  t.match(error, { code: 'START_FAILED', message: /within 400 ms/ });
  for (const pid of pids) await untilGone(pid);
  t.equal(pids.length, 1);
  t.match(await runtime.status(), { state: 'absent' });
});

t.test('an aborted start stops what it had started', async (t) => {
  const { runtime } = scratchRuntime(t);
  await runtime.start(standInConfig('good'));
  await runtime.stop();
  const controller = new AbortController();
  const reason = new Error('Ctrl-C');
  let pid = 0;
  await t.rejects(
    runtime.start(standInConfig('mute'), {
      signal: controller.signal,
      onProgress: ({ phase }) => {
        if (phase !== 'wait') return;
        void runtime.status().then((status) => {
          pid = pidOf(status);
          controller.abort(reason);
        });
      },
    }),
    reason
  );
  await untilGone(pid);
  t.ok(pid > 0);
  t.match(await runtime.status(), {
    state: 'stopped',
    config: { jetstream: ['ws://stand-in/good'] },
  });
});

t.test('a stuck index is said to be stuck; only force ends it', async (t) => {
  const { runtime } = scratchRuntime(t);
  const started = await runtime.start(standInConfig('stuck'));
  await t.rejects(runtime.stop({ deadlineMs: 200 }), {
    code: 'STOP_TIMEOUT',
    suggestion: /--force/,
  });
  t.match(await runtime.status(), { state: 'stopping' });
  t.match(await runtime.plan(standInConfig('good')), { change: 'restart' });
  t.match(await runtime.stop({ deadlineMs: 100, force: true }), {
    state: 'stopped',
  });
  await untilGone(pidOf(started));
});

import t from 'tap';
import { readHealth } from '../../../../lib/health/index.js';
import {
  pidOf,
  scratchRuntime,
  untilGone,
  standInConfig,
} from '../../../fixtures/runtime/scratch.js';

t.test(
  'with sample data the simulator runs beside it, on data of its own',
  async (t) => {
    const { runtime, folder } = scratchRuntime(t);
    const config = standInConfig('', { sample: true, jetstream: [] });
    const started = await runtime.start(config);
    t.match(started.parts, [
      { name: 'simulator', state: 'up' },
      { name: 'index', state: 'up' },
    ]);
    const health = await readHealth(started.urls?.api ?? '');
    t.match(health, { sample: true, dataPath: folder.sampleData });
    t.match(health.endpoint, /^ws:\/\/127\.0\.0\.1:\d+\/subscribe$/);
    t.match(await runtime.data(), { name: folder.sampleData, sample: true });

    const simulator = started.parts.find(({ name }) => name === 'simulator');
    process.kill(Number(simulator?.id), 'SIGKILL');
    await untilGone(Number(simulator?.id));
    t.match(await runtime.status(), { state: 'degraded' });
    t.match(await runtime.plan(config), { change: 'restart' });
    await runtime.stop();
    await untilGone(pidOf(started));
  }
);

t.test('both processes of sample mode are stopped', async (t) => {
  const { runtime } = scratchRuntime(t);
  const config = standInConfig('', { sample: true, jetstream: [] });
  const { parts } = await runtime.start(config);
  await runtime.stop();
  for (const { id } of parts) await untilGone(Number(id));
  t.equal(parts.length, 2);
});

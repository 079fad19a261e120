import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startSimulator } from '../../../microcosm-bridge/jetstream-simulator/index.js';
import {
  healthUntil,
  startEmbeddedProcess,
} from '../../fixtures/embedded-process.js';
import {
  GOLDEN_EVENTS,
  GOLDEN_LAST_TIME_US,
  differences,
  goldenCases,
} from '../../fixtures/golden-cases.js';

const KILLS = 20;

/** The recorded case that is answered differently on purpose, see golden.test.ts. */
const HEALTH_CASE = 6169;

t.test(
  'twenty kill -9 during ingestion lose nothing and count nothing twice',
  { timeout: 150_000 },
  async (t) => {
    t.setTimeout(150_000);
    const simulator = await startSimulator({ withoutCursor: 'oldest' });
    t.teardown(() => simulator.close());
    const lines = readFileSync(GOLDEN_EVENTS, 'utf8').trimEnd().split('\n');
    const args = [
      '--data',
      join(t.testdir(), 'data'),
      '--jetstream',
      simulator.url,
    ];
    let pushed = 0;
    const pushUpTo = (end: number): void => {
      simulator.push(lines.slice(pushed, end));
      pushed = Math.max(pushed, end);
    };
    for (let kill = 0; kill < KILLS; kill++) {
      const index = await startEmbeddedProcess(args);
      // Every life gets its share of the events in small portions, and dies
      // somewhere in the middle of reading, applying or committing them.
      const share = Math.floor((lines.length * (kill + 1)) / KILLS);
      const portions = setInterval(() => {
        pushUpTo(Math.min(share, pushed + 3));
      }, 5);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 500));
      t.equal(await index.end('SIGKILL'), 'SIGKILL');
      clearInterval(portions);
      pushUpTo(share);
    }
    const last = await startEmbeddedProcess(args);
    t.teardown(() => last.end('SIGKILL'));
    const { events_total: total } = await healthUntil(
      last.api,
      ({ cursor }) => cursor === GOLDEN_LAST_TIME_US
    );
    t.ok(total >= 591, `${total} events, those that came twice included`);
    const found = await differences(last.api, goldenCases());
    t.same(
      found
        .map(({ golden, what }) => ({ id: golden.id, what }))
        .filter(({ id }) => id !== HEALTH_CASE),
      []
    );
  }
);

/** The process as operators meet it: states, stops, bad questions. */

import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { request } from 'undici';
import { startSimulator } from '../../../microcosm-bridge/jetstream-simulator/index.js';
import {
  health,
  healthUntil,
  ownMemory,
  runEmbeddedProcess,
  startEmbeddedProcess,
} from '../../fixtures/embedded-process.js';
import { GOLDEN_EVENTS } from '../../fixtures/golden-cases.js';
import { testFolder } from '../../fixtures/test-folder.js';

/** Idle connections held against the API. */
const IDLE = 10_000;

const DID = 'did:plc:o2kzycnrhzij6gb6j4gsda3h';

t.test(
  'a running index: one process a folder, one a port, every bad question, many idle connections',
  { timeout: 90_000 },
  async (t) => {
    const data = join(testFolder(t), 'größe 1');
    const index = await startEmbeddedProcess([
      '--data',
      data,
      '--fixture',
      GOLDEN_EVENTS,
      '--collect-metrics',
      '--bind-metrics',
      '127.0.0.1:0',
    ]);
    t.teardown(() => index.end('SIGKILL'));
    await healthUntil(index.api, ({ verdict }) => verdict === 'idle');
    const port = new URL(index.api).port;

    t.test(
      'a second process on the folder is refused with exit code 11',
      async (t) => {
        const { code, stderr } = await runEmbeddedProcess([
          '--data',
          data,
          '--fixture',
          GOLDEN_EVENTS,
          '--bind',
          '127.0.0.1:0',
        ]);
        t.equal(code, 11);
        t.match(stderr, /locked by process/);
      }
    );

    t.test('a port that is taken is said with the way out', async (t) => {
      const { code, stderr } = await runEmbeddedProcess([
        '--data',
        join(testFolder(t), 'other'),
        '--fixture',
        GOLDEN_EVENTS,
        '--bind',
        `127.0.0.1:${port}`,
      ]);
      t.equal(code, 1);
      t.match(stderr, /port in use/);
      t.match(stderr, /--bind/);
    });

    t.test('live, ready and health are three answers', async (t) => {
      for (const path of ['/live', '/ready']) {
        const { statusCode, body } = await request(`${index.api}${path}`);
        t.equal(statusCode, 200, path);
        await body.dump();
      }
      const answer = await request(`${index.api}/health`);
      t.equal(answer.headers['cache-control'], 'no-store');
      t.equal(answer.headers['access-control-allow-origin'], '*');
      const body = (await answer.body.json()) as Record<string, unknown>;
      t.match(body, { verdict: 'idle', sample: false, data_path: data });
    });

    t.test('GET / tells true numbers', async (t) => {
      const { body } = await request(index.api);
      const { stats } = (await body.json()) as {
        stats: { started_at: number; dids: number; linking_records: number };
      };
      t.ok(
        Math.abs(stats.started_at / 1000 - Date.now()) < 600_000,
        'in microseconds, and not the constant of the real server'
      );
      t.ok(stats.dids > 20 && stats.linking_records > 300);
    });

    t.test(
      'a query of 100 KB is refused and the next one answered',
      async (t) => {
        const long = await request(
          `${index.api}/links/all?target=${'a'.repeat(100_000)}`
        );
        t.equal(long.statusCode, 431);
        await long.body.dump();
        const next = await request(`${index.api}/links/all?target=${DID}`);
        t.equal(next.statusCode, 200);
        await next.body.dump();
      }
    );

    t.test('names of the language are names like others', async (t) => {
      for (const name of ['__proto__', 'constructor', 'toString']) {
        const query = `target=${DID}&collection=${name}&path=.${name}`;
        const { statusCode, body } = await request(
          `${index.api}/links/count?${query}`
        );
        t.equal(statusCode, 200);
        t.same(await body.json(), { total: 0 });
      }
    });

    t.test(`${IDLE} idle connections do not keep anybody out`, async (t) => {
      const sockets: Socket[] = [];
      const before = ownMemory(index);
      t.teardown(() => {
        for (const socket of sockets) socket.destroy();
      });
      for (let opened = 0; opened < IDLE; opened += 500) {
        await Promise.all(
          Array.from({ length: 500 }, async () => {
            const socket = connect(Number(port), '127.0.0.1');
            socket.on('error', () => undefined);
            sockets.push(socket);
            await new Promise((resolve) => {
              socket.once('connect', resolve);
              socket.once('close', resolve);
            });
          })
        );
      }
      const { statusCode, body } = await request(
        `${index.api}/links/all?target=${DID}`
      );
      t.equal(statusCode, 200);
      await body.dump();
      const grown = ownMemory(index) - before;
      t.ok(grown < 200e6, `${Math.round(grown / 1e6)} MB for all of them`);
      const open = sockets.filter(({ readyState }) => readyState === 'open');
      t.ok(open.length > IDLE / 2, `${open.length} of them are still open`);
    });

    t.test('metrics come from every thread', async (t) => {
      const { body } = await request(`${index.metrics ?? ''}/metrics`);
      const text = await body.text();
      t.match(text, /consumer_events_actionable 591/);
      t.match(text, /jetstream_cursor_age_microseconds [0-9]+/);
      t.match(
        text,
        /http_request_duration_seconds_count\{route="\/links\/count",status="200"\} 3/
      );
      t.match(text, /index_batch_commit_seconds_count 1/);
      t.match(text, /process_resident_memory_bytes/);
    });

    t.test(
      'SIGINT stops it with exit code 0 and everything committed',
      async (t) => {
        t.equal(await index.end('SIGINT'), 0);
        t.match(index.stderr(), /stopped, everything committed/);
      }
    );
  }
);

t.test(
  'a stream that goes silent is stalled, and current again when it comes back',
  { timeout: 60_000 },
  async (t) => {
    const simulator = await startSimulator({ live: { eventsPerSecond: 50 } });
    t.teardown(() => simulator.close());
    const index = await startEmbeddedProcess([
      '--data',
      testFolder(t),
      '--jetstream',
      simulator.url,
      '--stale-after',
      '2',
    ]);
    t.teardown(() => index.end('SIGKILL'));
    const current = await healthUntil(
      index.api,
      ({ verdict }) => verdict === 'current'
    );
    t.ok(current.complete_since);
    await simulator.setFault({ fault: 'refuse' });
    await simulator.setFault({ fault: 'silent' });
    const stalled = await healthUntil(
      index.api,
      ({ verdict }) => verdict === 'stalled'
    );
    t.match(stalled.message, /nothing was read for/);
    t.equal((await health(index.api)).status, 503);
    const live = await request(`${index.api}/live`);
    t.equal(live.statusCode, 200, 'alive all the same');
    await live.body.dump();
    await simulator.setFault({ fault: 'none' });
    await healthUntil(index.api, ({ verdict }) => verdict === 'current');
  }
);

t.test(
  'a Jetstream that cannot be reached is waited for, whatever it takes',
  { timeout: 60_000 },
  async (t) => {
    const simulator = await startSimulator({
      live: { eventsPerSecond: 50 },
      fault: { fault: 'unreachable' },
    });
    t.teardown(() => simulator.close());
    const index = await startEmbeddedProcess([
      '--data',
      testFolder(t),
      '--jetstream',
      simulator.url,
    ]);
    t.teardown(() => index.end('SIGKILL'));
    const { body } = await health(index.api);
    t.equal(body.verdict, 'starting');
    await simulator.setFault({ fault: 'none' });
    await healthUntil(index.api, ({ verdict }) => verdict === 'current');
  }
);

t.test(
  'a file of events is gone on with after a restart, not begun again',
  async (t) => {
    const folder = testFolder(t);
    const file = join(folder, 'events.jsonl');
    const like = (n: number): string =>
      JSON.stringify({
        did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa',
        time_us: 1_760_000_000_000_000 + n,
        kind: 'commit',
        commit: {
          rev: 'x',
          operation: 'create',
          collection: 'a.b.c',
          rkey: String(n),
          record: { s: DID },
        },
      });
    writeFileSync(file, `${like(1)}\n${like(2)}\n`);
    const args = ['--data', join(folder, 'data'), '--fixture', file];
    const first = await startEmbeddedProcess(args);
    await healthUntil(first.api, ({ verdict }) => verdict === 'idle');
    t.equal(await first.end('SIGTERM'), 0);
    writeFileSync(file, `${like(1)}\n${like(2)}\n${like(3)}\n`);
    const second = await startEmbeddedProcess(args);
    t.teardown(() => second.end('SIGKILL'));
    const { events_total: total } = await healthUntil(
      second.api,
      ({ verdict }) => verdict === 'idle'
    );
    t.equal(total, 3);
  }
);

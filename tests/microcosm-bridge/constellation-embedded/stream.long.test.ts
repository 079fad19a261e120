/** The process on a stream that lags, loses events, or sends what is too large. */

import { join } from 'node:path';
import t from 'tap';
import { request } from 'undici';
import { startSimulator } from '../../../microcosm-bridge/jetstream-simulator/index.js';
import {
  health,
  healthUntil,
  ownMemory,
  startEmbeddedProcess,
} from '../../fixtures/embedded-process.js';
import { tid } from '../../fixtures/index-store.js';
import { testFolder } from '../../fixtures/test-folder.js';

const TARGET = 'at://did:plc:x/app.bsky.feed.post/1';

/** A like; `more` are further members of its record. */
function likeLine(
  timeUs: number,
  more: Readonly<Record<string, unknown>> = {}
): string {
  return JSON.stringify({
    did: 'did:plc:a',
    time_us: timeUs,
    kind: 'commit',
    commit: {
      rev: tid(timeUs),
      operation: 'create',
      collection: 'app.bsky.feed.like',
      rkey: tid(timeUs * 1024),
      record: { subject: { uri: TARGET }, ...more },
    },
  });
}

async function likes(api: string): Promise<unknown> {
  const query = new URLSearchParams({
    target: TARGET,
    collection: 'app.bsky.feed.like',
    path: '.subject.uri',
  });
  const { body } = await request(`${api}/links/count?${query.toString()}`);
  return await body.json();
}

/** Takes the like of {@link likeLine} back, a moment later. */
function unlikeLine(timeUs: number): string {
  return JSON.stringify({
    did: 'did:plc:a',
    time_us: timeUs + 1,
    kind: 'commit',
    commit: {
      rev: tid(timeUs + 1),
      operation: 'delete',
      collection: 'app.bsky.feed.like',
      rkey: tid(timeUs * 1024),
    },
  });
}

t.test(
  'events that come an hour late, all the time, are no freshness',
  async (t) => {
    const simulator = await startSimulator({ withoutCursor: 'oldest' });
    t.teardown(() => simulator.close());
    const index = await startEmbeddedProcess([
      '--data',
      join(testFolder(t), 'data'),
      '--jetstream',
      simulator.url,
      '--stale-after',
      '2',
      '--sample-data',
    ]);
    t.teardown(() => index.end('SIGKILL'));
    const late = setInterval(() => {
      simulator.push([likeLine((Date.now() - 3_600_000) * 1000)]);
    }, 50);
    t.teardown(() => {
      clearInterval(late);
    });
    const stalled = await healthUntil(
      index.api,
      ({ verdict, cursor }) => verdict === 'stalled' && cursor !== null
    );
    t.match(
      stalled.message,
      /^SAMPLE DATA, invented: .* old and not getting younger/
    );
    t.equal(stalled.sample, true);
    t.ok((stalled.newest_event_age_ms ?? 0) > 3_500_000);
    const answer = await request(`${index.api}/health`);
    t.equal(answer.statusCode, 503);
    t.match(answer.headers, {
      'cache-control': 'no-store',
      'content-type': 'application/json',
    });
    await answer.body.dump();
    const ready = await request(`${index.api}/ready`);
    t.equal(ready.statusCode, 200, 'its answers are there all the same');
    t.equal(ready.headers['cache-control'], 'no-store');
    await ready.body.dump();

    clearInterval(late);
    simulator.push([likeLine(Date.now() * 1000)]);
    const current = await healthUntil(
      index.api,
      ({ verdict }) => verdict === 'current'
    );
    t.ok((current.newest_event_age_ms ?? Infinity) < 60_000);
  }
);

t.test(
  'an outage longer than the stream keeps moves complete_since',
  async (t) => {
    const simulator = await startSimulator({ withoutCursor: 'oldest' });
    t.teardown(() => simulator.close());
    const args = [
      '--data',
      join(testFolder(t), 'data'),
      '--jetstream',
      simulator.url,
    ];
    const begin = (Date.now() - 7_200_000) * 1000;
    const minute = 60_000_000;
    const times = Array.from({ length: 100 }, (_, n) => begin + n * minute);
    const isoOf = (timeUs = 0) => new Date(timeUs / 1000).toISOString();
    simulator.push(times.slice(0, 20).map((time) => likeLine(time)));
    const first = await startEmbeddedProcess(args);
    const before = await healthUntil(
      first.api,
      ({ events_total: total }) => total === 20
    );
    t.equal(before.complete_since, isoOf(times[0]));
    t.equal(await first.end('SIGTERM'), 0);

    const oldest = times[80] ?? 0;
    simulator.push(times.slice(20).map((time) => likeLine(time)));
    await simulator.setFault({ fault: 'retention', oldestTimeUs: oldest });
    const second = await startEmbeddedProcess(args);
    t.teardown(() => second.end('SIGKILL'));
    const after = await healthUntil(
      second.api,
      ({ events_total: total }) => total === 40
    );
    t.equal(
      after.complete_since,
      isoOf(oldest),
      'the first event after the cursor'
    );
    t.equal(after.started_at, before.started_at);
    t.match(
      second.stderr(),
      /no longer has what came between .*: the index is complete since the latter only/
    );
  }
);

t.test('a frame of 50 MB and a record of 2 MB', async (t) => {
  const simulator = await startSimulator({ withoutCursor: 'oldest' });
  t.teardown(() => simulator.close());
  const index = await startEmbeddedProcess([
    '--data',
    join(testFolder(t), 'data'),
    '--jetstream',
    simulator.url,
  ]);
  t.teardown(() => index.end('SIGKILL'));
  const begin = Date.now() * 1000;
  const lines = Array.from({ length: 100 }, (_, n) => likeLine(begin + n));
  simulator.push(lines.slice(0, 50));
  await healthUntil(index.api, ({ events_total: total }) => total === 50);
  const before = ownMemory(index);
  await simulator.setFault({
    fault: 'garbage',
    garbage: 'huge-frame',
    times: 1,
  });
  simulator.push(lines.slice(50, 60));
  await healthUntil(index.api, ({ reconnects }) => reconnects === 1);
  await healthUntil(index.api, ({ cursor }) => cursor === begin + 59);
  const grown = ownMemory(index) - before;
  t.ok(
    grown < 50_000_000,
    `the frame is not kept: ${Math.round(grown / 1e6)} MB more`
  );

  const tags = Array.from(
    { length: 30_000 },
    (_, n) => `https://example.com/${'x'.repeat(50)}/${n}`
  );
  const large = likeLine(begin + 60, { tags });
  t.ok(large.length > 2_000_000);
  simulator.push([large, ...lines.slice(61)]);
  await healthUntil(index.api, ({ cursor }) => cursor === begin + 99);
  t.same(await likes(index.api), { total: 100 }, 'all are there, once');
  const { body } = await request(
    `${index.api}/links/all/count?target=${encodeURIComponent(tags.at(-1) ?? '')}`
  );
  t.same(await body.json(), {
    links: { 'app.bsky.feed.like': { '.tags[]': 1 } },
  });
  const { body: report } = await health(index.api);
  t.equal(report.verdict, 'current');
});

t.test(
  '--retain-days drops what is older while the stream goes on',
  async (t) => {
    const simulator = await startSimulator({ withoutCursor: 'oldest' });
    t.teardown(() => simulator.close());
    const data = join(testFolder(t), 'data');
    const args = ['--data', data, '--jetstream', simulator.url];
    const now = Date.now() * 1000;
    const day = 86_400_000_000;
    const old = [31, 40, 50].map((days) => likeLine(now - days * day));
    simulator.push([...old, likeLine(now - 29 * day), likeLine(now)]);
    const before = await startEmbeddedProcess(args);
    await healthUntil(before.api, ({ cursor }) => cursor === now);
    t.same(await likes(before.api), { total: 5 });
    t.equal(await before.end('SIGTERM'), 0);

    const index = await startEmbeddedProcess([
      ...args,
      '--retain-days',
      '30',
      '--collect-metrics',
      '--bind-metrics',
      '127.0.0.1:0',
    ]);
    t.teardown(() => index.end('SIGKILL'));
    const metrics = async (): Promise<string> => {
      const { body } = await request(`${index.metrics ?? ''}/metrics`);
      return await body.text();
    };
    const deadline = Date.now() + 30_000;
    while (!/index_expired_links_total 3/.test(await metrics())) {
      if (Date.now() > deadline) throw new Error('nothing was dropped');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    t.same(await likes(index.api), { total: 2 });
    const { body } = await health(index.api);
    const horizon = Date.now() - 30 * 86_400_000;
    const since = Date.parse(body.complete_since ?? '');
    t.ok(Math.abs(since - horizon) < 60_000, 'the horizon');
    t.match(await metrics(), /index_min_free_bytes 134217728/);

    const later = now + 1_000;
    const toOther = { subject: { uri: 'did:plc:other' } };
    simulator.push([likeLine(later, toOther), unlikeLine(later)]);
    await healthUntil(index.api, ({ cursor }) => cursor === later + 1);
    const other = await request(`${index.api}/links/all?target=did:plc:other`);
    t.same(await other.body.json(), { links: {} }, 'no zeros are kept');
  }
);

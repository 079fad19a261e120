/** The index behind the local one goes wrong, or both do, or the one there is. */

import t from 'tap';
import { ConstellationIntegration } from '../../../lib/constellation/appview.js';
import { health, postLinks } from '../../fixtures/client/count-server.js';
import * as faults from '../../fixtures/client/faults.js';
import {
  DEADLINE_MS,
  FAULTS,
  SINCE,
  TRUTH,
  oldPost,
  forEach,
  open,
  spoil,
  startPair,
  timed,
  untilLocal,
  youngPost,
} from '../../fixtures/client/spoiled-pair.js';

t.test(
  'whatever the remote does, the local index says what it can, in time',
  async (t) => {
    await forEach(FAULTS, async ([what, fault]) => {
      const { local, remote } = await startPair(t);
      const client = open(t, {
        url: local.url,
        fallbackUrl: remote.url,
        ttlSeconds: 0.05,
        staleWhileRefreshSeconds: 0,
      });
      const [young, old, known] = [youngPost(), oldPost(), oldPost()];
      for (const uri of [young, old, known]) {
        local.links.set(uri, postLinks(1));
        remote.links.set(uri, postLinks(TRUTH));
      }
      await untilLocal(client);
      t.match(await client.postStats(known), { origin: 'merged' });
      await spoil(remote, fault);
      const [ofYoung, ofOld, ofKnown] = await Promise.all([
        timed(client.postStats(young)),
        timed(client.postStats(old)),
        timed(client.postStats(known)),
      ]);
      t.match(
        ofYoung.value,
        { source: 'local', partial: false, value: { likes: 1 } },
        `${what}: what the local index knows, it says`
      );
      t.match(
        ofOld.value,
        { source: 'local', partial: true, value: { likes: 1 } },
        `${what}: what it may not know, it says so`
      );
      t.match(
        ofKnown.value,
        { partial: false, value: { likes: TRUTH } },
        `${what}: what was known stays known`
      );
      for (const { inTime, ms } of [ofYoung, ofOld, ofKnown]) {
        t.ok(inTime, `${what}: after ${ms} ms`);
      }
    });
  }
);

t.test('a remote alone fails by name and in time', async (t) => {
  await forEach(FAULTS, async ([what, fault, code]) => {
    const { remote } = await startPair(t);
    const client = open(t, {
      url: remote.url,
      local: false,
      localSince: undefined,
      requestsPerSecond: 0,
      retryDelayMs: 25,
    });
    await spoil(remote, fault);
    const { inTime, ms, error } = await timed(client.postStats(oldPost()));
    t.match(error, { code }, `${what}: ${code}`);
    t.ok(inTime, `${what}: after ${ms} ms`);
  });
});

t.test('both down is said in time, and never a zero', async (t) => {
  await forEach(FAULTS, async ([what, fault], index) => {
    const [other, otherFault] = FAULTS[(index + 7) % FAULTS.length] ?? [
      what,
      fault,
    ];
    const name = `the one ${what}, the other ${other}`;
    const { local, remote } = await startPair(t);
    const client = open(t, { url: local.url, fallbackUrl: remote.url });
    await spoil(local, fault);
    await spoil(remote, otherFault);
    for (const uri of [youngPost(), oldPost()]) {
      const { inTime, ms, value, error } = await timed(client.postStats(uri));
      t.equal(value, undefined, name);
      t.match(error, { code: /^(UNAVAILABLE|DEADLINE)$/ }, name);
      t.ok(inTime, `${name}: after ${ms} ms`);
    }
  });
});

t.test('both reasons are said', async (t) => {
  const { local, remote } = await startPair(t);
  const client = open(t, {
    url: local.url,
    fallbackUrl: remote.url,
    retries: 0,
  });
  local.fault = faults.status(500);
  remote.fault = faults.html;
  await t.rejects(client.postStats(youngPost()), {
    code: 'UNAVAILABLE',
    causes: [{ code: 'HTTP_STATUS' }, { code: 'BAD_BODY' }],
  });
  const { answers, failures } = await client.postStatsOf([youngPost()]);
  t.strictSame([answers.size, failures.size], [0, 1]);
});

t.test('an AppView keeps its own numbers while both are down', async (t) => {
  const { local, remote } = await startPair(t);
  process.env['CONSTELLATION_FALLBACK_URL'] = remote.url;
  t.teardown(() => delete process.env['CONSTELLATION_FALLBACK_URL']);
  const integration = new ConstellationIntegration({
    enabled: true,
    url: local.url,
    cacheTTL: 30,
    timeout: DEADLINE_MS,
  });
  t.teardown(() => integration.close());
  await local.stop();
  remote.fault = faults.blackHole;
  const uris = [youngPost(), oldPost()];
  const before = {
    ...{ likeCount: 5, repostCount: 4, replyCount: 3, quoteCount: 2 },
    bookmarkCount: 1,
  };
  const map = new Map(uris.map((uri) => [uri, { ...before }]));
  const { inTime, ms } = await timed(integration.enrichAggregations(map, uris));
  t.strictSame([...map.values()], [before, before]);
  t.ok(inTime, `after ${ms} ms`);
});

t.test('one that answers and stands still is not believed', async (t) => {
  const kinds = ['with /health', 'the real server'].map(async (kind) => {
    const { local, remote } = await startPair(t);
    const uri = youngPost();
    local.links.set(uri, postLinks(1));
    remote.links.set(uri, postLinks(TRUTH));
    local.health = kind === 'with /health' ? health('stalled', SINCE) : null;
    local.records = 1_000;
    const client = open(t, {
      url: local.url,
      fallbackUrl: remote.url,
      localStallAfterMs: 200,
      ttlSeconds: 0,
    });
    for (let tries = 0; tries < 200; tries += 1) {
      const { inTime, ms, value } = await timed(client.postStats(uri));
      t.match(value, { partial: false, value: { likes: TRUTH } }, kind);
      t.ok(inTime, `${kind}: after ${ms} ms`);
      if (client.stats().local?.verdict === 'stalled') break;
      await new Promise((next) => setTimeout(next, 50));
    }
    t.match(client.stats().local, { verdict: 'stalled' }, kind);
    local.requests.length = 0;
    t.match(await client.postStats(uri), { source: 'remote' }, kind);
    t.strictSame(local.requests, [], `${kind}: it is not asked`);
    await remote.stop();
    const other = youngPost();
    local.links.set(other, postLinks(1));
    const { inTime, ms, value } = await timed(client.postStats(other));
    t.match(
      value,
      { source: 'local', partial: true },
      `${kind}: in need it is`
    );
    t.ok(inTime, `${kind}: after ${ms} ms`);
  });
  await Promise.all(kinds);
});

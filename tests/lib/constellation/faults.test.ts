import t from 'tap';
import { postLinks } from '../../fixtures/client/count-server.js';
import * as faults from '../../fixtures/client/faults.js';
import {
  FAULTS,
  TRUTH,
  forEach,
  open,
  spoil,
  startPair,
  timed,
  untilLocal,
  youngPost,
} from '../../fixtures/client/spoiled-pair.js';

t.test(
  'whatever the local index does, the remote answers in time',
  async (t) => {
    await forEach(FAULTS, async ([what, fault]) => {
      const { local, remote } = await startPair(t);
      const client = open(t, { url: local.url, fallbackUrl: remote.url });
      await untilLocal(client);
      const uri = youngPost();
      remote.links.set(uri, postLinks(TRUTH));
      await spoil(local, fault);
      const { inTime, ms, value } = await timed(client.postStats(uri));
      t.match(
        value,
        { source: 'remote', partial: false, value: { likes: TRUTH } },
        `${what}: the remote answers`
      );
      t.ok(inTime, `${what}: after ${ms} ms`);
      t.ok(client.stats().fallbacks > 0, `${what}: it is counted`);
    });
  }
);

t.test(
  'where nobody stands behind it, it fails by name and in time',
  async (t) => {
    await forEach(FAULTS, async ([what, fault, code]) => {
      const { local } = await startPair(t);
      const client = open(t, { url: local.url, fallbackUrl: 'off' });
      await spoil(local, fault);
      const { inTime, ms, error } = await timed(client.postStats(youngPost()));
      t.match(error, { code }, `${what}: ${code}`);
      t.ok(inTime, `${what}: after ${ms} ms`);
    });
  }
);

t.test('a gigabyte costs no memory', async (t) => {
  const { local } = await startPair(t);
  const client = open(t, { url: local.url, fallbackUrl: 'off' });
  local.fault = faults.gigabyte;
  const before = process.memoryUsage().rss;
  await t.rejects(client.postStats(youngPost()), { code: 'BODY_TOO_LARGE' });
  const grownMb = (process.memoryUsage().rss - before) / 1024 / 1024;
  t.ok(grownMb < 100, `${grownMb} MB more`);
});

t.test('a redirect is followed nowhere', async (t) => {
  const { local, remote: elsewhere } = await startPair(t);
  const client = open(t, { url: local.url, fallbackUrl: 'off' });
  local.fault = faults.status(301, {
    location: `${elsewhere.url}/links/all/count`,
  });
  await t.rejects(client.postStats(youngPost()), {
    code: 'REDIRECTED',
    status: 301,
  });
  t.strictSame(elsewhere.requests, []);
});

t.test('an index that asks for patience is left alone', async (t) => {
  const { local, remote } = await startPair(t);
  const client = open(t, { url: local.url, fallbackUrl: remote.url });
  local.fault = faults.status(429, { 'retry-after': '60' });
  for (let count = 0; count < 3; count += 1) {
    t.match(await client.postStats(youngPost()), { source: 'remote' });
  }
  t.equal(local.requests.length, 1);
  const { main } = client.stats();
  t.ok(main.pausedMs > 50_000 && main.pausedMs <= 60_000);
  t.equal(main.breaker, 'closed', 'it is not at fault');
});

t.test('a short Retry-After is waited for', async (t) => {
  const { local } = await startPair(t);
  const client = open(t, {
    url: local.url,
    fallbackUrl: 'off',
    deadlineMs: 5_000,
  });
  const uri = youngPost();
  local.links.set(uri, postLinks(TRUTH));
  local.fault = (request, response) => {
    local.fault = null;
    faults.status(429, { 'retry-after': '1' })(request, response);
  };
  const { ms, value } = await timed(client.postStats(uri));
  t.match(value, { source: 'local', value: { likes: TRUTH } });
  t.ok(ms >= 990, `${ms} ms`);
});

t.test('a page of posts is not slower for an index that is gone', async (t) => {
  const { local, remote } = await startPair(t);
  const client = open(t, { url: local.url, fallbackUrl: remote.url });
  local.fault = faults.blackHole;
  local.faultEverywhere = true;
  for (const page of ['first', 'second']) {
    const uris = Array.from({ length: 50 }, youngPost);
    for (const uri of uris) remote.links.set(uri, postLinks(TRUTH));
    const { inTime, ms, value } = await timed(client.postStatsOf(uris));
    t.equal(value?.failures.size, 0, `${page}: all answered`);
    for (const answer of value?.answers.values() ?? []) {
      if (answer.value.likes !== TRUTH || answer.partial)
        t.fail('a wrong number');
    }
    t.ok(inTime, `${page}: ${ms} ms`);
  }
});

t.test('it comes back by itself', async (t) => {
  const { local, remote } = await startPair(t);
  const client = open(t, { url: local.url, fallbackUrl: remote.url });
  await local.stop();
  for (let count = 0; count < 5; count += 1) {
    t.match(await client.postStats(youngPost()), { source: 'remote' });
  }
  await local.listen();
  await untilLocal(client);
});

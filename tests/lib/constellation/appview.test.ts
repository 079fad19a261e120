import t from 'tap';
import type { Test } from 'tap';
import { ConstellationIntegration } from '../../../lib/constellation/appview.js';
import {
  CountServer,
  health,
  postLinks,
} from '../../fixtures/client/count-server.js';
import { DID, postUri } from '../../fixtures/client/tids.js';

const SINCE_MS = Date.now() - 3_600_000;
const YOUNG = postUri(SINCE_MS + 1_800_000);
const OLD = postUri(SINCE_MS - 1_800_000);
const UNKNOWN = 'at://alice.example/app.bsky.feed.post/3k2a';

/** What an AppView counted itself. */
function counted(
  likeCount: number,
  replyCount = 0
): {
  likeCount: number;
  repostCount: number;
  replyCount: number;
  quoteCount: number;
  bookmarkCount: number;
} {
  return {
    likeCount,
    repostCount: 0,
    replyCount,
    quoteCount: 0,
    bookmarkCount: 6,
  };
}

function setEnvironment(
  t: Test,
  variables: Readonly<Record<string, string>>
): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    process.env[name] = value;
    t.teardown(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
}

async function startLocal(t: Test): Promise<CountServer> {
  const server = await CountServer.start();
  t.teardown(() => server.stop());
  server.health = health('current', new Date(SINCE_MS).toISOString());
  server.links.set(YOUNG, postLinks(1, 2, 3, 4, 5));
  server.links.set(OLD, postLinks(7, 0, 1));
  server.links.set(DID, { 'app.bsky.graph.follow': { '.subject': 2 } });
  return server;
}

function open(t: Test, url: string): ConstellationIntegration {
  const integration = new ConstellationIntegration({
    enabled: true,
    url,
    cacheTTL: 30,
    timeout: 5_000,
  });
  t.teardown(() => integration.close());
  return integration;
}

t.test('numbers known in full are given, a lower bound is null', async (t) => {
  setEnvironment(t, { CONSTELLATION_FALLBACK_URL: 'off' });
  const local = await startLocal(t);
  const integration = open(t, local.url);
  t.strictSame(await integration.getPostStats(YOUNG), {
    likes: 1,
    reposts: 2,
    replies: 3,
    quotes: 9,
  });
  t.equal(await integration.getPostStats(OLD), null);
  t.equal(await integration.getProfileStats(DID), null);
  t.equal(await integration.getPostStats(UNKNOWN), null);
  await local.stop();
  t.equal(await integration.getPostStats(postUri(SINCE_MS + 60_000)), null);
  t.match(integration.getStats(), {
    enabled: true,
    statsRequested: 5,
    cacheHits: 0,
    cacheMisses: 5,
    hitRate: '0.00%',
    client: { partial: 2 },
  });
  t.ok(integration.getStats().apiErrors > 0);
});

t.test('a backfilled index knows accounts too', async (t) => {
  setEnvironment(t, { CONSTELLATION_LOCAL_SINCE: 'complete' });
  const local = await startLocal(t);
  const integration = open(t, local.url);
  t.strictSame(await integration.getProfileStats(DID), {
    followers: 2,
    mentions: 0,
  });
  await integration.getProfileStats(DID);
  await integration.getProfileStats(DID);
  t.match(integration.getStats(), { cacheHits: 2, hitRate: '66.67%' });
});

t.test(
  'enriching replaces what is known, raises by a lower bound, leaves the rest',
  async (t) => {
    setEnvironment(t, { CONSTELLATION_FALLBACK_URL: 'off' });
    const local = await startLocal(t);
    const integration = open(t, local.url);
    const missing = postUri(SINCE_MS + 60_000);
    const map = new Map([
      [YOUNG, counted(4, 9)],
      [OLD, counted(3, 8)],
      [UNKNOWN, counted(2)],
    ]);
    const oldOnly = postUri(SINCE_MS - 60_000);
    local.links.set(oldOnly, postLinks(1));
    await integration.enrichAggregations(map, [
      YOUNG,
      OLD,
      UNKNOWN,
      missing,
      oldOnly,
    ]);
    t.strictSame(map.get(YOUNG), {
      ...counted(1, 3),
      repostCount: 2,
      quoteCount: 9,
    });
    t.strictSame(map.get(OLD), counted(7, 8), 'the larger of each');
    t.strictSame(map.get(UNKNOWN), counted(2));
    t.strictSame(map.get(missing), { ...counted(0), bookmarkCount: 0 });
    t.notOk(map.has(oldOnly), 'a lower bound is not the first thing to show');
  }
);

t.test(
  'whatever fails, enriching throws nothing and lowers nothing',
  async (t) => {
    setEnvironment(t, { CONSTELLATION_FALLBACK_URL: 'off' });
    const local = await startLocal(t);
    await local.stop();
    const integration = open(t, local.url);
    const map = new Map([[YOUNG, counted(4)]]);
    await integration.enrichAggregations(map, [YOUNG, '', 'nonsense']);
    await integration.close();
    await integration.enrichAggregations(map, [YOUNG]);
    t.strictSame([...map], [[YOUNG, counted(4)]]);
    t.equal(await integration.getPostStats(YOUNG), null);
  }
);

t.test('off, it does nothing and refuses nothing', async (t) => {
  const integration = new ConstellationIntegration({
    enabled: false,
    url: 'nonsense',
    cacheTTL: -1,
    timeout: 0,
  });
  const map = new Map([[YOUNG, counted(4)]]);
  await integration.enrichAggregations(map, [YOUNG]);
  t.strictSame(map.get(YOUNG), counted(4));
  t.equal(integration.isEnabled(), false);
  t.equal(await integration.getPostStats(YOUNG), null);
  t.strictSame(integration.getStats(), {
    enabled: false,
    statsRequested: 0,
    cacheHits: 0,
    cacheMisses: 0,
    apiErrors: 0,
    hitRate: '0.00%',
    client: null,
  });
  await integration.close();
});

t.test('the singleton is what the environment says at import', async (t) => {
  const local = await startLocal(t);
  setEnvironment(t, {
    CONSTELLATION_ENABLED: 'true',
    CONSTELLATION_URL: local.url,
    CONSTELLATION_LOCAL_SINCE: 'complete',
    CONSTELLATION_CACHE_TTL: '5',
  });
  // Another query is another copy of the module, as in another process.
  const load = async (name: string): Promise<ConstellationIntegration> => {
    const file = new URL(
      `../../../lib/constellation/appview.ts?${name}`,
      import.meta.url
    );
    const module = (await import(file.href)) as {
      constellationIntegration: ConstellationIntegration;
    };
    t.teardown(() => module.constellationIntegration.close());
    return module.constellationIntegration;
  };
  const on = await load('on');
  t.equal(on.isEnabled(), true);
  t.match(await on.getPostStats(OLD), { likes: 7 });
  setEnvironment(t, { CONSTELLATION_LOCAL: 'maybe' });
  await t.rejects(load('bad'), { message: /^CONSTELLATION_LOCAL = "maybe"/ });
  setEnvironment(t, { CONSTELLATION_ENABLED: 'false' });
  t.equal((await load('off')).isEnabled(), false);
});

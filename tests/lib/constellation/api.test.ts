import t from 'tap';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  ConstellationClient,
  type ConstellationApi,
} from '../../../lib/constellation/index.js';
import {
  healthUntil,
  startEmbeddedProcess,
} from '../../fixtures/embedded-process.js';
import {
  GOLDEN_EVENTS,
  goldenCases,
  type GoldenCase,
} from '../../fixtures/golden-cases.js';

/** Every how many-th recorded case is asked; all of them take a minute. */
const EVERY = 9;
const XRPC = '/xrpc/blue.microcosm.links';

const folder = mkdtempSync(path.join(tmpdir(), 'client-api-'));
const index = await startEmbeddedProcess([
  ...['--data', path.join(folder, 'data'), '--fixture', GOLDEN_EVENTS],
]);
await healthUntil(index.api, ({ verdict }) => verdict === 'idle');
const client = new ConstellationClient({
  url: index.api,
  fallbackUrl: 'off',
  localSince: 'complete',
  deadlineMs: 30_000,
});
t.teardown(async () => {
  await client.close();
  await index.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

/** A recorded request as the client is asked; undefined where it cannot be. */
function queryOf({ params }: GoldenCase): Query | undefined {
  const all = (name: string): string[] | undefined => {
    const values = params.filter(([key]) => key === name);
    return values.length === 0 ? undefined : values.map(([, value]) => value);
  };
  if (all('from_dids') !== undefined || all('unknown') !== undefined) return;
  if (params.some(([, value]) => value === '')) return;
  const one = (name: string): string => all(name)?.[0] ?? '';
  const limit = all('limit')?.[0];
  return {
    target: one('target'),
    collection: one('collection'),
    path: one('path'),
    subject: one('subject'),
    source: one('source'),
    pathToOther: one('pathToOther'),
    dids: all('did') ?? all('linkDid'),
    otherSubjects: all('otherSubject'),
    reverse: one('reverse') === 'true',
    limit: limit === undefined ? undefined : Number(limit),
  };
}

interface Query {
  readonly target: string;
  readonly collection: string;
  readonly path: string;
  readonly subject: string;
  readonly source: string;
  readonly pathToOther: string;
  readonly dids: string[] | undefined;
  readonly otherSubjects: string[] | undefined;
  readonly reverse: boolean;
  readonly limit: number | undefined;
}

/** Endpoints with one answer. */
const SINGLE: Readonly<
  Record<
    string,
    (api: ConstellationApi, query: Query) => Promise<{ value: object }>
  >
> = {
  '/links/all': (api, query) => api.allLinks(query),
  '/links/all/count': (api, query) => api.allCounts(query),
  '/links/count': (api, query) => api.count(query),
  '/links/count/distinct-dids': (api, query) => api.countDistinctDids(query),
  [`${XRPC}.getBacklinksCount`]: (api, query) => api.backlinksCount(query),
};

/** Lists: the name of the items, and the iterator over all pages. */
const LISTS: Readonly<
  Record<
    string,
    readonly [
      string,
      (api: ConstellationApi, query: Query) => AsyncIterable<unknown>,
    ]
  >
> = {
  '/links': ['linking_records', (api, query) => api.eachLink(query)],
  '/links/distinct-dids': [
    'linking_dids',
    (api, query) => api.eachLinkingDid(query),
  ],
  [`${XRPC}.getBacklinks`]: [
    'records',
    (api, query) => api.eachBacklink(query),
  ],
  [`${XRPC}.getBacklinkDids`]: [
    'linking_dids',
    (api, query) => api.eachBacklinkDid(query),
  ],
  [`${XRPC}.getManyToManyCounts`]: [
    'counts_by_other_subject',
    (api, query) => api.eachManyToManyCount(query),
  ],
  [`${XRPC}.getManyToMany`]: [
    'items',
    (api, query) => api.eachManyToMany(query),
  ],
};

const CASES = goldenCases().filter(
  ({ id, method, pages }) =>
    id % EVERY === 0 && method === undefined && pages[0]?.status === 200
);

t.test('each endpoint answers what the real server did', async (t) => {
  const asked = new Set<string>();
  for (const golden of CASES) {
    const query = queryOf(golden);
    const ask = SINGLE[golden.path];
    if (query === undefined || ask === undefined) continue;
    asked.add(golden.path);
    const { value } = await ask(client.api, query);
    t.strictSame(value, golden.pages[0]?.body, `case ${golden.id}`);
  }
  t.strictSame([...asked].sort(), Object.keys(SINGLE).sort());
});

t.test('each iterator goes through all pages', async (t) => {
  const asked = new Set<string>();
  for (const golden of CASES) {
    const query = queryOf(golden);
    const [name, each] = LISTS[golden.path] ?? [];
    if (query === undefined || name === undefined || each === undefined)
      continue;
    // Pages without items have no end.
    if (query.limit === 0) continue;
    // The real server loses records of reversed lists at its page borders.
    if (query.reverse && golden.pages.length > 1) continue;
    asked.add(golden.path);
    const expected = golden.pages.flatMap(({ body }) => body?.[name] ?? []);
    const isWhole = golden.pages.at(-1)?.body?.['cursor'] === null;
    const items: unknown[] = [];
    for await (const item of each(client.api, query)) {
      if (!isWhole && items.length === expected.length) break;
      items.push(item);
    }
    t.strictSame(items, expected, `case ${golden.id}`);
  }
  t.strictSame([...asked].sort(), Object.keys(LISTS).sort());
});

t.test('what cannot be asked is refused by name', async (t) => {
  const like = { target: 'x:y', collection: 'a.b.c', path: '.d' };
  const backlinks = { subject: 'x:y', source: 'no-path' };
  await t.rejects(client.api.backlinksCount(backlinks), {
    code: 'REJECTED',
    status: 400,
  });
  await t.rejects(client.api.links({ ...like, limit: 1001 }), {
    code: 'BAD_TARGET',
  });
  await t.rejects(client.api.links({ ...like, cursor: 'zz' }), {
    code: 'BAD_TARGET',
  });
  await t.rejects(client.api.links({ ...like, cursor: '66aa' }), {
    code: 'BAD_TARGET',
  });
  await t.rejects(client.api.allCounts({ target: 'a'.repeat(9_000) }), {
    code: 'BAD_TARGET',
  });
  t.match(await client.api.overview(), {
    source: 'local',
    value: { stats: { dids: Number } },
  });
});

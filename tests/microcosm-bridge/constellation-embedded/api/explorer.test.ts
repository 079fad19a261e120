/** The pages for people say what the JSON says, and nothing that was linked can act in them. */

import t from 'tap';
import { request } from 'undici';
import { wantsPage } from '../../../../lib/api-server/index.js';
import { answerFor } from '../../../../microcosm-bridge/constellation-embedded/api/answer.js';
import type { LinkRecord } from '../../../../microcosm-bridge/constellation-embedded/api/explorer/list-views.js';
import { QUESTIONS } from '../../../../microcosm-bridge/constellation-embedded/api/explorer/question.js';
import {
  tableHtml,
  tableOf,
} from '../../../../microcosm-bridge/constellation-embedded/api/explorer/table.js';
import { ENDPOINTS as ANSWERED } from '../../../../microcosm-bridge/constellation-embedded/api/endpoints.js';
import { healthReport } from '../../../../microcosm-bridge/constellation-embedded/health/health-report.js';
import { StatusHistory } from '../../../../microcosm-bridge/constellation-embedded/health/status-history.js';
import { DEFAULT_THRESHOLDS } from '../../../../microcosm-bridge/constellation-embedded/health/verdict.js';
import { startGoldenApi } from '../../../fixtures/golden-api.js';
import { ENDPOINTS } from '../../../fixtures/golden-questions.js';
import { commit } from '../../../fixtures/index-store.js';

/** What Chromium sends. */
const BROWSER =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

const api = await startGoldenApi(t.testdir());
t.teardown(() => api.close());

/** An answer as a browser gets it. */
async function page(path: string, method: 'GET' | 'HEAD' = 'GET') {
  const { statusCode, headers, body } = await request(`${api.url}${path}`, {
    method,
    headers: { accept: BROWSER },
  });
  return { status: statusCode, headers, text: await body.text() };
}

function questionTo(path: string, more: Readonly<Record<string, string>> = {}) {
  const good = ENDPOINTS[path]?.good ?? {};
  return `${path}?${new URLSearchParams({ ...good, ...more }).toString()}`;
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** Texts of the cells of a page's table, row by row. */
function rowsOf(text: string): string[][] {
  return [...text.matchAll(/<tr>\s*<td[^]*?<\/tr>/g)].map(([row]) =>
    [...row.matchAll(/<td[^>]*>([^]*?)<\/td>/g)].map(([, cell = '']) =>
      unescaped(cell.replaceAll(/<[^>]*>/g, '').trim())
    )
  );
}

function linksOf(text: string): string[] {
  return [...text.matchAll(/<a\s+href="([^"]*)"/g)].map(([, to = '']) =>
    unescaped(to)
  );
}

function linkNamed(text: string, name: string): string | undefined {
  const link = new RegExp(`<a\\s+href="([^"]*)"\\s*>${name}</a`).exec(text);
  return link?.[1] === undefined ? undefined : unescaped(link[1]);
}

/** What an answer may hold, of whichever endpoint. */
interface Body {
  readonly linking_records?: readonly LinkRecord[];
  readonly records?: readonly LinkRecord[];
  readonly linking_dids?: readonly string[];
  readonly items?: readonly { linkRecord: LinkRecord; otherSubject: string }[];
  readonly counts_by_other_subject?: readonly {
    subject: string;
    total: number;
    distinct: number;
  }[];
  readonly links?: Readonly<Record<string, Readonly<Record<string, Found>>>>;
}

/** Records, or records and accounts. */
type Found = number | { records: number; distinct_dids: number };

/** Rows as the JSON has them. */
function expectedRows(body: Body): string[][] {
  const record = ({ did, collection, rkey }: LinkRecord): string[] => [
    did,
    `${collection}/${rkey}`,
  ];
  return [
    ...(body.linking_records ?? []).map(record),
    ...(body.records ?? []).map(record),
    ...(body.linking_dids ?? []).map((did) => [did]),
    ...(body.items ?? []).map((item) => [
      ...record(item.linkRecord),
      item.otherSubject,
    ]),
    ...(body.counts_by_other_subject ?? []).map((other) => [
      other.subject,
      String(other.total),
      String(other.distinct),
    ]),
    ...Object.entries(body.links ?? {}).flatMap(([collection, paths]) =>
      Object.entries(paths).map(([path, found]) => [
        collection,
        path,
        ...(typeof found === 'number'
          ? [String(found)]
          : [String(found.records), String(found.distinct_dids)]),
      ])
    ),
  ];
}

t.test('who gets a page', async (t) => {
  const cases: readonly (readonly [string | undefined, boolean])[] = [
    [undefined, false],
    ['', false],
    ['*/*', false],
    ['application/json', false],
    ['application/json, text/plain, */*', false],
    ['application/json, text/html', false],
    ['application/json, text/html;q=0.9', false],
    ['text/html;q=0', false],
    ['text/html;q=0, */*', false],
    ['text/html;q=0.2, */*;q=0.8', false],
    ['image/png', false],
    ['nonsense', false],
    [';q=,,;=,/', false],
    [BROWSER, true],
    ['text/html', true],
    ['TEXT/HTML', true],
    ['text/html;charset=utf-8', true],
    ['text/html;charset=latin1', false],
    ['text/*', true],
    ['text/html, */*;q=0.1', true],
    ['text/html;q=0.9, application/json;q=0.8', true],
    ['application/json;q=0.5, */*', true],
  ];
  for (const [accept, wanted] of cases) {
    t.equal(wantsPage(accept), wanted, String(accept));
  }
});

t.test('every endpoint has its form and its page', async (t) => {
  t.same(QUESTIONS.map(({ path }) => path).sort(), [...ANSWERED.keys()].sort());
  const { text } = await page('/');
  for (const { path, fields } of QUESTIONS) {
    const form = new RegExp(`<form action="${path}"[^]*?</form>`).exec(text);
    for (const { name } of fields) t.match(form?.[0], `name="${name}"`, path);
  }
});

for (const [path, { list }] of Object.entries(ENDPOINTS)) {
  t.test(`${path}: the page has what the JSON has`, async (t) => {
    const { body: json } = await api.get(questionTo(path));
    const { status, headers, text } = await page(questionTo(path));
    t.equal(status, 200);
    t.equal(headers['content-type'], 'text/html; charset=utf-8');
    t.match(headers['vary'], /^accept,/);
    t.match(headers['content-security-policy'], /default-src 'none'/);
    t.notMatch(text, /<script|https?:\/\/[^"]*\.(?:css|js)/);
    t.same(rowsOf(text), expectedRows(json));
    t.equal(rowsOf(text).length > 0, !('total' in json) || list !== undefined);
    const total = /<p class="big">([0-9]+) /.exec(text)?.[1];
    t.equal(total, json['total']?.toString(), 'the total');

    const plain = await request(`${api.url}${questionTo(path)}`);
    t.match(plain.headers['vary'], /^accept,/);
    const asJson = await page(linkNamed(text, 'This as JSON') ?? '');
    t.equal(asJson.headers['content-type'], 'application/json');
    t.equal(asJson.text, await plain.body.text(), 'byte for byte');
    for (const link of new Set(linksOf(text))) {
      t.equal((await page(link)).status, 200, link);
    }

    const head = await page(questionTo(path), 'HEAD');
    t.equal(head.text, '');
    t.equal(head.headers['content-length'], headers['content-length']);

    if (list === undefined) return;
    const rows: string[][] = [];
    let next: string | undefined = questionTo(path, { limit: '2' });
    while (next !== undefined) {
      const { text: part } = await page(next);
      rows.push(...rowsOf(part));
      next = linkNamed(part, 'Next page');
    }
    t.same(rows, expectedRows(json), 'by its own links, page by page');
  });
}

t.test('the front page has the numbers of the index', async (t) => {
  const { body } = await api.get('/');
  const { text } = await page('/');
  const { dids, targetables, linking_records } = body['stats'] as Record<
    string,
    number
  >;
  for (const number of [dids, targetables, linking_records]) {
    t.match(text, `<dd>${number?.toLocaleString('en-US')}</dd>`);
  }
  const example = linkNamed(text, 'An example') ?? '';
  t.ok(rowsOf((await page(example)).text).length > 0, 'its example has links');
});

t.test('what was asked and what was linked is only text', async (t) => {
  const script = `"'><script>alert(1)</script>&amp;`;
  const target = 'did:plc:linkedbymarkup';
  const [did, at] = ['did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', `.${script}`];
  api.index.apply(commit('create', did, script, script, { [script]: target }));
  const place = { target, collection: script, path: at };
  for (const [path, parameters] of [
    ['/links/all', { target }],
    ['/links', place],
    ['/links/all', { target: script }],
    ['/links', { target: script, limit: script, did: script }],
    ['/links', { ...place, cursor: script }],
  ] as const) {
    const query = new URLSearchParams({ ...parameters }).toString();
    const { text } = await page(`${path}?${query}`);
    t.notMatch(text, /<script/i, query);
    t.ok(unescaped(text).includes(script), 'and it is there, as text');
    for (const [, value = ''] of text.matchAll(/(?:href|value)="([^"]*)"/g)) {
      t.notMatch(value, /[<>]/);
    }
  }
  const { text } = await page(
    `/links/all?${new URLSearchParams({ target }).toString()}`
  );
  t.same(rowsOf(text), [[script, at, '1', '1']]);
  const list = linksOf(text).find((link) => link.startsWith('/links?')) ?? '';
  t.same(rowsOf((await page(list)).text), [[did, `${script}/${script}`]]);
});

t.test('a refusal is a page too, with the question to mend', async (t) => {
  const { status, headers, text } = await page('/links?target=here');
  t.equal(status, 400);
  t.equal(headers['content-type'], 'text/html; charset=utf-8');
  t.match(unescaped(text), 'missing field `collection`');
  t.match(text, /name="target"\s+value="here"/);
  const missing = await page('/nope');
  t.equal(missing.status, 404);
  t.match(missing.text, 'There is no such page');
  for (const path of ['/health', '/live', '/ready', '/.well-known/did.json']) {
    const plain = await page(path);
    t.equal(plain.headers['content-type'], 'application/json', path);
  }
  const post = await request(`${api.url}/links`, {
    method: 'POST',
    headers: { accept: BROWSER },
  });
  t.equal(post.statusCode, 405);
  t.equal(await post.body.text(), '');
});

t.test('before the store is open, and over invented data', async (t) => {
  const identity = {
    sample: true,
    dataPath: '',
    version: '',
    processStartedMs: 0,
    thresholds: DEFAULT_THRESHOLDS,
  };
  const state = {
    health: () => healthReport(identity, new StatusHistory(), 0),
    didWebDomain: null,
  };
  for (const url of ['/', questionTo('/links')]) {
    const answer = await answerFor(state, null, {
      method: 'GET',
      url,
      accept: BROWSER,
    });
    t.equal(answer.status, 503);
    t.same(answer.headers?.[0], ['retry-after', '1']);
    t.match(answer.body, 'the store is not open yet');
    t.match(answer.body, 'Sample data');
  }
  t.notMatch((await page('/')).text, 'Sample data');
});

t.test('a page has an end, however long what it lists', async (t) => {
  const items = Array.from({ length: 1000 }, (_, index) => index);
  const made: number[] = [];
  const { text } = tableHtml(
    tableOf(['Target'], items, (item) => {
      made.push(item);
      return [{ text: '&'.repeat(8192) }];
    })
  );
  t.ok(text.length < 1_100_000, `${text.length} characters`);
  const shown = rowsOf(text).length;
  t.ok(shown > 20);
  t.match(text, `${1000 - shown} more are only in the JSON`);
  t.equal(made.length, shown + 1, 'no more rows are made than shown');
});

t.test('nothing was reported as a failure of ours', async (t) => {
  t.same(api.errors, []);
});

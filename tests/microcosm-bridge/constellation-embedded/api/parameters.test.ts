/**
 * What the API takes and refuses, in the neighbourhood of every class of
 * recorded answers (tests/fixtures/golden).
 */

import t from 'tap';
import { items, startGoldenApi } from '../../../fixtures/golden-api.js';
import {
  DID,
  ENDPOINTS,
  FOLLOWER,
  PLACE,
  POST,
  SUBJECT,
  XRPC,
} from '../../../fixtures/golden-questions.js';

const api = await startGoldenApi(t.testdir());
t.teardown(() => api.close());
const { ask, get } = api;

for (const [path, { good, list, emptyCursor }] of Object.entries(ENDPOINTS)) {
  t.test(`${path}: what has to be there, once`, async (t) => {
    t.equal((await ask(path, good)).status, 200, 'good');
    for (const name of Object.keys(good)) {
      const others = Object.entries(good).filter(([other]) => other !== name);
      t.equal((await ask(path, others)).status, 400, `without ${name}`);
      const twice = [
        ...Object.entries(good),
        [name, good[name] ?? ''],
      ] as const;
      t.equal((await ask(path, twice)).status, 400, `${name} twice`);
      if (name !== 'source') {
        const empty = await ask(path, { ...good, [name]: '' });
        t.equal(empty.status, 200, `${name} empty`);
      }
    }
    t.equal((await get(path)).status, 400, 'nothing at all');
    const unknown = await ask(path, { ...good, unknown: '1', limits: 'x' });
    t.equal(unknown.status, 200, 'unknown parameters are ignored');
  });

  if (list === undefined) continue;
  t.test(`${path}: limit and cursor`, async (t) => {
    const all = await ask(path, good);
    const count = items(all, list).length;
    t.ok(count > 0, 'something to page through');
    const limits: [string, number][] = [
      ['0', 200],
      ['1', 200],
      ['+5', 200],
      ['007', 200],
      ['1000', 200],
      ['1001', 400],
      ['18446744073709551615', 400],
      ['99999999999999999999999', 400],
      ['-0', 400],
      ['-1', 400],
      ['+', 400],
      ['', 400],
      ['1.5', 400],
      ['1e2', 400],
      ['0x10', 400],
      [' 5', 400],
      ['5 ', 400],
      ['abc', 400],
      ['NaN', 400],
      ['٥', 400],
    ];
    for (const [limit, status] of limits) {
      const answer = await ask(path, { ...good, limit });
      t.equal(answer.status, status, `limit ${JSON.stringify(limit)}`);
      if (status === 200) {
        t.ok(items(answer, list).length <= Number(limit));
      }
    }
    const none = await ask(path, { ...good, limit: '0' });
    t.type(none.body['cursor'], 'string', 'a page of nothing has a next one');
    const [first] = items(all, list);
    const one = await ask(path, { ...good, limit: '1' });
    t.same(items(one, list), [first]);
    const twice = [
      ...Object.entries(good),
      ['limit', '1'] as const,
      ['limit', '1'] as const,
    ];
    t.equal((await ask(path, twice)).status, 400);

    for (const cursor of [
      'zz',
      '00',
      'abc',
      'ff',
      '0000000000000000',
      '010203',
      'fb0102fb0102fb0102',
      `${'0'.repeat(2000)}`,
      'null',
      'true',
    ]) {
      const answer = await ask(path, { ...good, cursor });
      t.equal(answer.status, 400, `cursor ${cursor.slice(0, 20)}`);
    }
    const empty = await ask(path, { ...good, cursor: '' });
    t.equal(empty.status, emptyCursor, 'cursor empty');
    if (emptyCursor === 200) t.same(empty.body, all.body);
  });
}

t.test('a page over HTTP goes on where the one before ended', async (t) => {
  for (const [path, { good, list }] of Object.entries(ENDPOINTS)) {
    if (list === undefined) continue;
    const all = items(await ask(path, good), list);
    const joined: unknown[] = [];
    let cursor: unknown = null;
    do {
      const place = typeof cursor === 'string' ? { cursor } : {};
      const page = await ask(path, { ...good, limit: '2', ...place });
      t.equal(page.status, 200);
      joined.push(...items(page, list));
      cursor = page.body['cursor'];
    } while (typeof cursor === 'string');
    t.same(joined, all, path);
  }
});

t.test('source is COLLECTION:PATH', async (t) => {
  const total = async (source: string) =>
    await ask(`${XRPC}.getBacklinksCount`, { subject: DID, source });
  t.equal((await total('nocolon')).status, 400);
  t.equal((await total('')).status, 400);
  t.same((await total('app.bsky.graph.follow:subject')).body, { total: 19 });
  for (const nothing of [
    ':',
    'a:b:c',
    'app.bsky.graph.follow:.subject',
    ':subject',
  ]) {
    t.same((await total(nothing)).body, { total: 0 }, nothing);
  }
});

t.test('the dot of a path belongs to it', async (t) => {
  t.same((await ask('/links/count', PLACE)).body, { total: 19 });
  for (const path of [
    'subject',
    '..subject',
    '.subject.',
    '.SUBJECT',
    ' .subject',
  ]) {
    const { body } = await ask('/links/count', { ...PLACE, path });
    t.same(body, { total: 0 }, path);
  }
});

t.test('lists of some DIDs only', async (t) => {
  const total = async (...more: readonly (readonly [string, string])[]) =>
    (await ask('/links', [...Object.entries(PLACE), ...more])).body['total'];
  t.equal(await total(['did', FOLLOWER]), 3);
  t.equal(await total(['from_dids', FOLLOWER]), 3);
  t.equal(await total(['did', ` ${FOLLOWER} `]), 3, 'trimmed');
  t.equal(
    await total(['did', FOLLOWER], ['did', FOLLOWER]),
    3,
    'twice is once'
  );
  t.equal(await total(['did', FOLLOWER], ['did', DID]), 4);
  t.equal(await total(['from_dids', `${FOLLOWER},${DID}`]), 4);
  t.equal(await total(['did', 'notadid']), 0);
  t.equal(await total(['did', '']), 19, 'empty is none');
  t.equal(await total(['from_dids', '']), 19);
  t.equal(await total(['from_dids', ',']), 0, 'a list of nothing');
  t.equal(await total(['did', FOLLOWER], ['from_dids', '']), 3);
  const both = [
    ...Object.entries(PLACE),
    ['did', FOLLOWER] as const,
    ['from_dids', FOLLOWER] as const,
  ];
  t.equal((await ask('/links', both)).status, 400);
  const list = await ask(`${XRPC}.getBacklinks`, {
    ...SUBJECT,
    did: FOLLOWER,
    limit: '2',
  });
  t.equal(items(list, 'records').length, 2);
  t.equal(list.body['total'], 3);
  t.type(list.body['cursor'], 'string');
});

t.test('reverse is true or false, and loses nothing', async (t) => {
  const path = `${XRPC}.getBacklinks`;
  for (const reverse of ['1', '0', '', 'TRUE', 'yes', ' true']) {
    t.equal((await ask(path, { ...SUBJECT, reverse })).status, 400, reverse);
  }
  const forward = items(
    await ask(path, { ...SUBJECT, reverse: 'false' }),
    'records'
  );
  const back = items(
    await ask(path, { ...SUBJECT, reverse: 'true' }),
    'records'
  );
  t.same(back, forward.toReversed());
  const { body } = await ask(path, { ...SUBJECT, limit: '5' });
  const other = { ...SUBJECT, reverse: 'true', cursor: String(body['cursor']) };
  t.equal((await ask(path, other)).status, 400, "the other order's cursor");
});

t.test('many-to-many can be narrowed on both sides', async (t) => {
  const join = {
    subject: POST,
    source: 'app.bsky.feed.like:subject.uri',
    pathToOther: 'via.uri',
  };
  const all = await ask(`${XRPC}.getManyToMany`, join);
  const pairs = items(all, 'items') as {
    linkRecord: { did: string };
    otherSubject: string;
  }[];
  const [pair] = pairs;
  if (pair === undefined) throw new Error('no pairs');
  const { linkRecord, otherSubject } = pair;
  const narrowed = await ask(`${XRPC}.getManyToMany`, {
    ...join,
    linkDid: linkRecord.did,
    otherSubject: ` ${otherSubject} `,
  });
  t.same(
    items(narrowed, 'items'),
    pairs.filter(
      (one) =>
        one.otherSubject === otherSubject &&
        one.linkRecord.did === linkRecord.did
    )
  );
  const counts = await ask(`${XRPC}.getManyToManyCounts`, {
    ...join,
    otherSubject,
  });
  t.match(counts.body, {
    counts_by_other_subject: [{ subject: otherSubject }],
    cursor: null,
  });
  const nobody = await ask(`${XRPC}.getManyToManyCounts`, {
    ...join,
    did: 'did:plc:nobody',
  });
  t.same(nobody.body, { counts_by_other_subject: [], cursor: null });
  const dotted = await ask(`${XRPC}.getManyToMany`, {
    ...join,
    pathToOther: '.via.uri',
  });
  t.same(
    dotted.body,
    { items: [], cursor: null },
    'pathToOther has no leading dot'
  );
});

t.test('nothing was reported as a failure of ours', async (t) => {
  t.same(api.errors, []);
});

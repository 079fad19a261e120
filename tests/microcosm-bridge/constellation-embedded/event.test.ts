import fc from 'fast-check';
import t from 'tap';
import {
  EVENT_LIMITS,
  parseEvent,
} from '../../../microcosm-bridge/constellation-embedded/event.js';
import { goldenEvents } from './links/golden-case.js';

const DID = 'did:plc:o2kzycnrhzij6gb6j4gsda3h';
const RECORD = { $type: 'app.bsky.feed.like', subject: { uri: 'foo:1' } };
const COMMIT = {
  rev: '3m2qspaynnige',
  operation: 'create',
  collection: 'app.bsky.feed.like',
  rkey: '3m2qspalmk2cl',
  record: RECORD,
  cid: 'bafyreizkhy4gty4ocy64m5pd2ffrslqzcyhodtirnptcedrogtp2pzqg7s',
};
const ACCOUNT = { active: false, did: DID, seq: 1, status: 'deleted' };

/** The text of an event with some fields put in place of good ones. */
function event(fields: object): string {
  return JSON.stringify({ did: DID, time_us: 1, kind: 'commit', ...fields });
}

function commit(fields: object): string {
  return event({ commit: { ...COMMIT, ...fields } });
}

function account(fields: object): string {
  return event({ kind: 'account', account: { ...ACCOUNT, ...fields } });
}

t.test('a create and an update carry their record', async (t) => {
  for (const operation of ['create', 'update']) {
    t.strictSame(parseEvent(commit({ operation })), {
      kind: 'commit',
      did: DID,
      timeUs: 1,
      operation,
      collection: COMMIT.collection,
      rkey: COMMIT.rkey,
      rev: COMMIT.rev,
      record: RECORD,
    });
  }
});

t.test('a delete carries no record, even if it was sent one', async (t) => {
  const deleted = {
    kind: 'commit',
    did: DID,
    timeUs: 1,
    operation: 'delete',
    collection: COMMIT.collection,
    rkey: COMMIT.rkey,
    rev: COMMIT.rev,
  };
  t.strictSame(parseEvent(commit({ operation: 'delete' })), deleted);
  t.strictSame(
    parseEvent(commit({ operation: 'delete', record: undefined })),
    deleted
  );
});

t.test(
  'an account event says whether it is active, and its status',
  async (t) => {
    const base = { kind: 'account', did: DID, timeUs: 1 };
    t.strictSame(parseEvent(account({})), {
      ...base,
      active: false,
      status: 'deleted',
    });
    for (const status of [undefined, null]) {
      t.strictSame(parseEvent(account({ active: true, status })), {
        ...base,
        active: true,
      });
    }
    t.strictSame(parseEvent(account({ active: true, status: 'weird' })), {
      ...base,
      active: true,
      status: 'weird',
    });
  }
);

t.test(
  'events of other kinds keep their place in time and their kind',
  async (t) => {
    for (const kind of ['identity', 'sync', 'Commit', '__proto__']) {
      t.strictSame(parseEvent(event({ kind })), {
        kind: 'other',
        did: DID,
        timeUs: 1,
        name: kind,
      });
    }
  }
);

t.test('what is not a JSON object is malformed', async (t) => {
  const texts = ['', ' ', '{', 'null', '1', '"x"', '[]', '[{}]', 'nul', '{}x'];
  for (const text of [...texts, '['.repeat(500_000), '\ud800', '\0']) {
    t.equal(parseEvent(text), null, JSON.stringify(text.slice(0, 20)));
  }
});

t.test('did, time_us and kind have to be there and make sense', async (t) => {
  const controls = [
    '',
    ' ',
    'did:plc:x ',
    'did:plc:\0',
    'did:plc:\n',
    'did:plc:é',
  ];
  for (const did of [undefined, null, 1, {}, [DID], ...controls]) {
    t.equal(
      parseEvent(event({ did, commit: COMMIT })),
      null,
      JSON.stringify(did)
    );
  }
  for (const time_us of [undefined, null, '1', -1, 1.5, 2 ** 53, true]) {
    t.equal(
      parseEvent(event({ time_us, commit: COMMIT })),
      null,
      String(time_us)
    );
  }
  t.equal(parseEvent('{"did":"did:plc:x","time_us":1e400,"kind":"x"}'), null);
  for (const kind of [
    undefined,
    null,
    1,
    '',
    'a b',
    'x'.repeat(65),
    ['commit'],
  ]) {
    t.equal(parseEvent(event({ kind, commit: COMMIT })), null);
  }
  t.match(parseEvent(event({ time_us: 0, commit: COMMIT })), { timeUs: 0 });
});

t.test(
  'only create, update and delete in lower case are operations',
  async (t) => {
    const wrong = ['CREATE', 'upsert', 'Delete', ' create', 'create\n', ''];
    for (const operation of [...wrong, undefined, null, 1, ['create']]) {
      t.equal(parseEvent(commit({ operation })), null, String(operation));
    }
  }
);

t.test('a commit without its parts is malformed', async (t) => {
  for (const part of [undefined, null, 'x', 1, [], {}]) {
    t.equal(parseEvent(event({ commit: part })), null);
  }
  for (const name of ['collection', 'rkey', 'rev']) {
    for (const value of [
      undefined,
      null,
      1,
      '',
      {},
      'a b',
      'a\0b',
      'a\n',
      'é',
    ]) {
      if (name === 'rev' && (value === undefined || value === '')) continue;
      t.equal(parseEvent(commit({ [name]: value })), null, name);
    }
  }
});

t.test('a commit may come without a revision', async (t) => {
  t.match(parseEvent(commit({ rev: undefined })), { rev: '', rkey: /./ });
});

t.test(
  'a create or update without an object as record is malformed',
  async (t) => {
    for (const operation of ['create', 'update']) {
      for (const record of [undefined, null, 'foo:1', 1, true, [RECORD]]) {
        t.equal(parseEvent(commit({ operation, record })), null);
      }
      t.ok(
        parseEvent(commit({ operation, record: {} })),
        'an empty one is fine'
      );
    }
  }
);

t.test('an account event without its parts is malformed', async (t) => {
  for (const part of [undefined, null, 'x', [], {}]) {
    t.equal(parseEvent(event({ kind: 'account', account: part })), null);
  }
  for (const active of [undefined, null, 0, 'true']) {
    t.equal(parseEvent(account({ active })), null);
  }
  for (const status of [1, {}, '', 'a b', 'x'.repeat(65)]) {
    t.equal(parseEvent(account({ status })), null);
  }
});

t.test('identifiers are taken up to their limits', async (t) => {
  const { did, collection, rkey, rev } = EVENT_LIMITS;
  t.ok(parseEvent(event({ did: 'd'.repeat(did), commit: COMMIT })));
  t.equal(
    parseEvent(event({ did: 'd'.repeat(did + 1), commit: COMMIT })),
    null
  );
  for (const [name, limit] of Object.entries({ collection, rkey, rev })) {
    t.ok(parseEvent(commit({ [name]: 'a'.repeat(limit) })), name);
    t.equal(parseEvent(commit({ [name]: 'a'.repeat(limit + 1) })), null, name);
  }
});

t.test(
  '__proto__ in an event neither pollutes nor stands in for fields',
  async (t) => {
    const hidden = JSON.stringify({ commit: COMMIT });
    t.equal(
      parseEvent(
        `{"did":"${DID}","time_us":1,"kind":"commit","__proto__":${hidden}}`
      ),
      null
    );
    t.notOk('commit' in {});
  }
);

t.test(
  'of the recorded events exactly the known malformed ones are refused',
  async (t) => {
    const refused = goldenEvents().filter((line) => parseEvent(line) === null);
    const operations = refused.map(
      (line) => /"operation":"([^"]*)"/.exec(line)?.[1]
    );
    t.strictSame(operations.sort(), [
      ...['CREATE', 'CREATE', 'CREATE', 'CREATE'],
      ...['create', 'create', 'create', 'upsert', 'upsert'],
    ]);
    t.ok(
      refused.every(
        (line) => !line.includes('"create"') || !line.includes('"record"')
      ),
      'the creates are those without a record'
    );
  }
);

function commitArbitraries(
  anything: fc.Arbitrary<unknown>
): Record<string, fc.Arbitrary<unknown>> {
  return {
    operation: fc.oneof(fc.constantFrom('create', 'delete'), anything),
    collection: fc.oneof(fc.constant('a.b'), anything),
    rkey: fc.oneof(fc.constant('x'), anything),
    rev: fc.oneof(fc.constant('y'), anything),
    record: anything,
  };
}

t.test('no text makes it throw', async () => {
  const anything = fc.anything({ withNullPrototype: true });
  const shaped = fc.record(
    {
      did: fc.oneof(fc.constant(DID), anything),
      time_us: fc.oneof(fc.nat(), anything),
      kind: fc.oneof(fc.constantFrom('commit', 'account'), anything),
      commit: fc.oneof(
        fc.record(commitArbitraries(anything), { requiredKeys: [] }),
        anything
      ),
      account: fc.oneof(fc.record({ active: anything }), anything),
    },
    { requiredKeys: [] }
  );
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    shaped.map((value) =>
      JSON.stringify(value, (_, x: unknown) =>
        typeof x === 'bigint' ? x.toString() : x
      )
    )
  );
  fc.assert(
    fc.property(text, (candidate) => {
      const parsed = parseEvent(candidate);
      return parsed === null || typeof parsed.did === 'string';
    }),
    { numRuns: 1000 }
  );
});

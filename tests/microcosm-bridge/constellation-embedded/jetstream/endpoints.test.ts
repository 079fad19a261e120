import t from 'tap';
import { subscribeUrl } from '../../../../microcosm-bridge/constellation-embedded/jetstream/endpoints.js';
import {
  JETSTREAM_NAMES,
  JetstreamError,
  parseEndpoint,
  parseEndpoints,
} from '../../../../microcosm-bridge/constellation-embedded/jetstream/index.js';

t.test('a short name stands for its public host', async (t) => {
  t.same(
    parseEndpoints('us-east-1, us-east-2,us-west-1,us-west-2').map(
      ({ url, label }) => [label, url]
    ),
    [
      ['us-east-1', 'wss://jetstream1.us-east.bsky.network/subscribe'],
      ['us-east-2', 'wss://jetstream2.us-east.bsky.network/subscribe'],
      ['us-west-1', 'wss://jetstream1.us-west.bsky.network/subscribe'],
      ['us-west-2', 'wss://jetstream2.us-west.bsky.network/subscribe'],
    ]
  );
});

const urls: readonly (readonly [text: string, url: string])[] = [
  ['wss://example.com', 'wss://example.com/subscribe'],
  ['wss://example.com/', 'wss://example.com/subscribe'],
  ['ws://localhost:6008', 'ws://localhost:6008/subscribe'],
  ['WSS://Example.COM/stream', 'wss://example.com/stream'],
  ['ws://example.com', 'ws://example.com/subscribe'],
  ['ws://[::1]:6008', 'ws://[::1]:6008/subscribe'],
  [
    'wss://example.com?wantedCollections=app.bsky.feed.like',
    'wss://example.com/subscribe?wantedCollections=app.bsky.feed.like',
  ],
];
for (const [text, url] of urls) {
  t.test(`${text} is ${url}`, async (t) => {
    t.equal(parseEndpoint(text).url, url);
  });
}

t.test('a label has no query', async (t) => {
  t.equal(
    parseEndpoint('wss://example.com/s?wantedDids=did:plc:a').label,
    'wss://example.com/s'
  );
});

t.test('several are kept in order and once each', async (t) => {
  t.same(
    parseEndpoints('wss://b.example,us-east-1,wss://b.example/subscribe,').map(
      ({ url }) => url
    ),
    ['wss://b.example/subscribe', JETSTREAM_NAMES['us-east-1']]
  );
});

t.test('the v2 hosts come with a warning, the others do not', async (t) => {
  for (const region of ['us-east', 'us-west']) {
    const { warning } = parseEndpoint(`wss://jetstream.${region}.bsky.network`);
    t.match(warning, /replays up to an hour/);
  }
  t.equal(parseEndpoint('us-east-1').warning, undefined);
  t.equal(
    parseEndpoint('wss://jetstream1.us-east.bsky.network').warning,
    undefined
  );
});

const refused: readonly (readonly [
  text: string,
  code: string,
  suggestion: RegExp,
])[] = [
  ['', 'no-endpoint', /us-east-1/],
  [' , ', 'no-endpoint', /us-east-1/],
  ['us-east-3', 'unknown-name', /us-east-1, us-east-2, us-west-1, us-west-2/],
  ['__proto__', 'unknown-name', /us-east-1/],
  ['constructor', 'unknown-name', /us-east-1/],
  ['localhost:6008', 'unsupported-scheme', /wss:\/\/localhost:6008/],
  ['http://example.com', 'unsupported-scheme', /Write ws:\/\/example\.com/],
  ['https://example.com', 'unsupported-scheme', /Write wss:\/\/example\.com/],
  ['file:///etc/passwd', 'unsupported-scheme', /wss:/],
  ['ws://', 'invalid-url', /HOST/],
  ['ws://exa mple.com', 'invalid-url', /HOST/],
  ['ws://example.com:99999', 'invalid-url', /HOST/],
  ['ws://example.com:0', 'invalid-url', /HOST/],
  ['ws://example.com/#here', 'invalid-url', /HOST/],
  ['wss://me:secret@example.com', 'credentials', /leave them out/],
  ['wss://example.com?cursor=1', 'reserved-parameter', /cursor/],
  ['wss://example.com?compress=true', 'reserved-parameter', /compress/],
  ['wss://example.com?requireHello=true', 'reserved-parameter', /requireHello/],
];
for (const [text, code, suggestion] of refused) {
  t.test(`"${text}" is refused as ${code}, with a way out`, async (t) => {
    try {
      parseEndpoints(text);
      t.fail('was taken');
    } catch (error) {
      if (!(error instanceof JetstreamError)) throw error;
      t.equal(error.code, code);
      t.match(error.suggestion, suggestion);
    }
  });
}

t.test('a password is never repeated in an error', async (t) => {
  for (const text of [
    'wss://me:secret@example.com',
    'https://me:secret@example.com',
    'ws://me:secret@exa mple.com',
    'wss://me:se/secret@example.com',
    'me:secret@example.com',
  ]) {
    try {
      parseEndpoint(text);
      t.fail('was taken');
    } catch (error) {
      if (!(error instanceof JetstreamError)) throw error;
      t.notMatch(`${error.message} ${error.suggestion ?? ''}`, /secret/);
    }
  }
});

t.test('a connection asks for its cursor and its size limit', async (t) => {
  const endpoint = parseEndpoint('ws://h:1?wantedCollections=a.b.c');
  const url = new URL(subscribeUrl(endpoint, 1_760_000_000_000_000, 1000));
  t.equal(url.searchParams.get('cursor'), '1760000000000000');
  t.equal(url.searchParams.get('maxMessageSizeBytes'), '1000');
  t.equal(url.searchParams.get('wantedCollections'), 'a.b.c');
  const live = new URL(subscribeUrl(endpoint, null, 1000));
  t.notOk(live.searchParams.has('cursor'));
});

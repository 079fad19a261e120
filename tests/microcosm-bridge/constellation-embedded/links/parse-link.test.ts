import t from 'tap';
import type { Test } from 'tap';
import { MAX_AT_URI_LENGTH } from '../../../../microcosm-bridge/constellation-embedded/links/at-uri.js';
import { MAX_DID_LENGTH } from '../../../../microcosm-bridge/constellation-embedded/links/did.js';
import { parseLink } from '../../../../microcosm-bridge/constellation-embedded/links/parse-link.js';
import { MAX_URI_LENGTH } from '../../../../microcosm-bridge/constellation-embedded/links/uri.js';

const PLC = 'did:plc:o2kzycnrhzij6gb6j4gsda3h';
const POST = `at://${PLC}/app.bsky.feed.post/3m2qspalmk2cl`;

/** Text, and its target; one element only: the text is its own target. */
type Row = readonly [text: string, target?: string | null];

function table(t: Test, rows: readonly Row[]): void {
  for (const [text, target] of rows) {
    const expected = target === undefined ? text : target;
    t.equal(parseLink(text), expected, JSON.stringify(text.slice(0, 80)));
  }
}

t.test('an AT-URI becomes its normal form', async (t) => {
  table(t, [
    [POST],
    [`at://${PLC}`],
    ['at://did:plc:x/y/z'],
    ['at://did:web:alice.example.com/app.bsky.feed.post/3m2qspotddgd4'],
    [
      `AT://${PLC}/app.bsky.feed.post/abc`,
      `at://${PLC}/app.bsky.feed.post/abc`,
    ],
    ['aT://did:plc:x', 'at://did:plc:x'],
    [
      'at://did:plc:UPPERFYSBCECP2CZHDPRDQZQ/app.bsky.feed.post/abc',
      'at://did:plc:UPPERFYSBCECP2CZHDPRDQZQ/app.bsky.feed.post/abc',
    ],
    [
      'at://Handle.Example.COM/app.bsky.feed.post/3KXX',
      'at://handle.example.com/app.bsky.feed.post/3KXX',
    ],
    ['at://handle'],
    ['at://HANDLE', 'at://handle'],
  ]);
});

t.test('an AT-URI loses dot segments and trailing slashes', async (t) => {
  table(t, [
    [`${POST}/`, POST],
    [`${POST}///`, POST],
    ['at://did:plc:x/', 'at://did:plc:x'],
    ['at://did:plc:x//', 'at://did:plc:x'],
    ['at://did:plc:x/a/../b', 'at://did:plc:x/b'],
    ['at://did:plc:x/./a/./b/.', 'at://did:plc:x/a/b'],
    ['at://did:plc:x/a/..', 'at://did:plc:x'],
    ['at://did:plc:x/../../a', 'at://did:plc:x/a'],
    ['at://did:plc:x/a/%2E%2e/b', 'at://did:plc:x/b'],
    ['at://did:plc:x/a//b'],
    [`at://${PLC}/a/..`, `at://${PLC}`],
    [`at://${PLC}/a/.`, `at://${PLC}/a`],
    [`at://${PLC}/../a`, `at://${PLC}/a`],
    [`at://${PLC}/a/.b`],
    ['at://did:plc:x/...'],
    ['at://did:plc:x/a/?q=/../', 'at://did:plc:x/a?q=/../'],
    ['at://did:plc:x/a/#/b/', 'at://did:plc:x/a#/b/'],
  ]);
});

t.test('an AT-URI keeps its query and fragment', async (t) => {
  table(t, [
    [`${POST}?a=b`],
    [`${POST}#frag`],
    [`${POST}?a=b?c#d#e`],
    ['at://did:plc:x?a'],
    ['at://did:plc:x#a'],
  ]);
});

t.test('an AT-URI has its escapes normalised', async (t) => {
  table(t, [
    ['at://did:plc:x/a/%61bc', 'at://did:plc:x/a/abc'],
    ['at://did:plc:x/a/a%2fb', 'at://did:plc:x/a/a%2Fb'],
    [`at://${PLC}/a%61/b`, `at://${PLC}/aa/b`],
    [`at://${PLC}/a/%2f`, `at://${PLC}/a/%2F`],
    ['at://did:plc:x/a/%7e%7E', 'at://did:plc:x/a/~~'],
    ['at://did:plc:x/a/%2561'],
    ['at://did:plc:x/a?%61#%2f', 'at://did:plc:x/a?a#%2F'],
    ['at://EX%41mple%2f.com', 'at://example%2F.com'],
    ['at://did%3aplc%3aX/a', 'at://did%3Aplc%3Ax/a'],
    ['at://%64id:plc:X/a', 'at://did:plc:X/a'],
  ]);
});

t.test('what is no AT-URI may still be a URI', async (t) => {
  table(t, [
    ['at://'],
    ['AT://', 'at://'],
    ['at:///nothing'],
    ['at:///a/../b', 'at:///b'],
    ['at://?q'],
    ['at:x'],
    ['at:'],
    ['at:/a'],
    ['att://did:plc:x', null],
    ['att://X/A/', 'att://x/A/'],
  ]);
});

t.test('a broken AT-URI is no link', async (t) => {
  table(t, [
    [`at://${PLC}/%`, null],
    [`at://${PLC}/%zz`, null],
    [`at://${PLC}/%4`, null],
    [`at://${PLC}/a%`, null],
    [`at://${PLC}?%`, null],
    ['at://handle.example/%zz', null],
    ['at://µ.example/app.bsky.feed.post/x', null],
    [`${POST}é`, null],
    [`${POST}\0`, null],
    [` ${POST}`, null],
    ['at', null],
    ['at//did:plc:x', null],
  ]);
});

t.test('beyond that an AT-URI may hold any ASCII', async (t) => {
  table(t, [
    [`${POST} `],
    [`${POST}\n`],
    ['at://did:plc:x/a b'],
    ['at://did:plc:x/[a]{b}|"'],
    ['at://Some words', 'at://some words'],
    ['at://did:PLC:X/a'],
    ['at://User@Host:80/', 'at://user@host:80'],
  ]);
});

t.test('an AT-URI longer than 8 KiB is none', async (t) => {
  const withLength = (length: number): string =>
    'at://did:plc:x/'.padEnd(length, 'a');
  table(t, [
    [withLength(MAX_AT_URI_LENGTH)],
    [withLength(MAX_AT_URI_LENGTH + 1), null],
  ]);
  const handle = `at://a.example/${'b'.repeat(MAX_AT_URI_LENGTH)}/`;
  t.equal(parseLink(handle), handle, 'with a handle it is a plain URI');
  const escaped = `at://a.example/${'%61'.repeat(3000)}/`;
  const target = `at://a.example/${'a'.repeat(3000)}`;
  t.equal(parseLink(escaped), target, 'whose normal form may be short enough');
  t.equal(parseLink(target), target);
});

t.test('a DID is its own target', async (t) => {
  table(t, [
    [PLC],
    ['did:plc:UPPERFYSBCECP2CZHDPRDQZQ'],
    ['did:web:alice.example.com'],
    ['did:web:example.com%3A3000'],
    ['did:web:example.com%3a3000'],
    ['did:plc:%61'],
    ['did:plc:%zz'],
    ['did:plc:a%'],
    ['did:example:a:b:c'],
    ['did:plc:..'],
    ['did:x:_-.'],
  ]);
});

t.test('what is no DID may still be a URI', async (t) => {
  table(t, [
    ['did:plc'],
    ['did:plc:'],
    [`${PLC}:`],
    ['did:plc:%2f:', 'did:plc:%2F:'],
    [`${PLC}#atproto_pds`],
    [`${PLC}?a`],
    [`${PLC}/path`],
    ['did:Web:x'],
    ['did:PLC:x'],
    ['did:3:x'],
    ['did::x'],
    ['DID:plc:X', 'did:plc:X'],
    ['DID:plc:%61', 'did:plc:a'],
    ['did:plc:a~b'],
  ]);
});

t.test('a broken DID is no link', async (t) => {
  table(t, [
    [`${PLC} `, null],
    [` ${PLC}`, null],
    [`${PLC}\n`, null],
    [`did:plc:\0`, null],
    ['did:plc:é', null],
    ['did:web:a b', null],
    ['did', null],
    ['DID:plc:%zz', null],
    [`${PLC}/%zz`, null],
  ]);
});

t.test('a DID longer than 2 KiB is only a URI', async (t) => {
  const withLength = (length: number): string =>
    'did:plc:%2f'.padEnd(length, 'a');
  table(t, [
    [withLength(MAX_DID_LENGTH)],
    [
      withLength(MAX_DID_LENGTH + 1),
      withLength(MAX_DID_LENGTH + 1).replace('%2f', '%2F'),
    ],
  ]);
});

t.test('ordinary text is no link', async (t) => {
  table(t, [
    ['', null],
    ['x', null],
    [':', null],
    [':x', null],
    ['hello', null],
    ['see https://example.com now', null],
    ['🦋', null],
    ['nothing', null],
    ['3m2qspalmk2cl', null],
    ['2025-10-09T09:10:00.000Z', null],
    ['app.bsky.richtext.facet#mention', null],
    ['bafyreizkhy4gty4ocy64m5pd2ffrslqzcyhodtirnptcedrogtp2pzqg7s', null],
    ['example.com/no-scheme', null],
    ['http//missing.colon', null],
    ['//example.com/x', null],
    ['1a:b', null],
    ['+a:b', null],
    ['a_b:c', null],
    ['Note: this is prose', null],
    ['\n', null],
  ]);
});

t.test('a text that happens to be a URI is a link', async (t) => {
  table(t, [
    ['yes:no'],
    ['a:'],
    ['Note:', 'note:'],
    ['foo:bar'],
    ['12:30', null],
    ['C:/windows/../x', 'c:/x'],
  ]);
});

t.test('a text longer than the limit is turned away', async (t) => {
  table(t, [
    ['x:'.padEnd(MAX_URI_LENGTH, 'a')],
    ['x:'.padEnd(MAX_URI_LENGTH + 1, 'a'), null],
    ['x:'.padEnd(1_000_000, 'a'), null],
  ]);
  const growing = 'http://[::ffff:c0a8:0101]/';
  t.equal(parseLink(growing), 'http://[::ffff:192.168.1.1]/');
  t.equal(
    parseLink(growing.padEnd(MAX_URI_LENGTH, 'a')),
    null,
    'so is one whose normal form is longer than the limit'
  );
});

import fc from 'fast-check';
import t from 'tap';
import { removeDotSegments } from '../../../../microcosm-bridge/constellation-embedded/links/dot-segments.js';
import {
  parseLink,
  parseLinkTheLongWay,
} from '../../../../microcosm-bridge/constellation-embedded/links/parse-link.js';
import { recordLinks } from '../../../../microcosm-bridge/constellation-embedded/links/record-links.js';
import { MAX_URI_LENGTH } from '../../../../microcosm-bridge/constellation-embedded/links/uri.js';

const RUNS = { numRuns: 1000 };

/** Pieces that URIs, DIDs and AT-URIs are made of, and things that break them. */
const pieces = fc.constantFrom(
  ...['at://', 'AT://', 'at:', 'did:', 'did:plc:', 'did:web:', 'DID:', 'x:'],
  ...[
    'http://',
    'HTTP:',
    '//',
    '/',
    '/.',
    '/..',
    '.',
    '..',
    '?',
    '#',
    ':',
    '@',
  ],
  ...['[', ']', '[::1]', '[::FFFF:1.2.3.4]', '[1:0:0:2::]', '[v1.A]', ':80'],
  ...['%', '%2', '%2e', '%2E', '%2F', '%3a', '%41', '%7e', '%zz', '%25', '%00'],
  ...['app.bsky.feed.post', '3m2qspalmk2cl', 'Example.COM', 'a', 'B', '~', '_'],
  ...[
    'o2kzycnrhzij6gb6j4gsda3h',
    ' ',
    '\n',
    '\0',
    'é',
    '🦋',
    '\ud800',
    '|',
    '{',
  ]
);

const composed = fc
  .array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 9 })
  .map((parts) => parts.join(''));

const identifier = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._~:%-]{0,16}$/),
  fc.constantFrom('.', '..', '...', '.a', 'a.', '-', '%2e')
);
const nearlyCommon = fc
  .tuple(
    fc.constantFrom('at://did:plc:', 'at://did:plC:', 'AT://did:plc:', 'at://'),
    fc.stringMatching(/^[a-z2-7]{24}$/),
    fc.constantFrom('', '/', '//', '?', '#', '1', '.'),
    identifier,
    fc.constantFrom('', '/', '/./', '/../', '#'),
    identifier
  )
  .map((parts) => parts.join(''));

const text = fc.oneof(composed, nearlyCommon, fc.string(), fc.webUrl());

t.test('normalising a target again changes nothing', async () => {
  fc.assert(
    fc.property(text, (candidate) => {
      const target = parseLink(candidate);
      return target === null || parseLink(target) === target;
    }),
    RUNS
  );
});

t.test('the short cut finds what the long way finds', async () => {
  fc.assert(
    fc.property(
      text,
      (candidate) => parseLink(candidate) === parseLinkTheLongWay(candidate)
    ),
    RUNS
  );
});

t.test('a target is ASCII without U+0000, and within the limit', async () => {
  fc.assert(
    fc.property(text, (candidate) => {
      const target = parseLink(candidate);
      if (target === null) return true;
      const codes = [...target].map((character) => character.codePointAt(0));
      return (
        target.length <= MAX_URI_LENGTH &&
        codes.every((code = 0) => code > 0 && code < 128)
      );
    }),
    RUNS
  );
});

/** RFC 3986 section 5.2.4, its steps A to E in its own words. */
function removeDotSegmentsAsInTheRfc(path: string): string {
  let input = path;
  let output = '';
  const withoutLastSegment = (): string =>
    output.slice(0, Math.max(0, output.lastIndexOf('/')));
  while (input !== '') {
    if (input.startsWith('../')) input = input.slice(3);
    else if (input.startsWith('./')) input = input.slice(2);
    else if (input.startsWith('/./')) input = input.slice(2);
    else if (input === '/.') input = '/';
    else if (input.startsWith('/../') || input === '/..') {
      input = `/${input.slice(4)}`;
      output = withoutLastSegment();
    } else if (input === '.' || input === '..') input = '';
    else {
      const end = input.indexOf('/', 1);
      output += end === -1 ? input : input.slice(0, end);
      input = end === -1 ? '' : input.slice(end);
    }
  }
  return output;
}

t.test('dot segments are removed as RFC 3986 section 5.2.4 says', async () => {
  const path = fc
    .array(fc.constantFrom('', '.', '..', '...', 'a', '.b'), { minLength: 1 })
    .map((segments) => `/${segments.join('/')}`);
  fc.assert(
    fc.property(
      path,
      (candidate) =>
        removeDotSegments(candidate) === removeDotSegmentsAsInTheRfc(candidate)
    ),
    RUNS
  );
});

/** Strings of a JSON value in document order, keys left out. */
function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsOf);
}

t.test('a record links to its strings that are links, in order', async () => {
  const record = fc.record({
    json: fc.jsonValue({ maxDepth: 5 }),
    texts: fc.array(composed),
    deep: fc.record({ list: fc.array(fc.array(composed)) }),
  });
  fc.assert(
    fc.property(record, (candidate) => {
      const parsed: unknown = JSON.parse(JSON.stringify(candidate));
      const targets = stringsOf(parsed).flatMap((found) => {
        const target = parseLink(found);
        return target === null ? [] : [target];
      });
      const links = recordLinks(parsed).map(({ target }) => target);
      return JSON.stringify(links) === JSON.stringify(targets);
    }),
    { numRuns: 100 }
  );
});

t.test('no value whatever makes recordLinks throw', async () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), (value) => {
      return Array.isArray(recordLinks(value));
    }),
    RUNS
  );
});

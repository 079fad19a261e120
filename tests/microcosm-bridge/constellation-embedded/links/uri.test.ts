import t from 'tap';
import type { Test } from 'tap';
import { parseUri } from '../../../../microcosm-bridge/constellation-embedded/links/uri.js';

/** Text, and its normal form; one element only: it is normal already. */
type Row = readonly [text: string, normal?: string | null];

function table(t: Test, rows: readonly Row[]): void {
  for (const [text, normal] of rows) {
    const expected = normal === undefined ? text : normal;
    t.equal(parseUri(text), expected, JSON.stringify(text));
    if (expected !== null) t.equal(parseUri(expected), expected, 'once more');
  }
}

function refused(t: Test, texts: readonly string[]): void {
  for (const text of texts) t.equal(parseUri(text), null, JSON.stringify(text));
}

t.test('the examples of RFC 3986 section 1.1.2 are URIs', async (t) => {
  table(t, [
    ['ftp://ftp.is.co.za/rfc/rfc1808.txt'],
    ['http://www.ietf.org/rfc/rfc2396.txt'],
    ['ldap://[2001:db8::7]/c=GB?objectClass?one'],
    ['mailto:John.Doe@example.com'],
    ['news:comp.infosystems.www.servers.unix'],
    ['tel:+1-816-555-1212'],
    ['telnet://192.0.2.16:80/'],
    ['urn:oasis:names:specification:docbook:dtd:xml:4.1.2'],
  ]);
});

t.test('scheme and host are put in lower case, and nothing else', async (t) => {
  table(t, [
    ['HTTPS://EXAMPLE.com/a/../b/%7euser', 'https://example.com/b/~user'],
    [
      'HTTP://User:Pass@EXAMPLE.com/Path?Query#Fragment',
      'http://User:Pass@example.com/Path?Query#Fragment',
    ],
    ['URN:ISBN:X', 'urn:ISBN:X'],
    ['MAILTO:Someone@EXAMPLE.com', 'mailto:Someone@EXAMPLE.com'],
    ['Web+Foo.1-2:X', 'web+foo.1-2:X'],
  ]);
});

t.test(
  'escapes of unreserved characters are decoded, others upper-cased',
  async (t) => {
    table(t, [
      ['ftp://EXAMPLE.org/%41%5a', 'ftp://example.org/AZ'],
      ['https://example.com/%e2%82%ac', 'https://example.com/%E2%82%AC'],
      ['https://example.com/a%2Fb'],
      ['https://example.com/a%2fb', 'https://example.com/a%2Fb'],
      ['x:%2d%2E%5f%7e%30%61', 'x:-._~0a'],
      ['x:%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%25'],
      ['x:%2541'],
      ['x:%20%00%0a', 'x:%20%00%0A'],
      ['HTTP://%45XAMPLE.%43Om', 'http://example.com'],
      ['http://a%2fB/', 'http://a%2Fb/'],
      [
        'FOO://%55se%72@EXamp%4ce%2ecom:8042/%4b%2f?%4c%2b#%24%4d',
        'foo://User@example.com:8042/K%2F?L%2B#%24M',
      ],
      ['http://127.0.0.%31', 'http://127.0.0.1'],
    ]);
  }
);

t.test('dot segments go from paths that start with a slash', async (t) => {
  table(t, [
    ['eXAMPLE://a/./b/../b/%63/%7bfoo%7d', 'example://a/b/c/%7Bfoo%7D'],
    ['https://example.com/./a/./b/', 'https://example.com/a/b/'],
    ['http://a/b/c/%2E/%2E./%2e%2E/d', 'http://a/d'],
    ['http://a/../../../g', 'http://a/g'],
    ['http://a/b/.', 'http://a/b/'],
    ['http://a/b/..', 'http://a/'],
    ['http://a/..', 'http://a/'],
    ['http://a/b//../c', 'http://a/b/c'],
    ['http://a/b/c/./../../g', 'http://a/g'],
    ['http://a/.b/..c/d./...'],
    ['foo:/bar/./../baz', 'foo:/baz'],
    ['http://a?/../b'],
    ['http://a/b?c/../d#e/../f'],
  ]);
});

t.test('dot segments stay in rootless paths', async (t) => {
  table(t, [
    ['foo:bar/../baz'],
    ['foo:..'],
    ['foo:./a'],
    ['foo:%2e%2E/a', 'foo:../a'],
  ]);
});

t.test(
  'a path without authority never comes to start with two slashes',
  async (t) => {
    table(t, [
      ['foo:/.//bar'],
      ['foo:/.//@@'],
      ['foo:/..//bar', 'foo:/.//bar'],
      ['foo:/a/..//bar', 'foo:/.//bar'],
      ['foo://a/.//bar', 'foo://a//bar'],
      ['foo:///.//bar', 'foo:////bar'],
    ]);
  }
);

t.test('an empty port loses its colon, every other port stays', async (t) => {
  table(t, [
    ['http://example.com:/', 'http://example.com/'],
    ['http://example.com:', 'http://example.com'],
    ['http://example.com:80/'],
    ['https://example.com:443'],
    ['http://example.com:080/'],
    ['http://example.com:99999999999/'],
    ['http://:80/'],
    ['http://:', 'http://'],
    ['http://[::1]:/', 'http://[::1]/'],
    ['http://[::1]:8080/'],
  ]);
});

t.test('an empty path stays empty and an empty authority stays', async (t) => {
  table(t, [
    ['https://example.com'],
    ['https://example.com/'],
    ['https://example.com?q'],
    ['https://example.com#f'],
    ['https://example.com/?'],
    ['https://example.com/#'],
    ['http://'],
    ['file:///etc/hosts'],
    ['http://@/'],
    ['http://user@'],
    ['http://:@/'],
  ]);
});

t.test('an IPv6 address is written as RFC 5952 has it', async (t) => {
  table(t, [
    ['http://[::1]'],
    ['http://[::]/'],
    ['https://[2001:db8::1]/x'],
    ['http://[0000:0000:0000::1]', 'http://[::1]'],
    ['http://[2001:0DB8:0:0:0:0:0:1]', 'http://[2001:db8::1]'],
    ['http://[0:0:0:0:0:ffff:192.0.2.1]', 'http://[::ffff:192.0.2.1]'],
    ['http://[::FFFF:C000:0201]', 'http://[::ffff:192.0.2.1]'],
    ['http://[::192.0.2.1]', 'http://[::c000:201]'],
    ['http://[1:0:0:2:0:0:0:3]', 'http://[1:0:0:2::3]'],
    ['http://[1:0:0:2:3:0:0:4]', 'http://[1::2:3:0:0:4]'],
    ['http://[1:2:3:4:5:6:7::]', 'http://[1:2:3:4:5:6:7:0]'],
    ['http://[::2:3:4:5:6:7:8]', 'http://[0:2:3:4:5:6:7:8]'],
    ['http://[1:2:3:4:5:6:1.2.3.4]', 'http://[1:2:3:4:5:6:102:304]'],
    ['http://[fe80::]', 'http://[fe80::]'],
    ['http://u@[::1]:1/'],
  ]);
});

t.test('a future IP literal is put in lower case', async (t) => {
  table(t, [
    ['http://[v1FdE.AddR]', 'http://[v1fde.addr]'],
    ['http://[V7.a:b]/', 'http://[v7.a:b]/'],
  ]);
});

t.test('what is between brackets has to be an IP literal', async (t) => {
  refused(t, [
    'http://[]',
    'http://[::1',
    'http://::1]',
    'http://[::1]x',
    'http://x[::1]',
    'http://[1:2:3:4:5:6:7]',
    'http://[1:2:3:4:5:6:7:8:9]',
    'http://[1:2:3:4::5:6:7:8]',
    'http://[1::2::3]',
    'http://[:::]',
    'http://[:1]',
    'http://[1:]',
    'http://[12345::]',
    'http://[g::]',
    'http://[1.2.3.4]',
    'http://[1.2.3.4::]',
    'http://[::1.2.3]',
    'http://[::1.2.3.256]',
    'http://[::1.2.3.04]',
    'http://[::1.2.3.4:5]',
    'http://[1:2:3:4:5:6:7:1.2.3.4]',
    'http://[fe80::1%25eth0]',
    'http://[v.a]',
    'http://[v1.]',
    'http://[v1.%61]',
    'http://[vg.a]',
    'http://[::1]:a',
  ]);
});

t.test('an authority holds one user part and one numeric port', async (t) => {
  refused(t, [
    'http://a:b/',
    'http://a:1:2/',
    'http://a:-1/',
    'http://a@b@c/',
    'http://a b/',
    'http://a\\b/',
    'http://a|b/',
    'http://%zz/',
    'http://%4/',
    'http://u%@h/',
    'at://did:plc:x',
  ]);
  table(t, [['http://a:b@c:1/'], ["http://a!$&'()*+,;=b/"]]);
});

t.test('characters outside the grammar are refused everywhere', async (t) => {
  const bad = [
    ...' "<>\\^`{|}[]\n\t\r\0\x7f',
    'é',
    '例',
    '🦋',
    '\ud800',
    '%',

    '%g0',
  ];
  for (const character of bad) {
    refused(t, [
      `x:${character}`,
      `x:a${character}b`,
      `http://h/${character}`,
      `http://h/a?${character}`,
      `http://h/a#${character}`,
      `http://${character}h/`,
      `${character}x:a`,
    ]);
  }
  refused(t, [
    'https://example.com/space here',
    'https://例え.テスト/',
    'x:a#b#c',
  ]);
  table(t, [
    ['https://example.com/a?b?c/d#e?f/g'],
    ["x:!$&'()*+,;=:@/-._~?/?#/?"],
    ["x:?!$&'()*+,;=:@/-._~?#!$&'()*+,;=:@/-._~?"],
  ]);
});

t.test(
  'a scheme is a letter and then letters, digits, plus, dot or minus',
  async (t) => {
    table(t, [
      ['a:'],
      ['a1+-.:x'],
      ['A:', 'a:'],
      ['foo:empty-key'],
      ['data:text/plain,hi'],
      ['geo:37.786971,-122.399677'],
      ['urn:isbn:0451450523'],
      ['https://user:pw@example.com:8443/x;y=1'],
      ['https://example.com/a//b'],
      ['https://youtu.be/oKXm4szEP1Q?si=_0n'],
      ['https://xn--bcher-kva.example/'],
    ]);
    refused(t, [
      '',
      ':',
      ':a',
      '1:a',
      '+:a',
      '//x',
      '/x',
      'x',
      'a',
      'http',
      'http//missing.colon',
      'a_b:c',
      'a b:c',
      'a/b:c',
      'a%62:c',
      'é:c',
    ]);
  }
);

import t from 'tap';
import {
  MAX_DEPTH,
  MAX_LINKS,
  MAX_PATH_LENGTH,
  recordLinks,
} from '../../../../microcosm-bridge/constellation-embedded/links/record-links.js';

/** The links as `path target` lines, from the record's JSON. */
function linksOf(json: string): string[] {
  return recordLinks(JSON.parse(json)).map(
    ({ path, target }) => `${path} ${target}`
  );
}

t.test(
  'a member of an object extends the path by its key as it is',
  async (t) => {
    t.strictSame(
      linksOf('{"subject":{"cid":"bafy","uri":"at://did:plc:x/a/b/"}}'),
      ['.subject.uri at://did:plc:x/a/b']
    );
    t.strictSame(linksOf('{"a.b":{"":"foo:1"},"c[]":"foo:2","":"foo:3"}'), [
      '.a.b. foo:1',
      '.c[] foo:2',
      '. foo:3',
    ]);
  }
);

t.test(
  'an element of an array extends it by [] or by its own $type',
  async (t) => {
    t.strictSame(
      linksOf(
        `{"list":["foo:1",["foo:2"],{"uri":"foo:3"},
        {"uri":"foo:4","$type":"com.example#it"},
        {"$type":5,"uri":"foo:5"},{"$type":"","uri":"foo:6"}]}`
      ),
      [
        '.list[] foo:1',
        '.list[][] foo:2',
        '.list[].uri foo:3',
        '.list[com.example#it].uri foo:4',
        '.list[].uri foo:5',
        '.list[].uri foo:6',
      ]
    );
  }
);

t.test(
  'the $type of a member does not show in the path, but may link',
  async (t) => {
    t.strictSame(
      linksOf('{"$type":"a.b","it":{"$type":"c:d","uri":"foo:1"}}'),
      ['.it.$type c:d', '.it.uri foo:1']
    );
    t.strictSame(linksOf('[{"$type":"c:d"}]'), ['[c:d].$type c:d']);
  }
);

t.test('both spellings of a mention give their own path', async (t) => {
  const feature = `{"$type":"app.bsky.richtext.facet#mention","did":"did:plc:x"}`;
  t.strictSame(
    linksOf(
      `{"facets":[{"features":[${feature}]},
        {"$type":"app.bsky.richtext.facet","features":[${feature}]}]}`
    ),
    [
      '.facets[].features[app.bsky.richtext.facet#mention].did did:plc:x',
      '.facets[app.bsky.richtext.facet].features[app.bsky.richtext.facet#mention].did did:plc:x',
    ]
  );
});

t.test(
  'links come in the order of the document, repeated ones repeated',
  async (t) => {
    t.strictSame(linksOf('{"z":"foo:1","a":"foo:2","m":["foo:1","foo:1"]}'), [
      '.z foo:1',
      '.a foo:2',
      '.m[] foo:1',
      '.m[] foo:1',
    ]);
  }
);

t.test(
  'whatever is neither string nor container links to nothing',
  async (t) => {
    t.strictSame(
      linksOf('{"a":null,"b":1.5,"c":true,"d":{},"e":[],"f":"x"}'),
      []
    );
    for (const json of ['null', '1', 'true', '"x"', '[]', '{}']) {
      t.strictSame(linksOf(json), [], json);
    }
    t.strictSame(recordLinks(undefined), []);
  }
);

t.test('a record may itself be a string or an array', async (t) => {
  t.strictSame(linksOf('"foo:1"'), [' foo:1']);
  t.strictSame(linksOf('["foo:1",{"a":"foo:2"}]'), ['[] foo:1', '[].a foo:2']);
});

t.test('keys known from prototypes are keys like any other', async (t) => {
  t.strictSame(
    linksOf(
      `{"__proto__":{"polluted":"foo:1"},"constructor":"foo:2",
        "toString":["foo:3"],"list":[{"__proto__":{"$type":"t"},"a":"foo:4"}]}`
    ),
    [
      '.__proto__.polluted foo:1',
      '.constructor foo:2',
      '.toString[] foo:3',
      '.list[].a foo:4',
    ]
  );
  t.notOk('polluted' in {}, 'and nothing is polluted');
});

t.test('keys do not link, only values', async (t) => {
  t.strictSame(linksOf('{"did:plc:x":"x","foo:1":{}}'), []);
});

t.test('nesting is followed as deep as the limit and no deeper', async (t) => {
  const nested = (containers: number): string =>
    '['.repeat(containers) + '"foo:1"' + ']'.repeat(containers);
  t.strictSame(linksOf(nested(MAX_DEPTH)), [`${'[]'.repeat(MAX_DEPTH)} foo:1`]);
  t.strictSame(linksOf(nested(MAX_DEPTH + 1)), []);
  t.strictSame(linksOf(nested(200_000)), [], 'far beyond the stack');
  const objects = '{"a":'.repeat(100_000) + '"foo:1"' + '}'.repeat(100_000);
  t.strictSame(linksOf(`{"x":${objects},"y":"foo:2"}`), ['.y foo:2']);
});

t.test('a link with a path beyond the limit is left out', async (t) => {
  const key = 'k'.repeat(MAX_PATH_LENGTH - 1);
  t.strictSame(linksOf(`{"${key}":"foo:1"}`), [`.${key} foo:1`]);
  t.strictSame(linksOf(`{"${key}k":"foo:1","b":"foo:2"}`), ['.b foo:2']);
  t.strictSame(linksOf(`{"${key}":["foo:1"],"b":"foo:2"}`), ['.b foo:2']);
  t.strictSame(linksOf(`{"a":[{"$type":"${key}","b":"foo:1"}]}`), []);
  // 4096 bytes, in characters that take three each.
  const wide = '鷹'.repeat(1365);
  t.strictSame(linksOf(`{"${wide}":"foo:1"}`), [`.${wide} foo:1`]);
  t.strictSame(linksOf(`{"${wide}k":"foo:1","b":"foo:2"}`), ['.b foo:2']);
});

t.test('a link whose path could not be stored is left out', async (t) => {
  t.strictSame(
    linksOf('{"\\u0000":"foo:1","\\ud800":"foo:2","\\ud83e\\udd8b":"foo:3"}'),
    ['.🦋 foo:3']
  );
});

t.test('more links than the limit are cut off at its first ones', async (t) => {
  const many = Array.from({ length: MAX_LINKS + 10 }, (_, n) => `foo:${n}`);
  const links = recordLinks({ many });
  t.equal(links.length, MAX_LINKS);
  t.strictSame(links.at(-1), {
    path: '.many[]',
    target: `foo:${MAX_LINKS - 1}`,
  });
});

t.test('hostile strings are read in linear time', async (t) => {
  const repeat = (text: string): string[] =>
    Array.from({ length: 64 }, () => text);
  const started = process.cpuUsage();
  recordLinks([
    'a'.repeat(2_000_000),
    'at://'.repeat(400_000),
    ...repeat('a'.repeat(16_000)),
    ...repeat(`at://x${'/'.repeat(8_000)}a`),
    ...repeat(`at://x/${'.'.repeat(8_000)}`),
    ...repeat(`did:${'a'.repeat(2_000)}`),
    ...repeat(`did:plc:${':'.repeat(2_000)}`),
    ...repeat(`http://a${'/..'.repeat(5_000)}`),
    ...repeat(`http://[${':'.repeat(16_000)}]`),
    ...repeat(`http://[v1.${'a'.repeat(16_000)}]`),
    ...repeat(`http://${'@'.repeat(16_000)}`),
    ...repeat(`x:${'%41'.repeat(5_000)}`),
    ...repeat(`x:${'?'.repeat(16_000)} `),
  ]);
  const { user } = process.cpuUsage(started);
  const elapsedMs = user / 1000;
  t.ok(elapsedMs < 5_000, `${elapsedMs.toFixed(0)} ms`);
});

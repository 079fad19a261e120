import { readFileSync } from 'node:fs';
import t from 'tap';

t.test('the package declares the Node versions it supports', async (t) => {
  const text = readFileSync(
    new URL('../package.json', import.meta.url),
    'utf8'
  );
  t.match(text, /"node": ">=20.18.1"/);
});

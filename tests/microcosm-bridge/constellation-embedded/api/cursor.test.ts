import fc from 'fast-check';
import t from 'tap';
import { BadRequestError } from '../../../../lib/api-server/index.js';
import {
  formatCursor,
  parseCursor,
} from '../../../../microcosm-bridge/constellation-embedded/api/cursor.js';

t.test('a cursor reads back as the place it was made from', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 - 2 }), (place) => {
      const text = formatCursor('links', place);
      return (
        /^[0-9a-f]+$/.test(text) && parseCursor('links', text)[0] === place
      );
    })
  );
  t.same(parseCursor('join', formatCursor('join', 7, 3)), [7, 3]);
});

t.test('what is no cursor of that list is refused', async (t) => {
  const good = formatCursor('links', 5);
  const bad = [
    '',
    '0',
    '00',
    'zz',
    'ff',
    '0000000000000000',
    'fb0102fb0102fb0102',
    good.slice(0, -2),
    `${good}00`,
    good.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
    good.replace('05', '06'),
    formatCursor('dids', 5),
    formatCursor('links-reverse', 5),
  ];
  for (const text of bad) {
    t.throws(() => parseCursor('links', text), BadRequestError, text);
  }
});

t.test('no random hex is taken for a cursor', async (t) => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9a-f]{0,24}$/), (text) => {
      try {
        parseCursor('links', text);
        return false;
      } catch (error) {
        return error instanceof BadRequestError;
      }
    }),
    { numRuns: 500 }
  );
  t.pass();
});

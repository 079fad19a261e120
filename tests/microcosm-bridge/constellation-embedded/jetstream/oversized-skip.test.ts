import t from 'tap';
import { OversizedSkip } from '../../../../microcosm-bridge/constellation-embedded/jetstream/oversized-skip.js';

const AT = 1_760_000_000_000_000;
const LATER = AT + 86_400_000_000;

t.test('the first time may be an accident', async (t) => {
  const skip = new OversizedSkip();
  t.equal(skip.hit('a', AT), 0);
  t.equal(skip.resumeAt('a', AT, AT, LATER), AT);
});

t.test('from the second time on the steps grow', async (t) => {
  const skip = new OversizedSkip();
  const steps = [1, 2, 3, 4, 5].map(() => skip.hit('a', AT));
  t.same(steps, [0, 1000, 4000, 16_000, 64_000]);
  t.equal(skip.resumeAt('a', AT - 10_000_000, AT, LATER), AT + 64_000);
});

t.test('an hour is stepped over in a dozen tries', async (t) => {
  const skip = new OversizedSkip();
  let step = 0;
  let tries = 0;
  while (step < 3_600_000_000) {
    step = skip.hit('a', AT);
    tries++;
  }
  t.ok(tries <= 13, `${tries} tries`);
});

t.test('a step never goes beyond now', async (t) => {
  const skip = new OversizedSkip();
  for (let i = 0; i < 10; i++) skip.hit('a', AT);
  t.equal(skip.resumeAt('a', AT, AT, AT + 5000), AT + 5000);
  t.equal(skip.resumeAt('a', AT, AT, AT - 5000), AT, 'nor back');
});

t.test('something new ends it', async (t) => {
  const skip = new OversizedSkip();
  skip.hit('a', AT);
  skip.hit('a', AT);
  t.equal(skip.resumeAt('a', AT + 7, AT + 7, LATER), AT + 7);
  t.equal(skip.hit('a', AT + 7), 0, 'another place is another accident');
});

t.test('another host is judged by itself', async (t) => {
  const skip = new OversizedSkip();
  skip.hit('a', AT);
  skip.hit('a', AT);
  t.equal(skip.resumeAt('b', AT - 10, AT, LATER), AT - 10);
  t.equal(skip.hit('b', AT), 0);
});

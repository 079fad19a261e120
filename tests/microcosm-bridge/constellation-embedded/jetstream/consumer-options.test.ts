import t from 'tap';
import {
  CONSUMER_DEFAULTS,
  JetstreamConsumer,
} from '../../../../microcosm-bridge/constellation-embedded/jetstream/index.js';
import { resolveConsumerOptions } from '../../../../microcosm-bridge/constellation-embedded/jetstream/consumer-options.js';
import type { ConsumerOptions } from '../../../../microcosm-bridge/constellation-embedded/jetstream/index.js';

const endpoints = ['us-east-1'];

t.test('what is not given has its default', async (t) => {
  t.same(resolveConsumerOptions({ endpoints }), {
    ...CONSUMER_DEFAULTS,
    endpoints,
  });
});

t.test('a live batch never waits longer than any other', async (t) => {
  const options = resolveConsumerOptions({ endpoints, maxBatchDelayMs: 50 });
  t.equal(options.liveBatchDelayMs, 50);
});

const wrong: readonly (readonly [options: object, message: RegExp])[] = [
  [{ maxEvents: 5 }, /unknown option maxEvents/],
  [{ maxBatchEvents: 0 }, /maxBatchEvents .* 1 to 1000000, not 0/],
  [{ maxBatchEvents: 1.5 }, /maxBatchEvents/],
  [{ maxBatchBytes: Infinity }, /maxBatchBytes/],
  [{ silentMs: 10 }, /silentMs .* 100 to 3600000/],
  [{ healthyMs: 0 }, /healthyMs/],
  [{ rewindMs: -1 }, /rewindMs/],
  [{ maxMessageBytes: NaN }, /maxMessageBytes/],
  [{ cursor: -1 }, /cursor/],
  [{ cursor: 1.5 }, /cursor/],
];
for (const [options, message] of wrong) {
  t.test(`${JSON.stringify(options)} is refused`, async (t) => {
    const all: ConsumerOptions = { endpoints, ...options };
    t.throws(() => new JetstreamConsumer(all), { message });
  });
}

t.test('endpoints are checked at once', async (t) => {
  const make = (...endpoints: string[]) => new JetstreamConsumer({ endpoints });
  t.throws(() => make(), { code: 'no-endpoint' });
  t.throws(() => make('us-east-1', 'nowhere'), { code: 'unknown-name' });
});

import t from 'tap';
import * as jetstream from '../../../../microcosm-bridge/constellation-embedded/jetstream/index.js';

t.test('the module exports what its users need, and no more', async (t) => {
  t.same(Object.keys(jetstream).sort(), [
    'CONSUMER_DEFAULTS',
    'JETSTREAM_NAMES',
    'JetstreamConsumer',
    'JetstreamError',
    'parseEndpoint',
    'parseEndpoints',
  ]);
});

import t from 'tap';
import {
  healthUntil,
  startEmbeddedProcess,
} from '../../fixtures/embedded-process.js';
import {
  GOLDEN_EVENTS,
  differences,
  goldenCases,
} from '../../fixtures/golden-cases.js';
import { testFolder } from '../../fixtures/test-folder.js';

/**
 * The one recorded answer that is given differently on purpose: the real
 * server has no `/health` (see the README of the embedded index).
 */
const HEALTH_CASE = 6169;

t.test('every recorded answer of the real server is given again', async (t) => {
  const index = await startEmbeddedProcess([
    '--data',
    testFolder(t),
    '--fixture',
    GOLDEN_EVENTS,
    '--workers',
    '2',
  ]);
  t.teardown(() => index.end('SIGKILL'));
  await healthUntil(index.api, ({ verdict }) => verdict === 'idle');

  const cases = goldenCases();
  t.equal(cases.length, 6176, 'all recorded cases are asked');
  const found = await differences(index.api, cases);
  t.same(
    found.map(({ golden, what }) => ({ id: golden.id, what })),
    [{ id: HEALTH_CASE, what: 'status 200, recorded 404' }]
  );
});

import t from 'tap';
import {
  embeddedRecordText,
  parseEmbeddedRecord,
  stateOf,
  type EmbeddedPhase,
  type EmbeddedRecord,
  type EmbeddedRole,
} from '../../../../lib/runtime/embedded/embedded-record.js';
import { configDifferences } from '../../../../lib/runtime/embedded/parse-config.js';
import {
  ownIdentity,
  type ProcessPresence,
} from '../../../../lib/runtime/process-identity.js';
import type { RuntimeState } from '../../../../lib/runtime/runtime-state.js';
import { standInConfig } from '../../../fixtures/runtime/scratch.js';

type Seen = Partial<Record<EmbeddedRole, ProcessPresence>>;

function record(phase: EmbeddedPhase, seen: Seen): EmbeddedRecord {
  const roles = Object.keys(seen) as EmbeddedRole[];
  return {
    phase,
    version: '1.2.3',
    config: { ...standInConfig('good'), dataPath: '/srv/däta' },
    urls: { api: 'http://127.0.0.1:6789', metrics: null },
    processes: roles.map((role) => ({
      role,
      identity: ownIdentity(),
      startedAt: '2026-01-01T00:00:00.000Z',
    })),
  };
}

t.test('a record reads back as it was written', async (t) => {
  const written = record('running', { simulator: 'alive', index: 'alive' });
  t.same(parseEmbeddedRecord(embeddedRecordText(written)), written);
});

t.test('what is no record is refused', async (t) => {
  const good = JSON.parse(
    embeddedRecordText(record('running', { index: 'alive' }))
  ) as Record<string, unknown>;
  const bad: readonly object[] = [
    { schemaVersion: 2 },
    { phase: 'flying' },
    { version: 7 },
    { processes: {} },
    { processes: [{ role: 'index' }] },
    { processes: [{ role: 'cook', identity: ownIdentity(), startedAt: '' }] },
    { config: null },
    { config: { ...standInConfig('good'), dataPath: null } },
    { config: { ...standInConfig('good'), port: '6789', dataPath: '/d' } },
  ];
  for (const change of bad) {
    const text = JSON.stringify({ ...good, ...change });
    t.equal(parseEmbeddedRecord(text), null, JSON.stringify(change));
  }
  for (const text of ['', 'null', '[]', '7', '{"schemaVersion":1']) {
    t.equal(parseEmbeddedRecord(text), null, text);
  }
});

t.test('the state follows from the record and from who is there', async (t) => {
  const table: ReadonlyArray<readonly [EmbeddedPhase, Seen, RuntimeState]> = [
    ['starting', {}, 'failed'],
    ['starting', { simulator: 'alive' }, 'starting'],
    ['starting', { simulator: 'gone' }, 'failed'],
    ['starting', { index: 'alive' }, 'starting'],
    ['starting', { index: 'gone' }, 'failed'],
    ['starting', { simulator: 'alive', index: 'gone' }, 'failed'],
    ['running', { index: 'alive' }, 'running'],
    ['running', { index: 'gone' }, 'failed'],
    ['running', { index: 'unknown' }, 'unknown'],
    ['running', { simulator: 'alive', index: 'alive' }, 'running'],
    ['running', { simulator: 'gone', index: 'alive' }, 'degraded'],
    ['running', { simulator: 'alive', index: 'gone' }, 'failed'],
    ['stopping', { index: 'alive' }, 'stopping'],
    ['stopping', { index: 'gone' }, 'stopped'],
    ['stopped', {}, 'stopped'],
    ['stopped', { index: 'gone' }, 'stopped'],
    ['stopped', { index: 'unknown' }, 'stopped'],
  ];
  for (const [phase, seen, state] of table) {
    const found = stateOf(
      record(phase, seen),
      ({ role }) => seen[role] ?? 'gone'
    );
    t.equal(found, state, `${phase} ${JSON.stringify(seen)}`);
  }
  t.equal(
    stateOf(null, () => 'alive'),
    'absent'
  );
});

t.test('differences of configurations are worded for people', async (t) => {
  const config = standInConfig('good');
  t.same(configDifferences(config, { ...config }), []);
  t.same(
    configDifferences(config, {
      ...config,
      port: 7000,
      metricsPort: 8765,
      jetstream: ['us-east-1', 'us-west-1'],
      sample: true,
    }),
    [
      'port 0 → 7000',
      'metrics port none → 8765',
      'Jetstream ws://stand-in/good → us-east-1,us-west-1',
      'sample data off → on',
    ]
  );
});

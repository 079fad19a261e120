/** The README of the embedded index says what the code says. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { HttpMetrics } from '../../../lib/api-server/index.js';
import { flagName } from '../../../lib/cli/index.js';
import { ENDPOINTS } from '../../../microcosm-bridge/constellation-embedded/api/endpoints.js';
import { COMMAND } from '../../../microcosm-bridge/constellation-embedded/flags.js';
import { healthReport } from '../../../microcosm-bridge/constellation-embedded/health/health-report.js';
import { StatusHistory } from '../../../microcosm-bridge/constellation-embedded/health/status-history.js';
import { DEFAULT_THRESHOLDS } from '../../../microcosm-bridge/constellation-embedded/health/verdict.js';
import { IndexMetrics } from '../../../microcosm-bridge/constellation-embedded/metrics/index-metrics.js';

const README = readFileSync(
  new URL(
    '../../../microcosm-bridge/constellation-embedded/README.md',
    import.meta.url
  ),
  'utf8'
);

/** Cells of the rows of all tables. */
const ROWS = README.split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

type Flag = (typeof COMMAND)['flags'][keyof (typeof COMMAND)['flags']];

/** The default as the table has it. */
function defaultOf(name: string, flag: Flag): string {
  if (name === '--workers') return 'cores less one';
  const value = 'default' in flag ? flag.default : undefined;
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return value === undefined ? '-' : String(value);
}

t.test('its table has every flag, with its default and its help', async (t) => {
  const expected = Object.entries(COMMAND.flags).map(([key, flag]) => {
    const name = flagName(key);
    const short = 'short' in flag ? `, \`-${flag.short}\`` : '';
    return [`\`${name}\`${short}`, defaultOf(name, flag), flag.help];
  });
  const found = ROWS.filter(([, name = '']) => name.startsWith('`--')).map(
    ([, ...cells]) => cells.slice(0, 3)
  );
  t.same(found, expected);
});

t.test('it names every path of the API', async (t) => {
  for (const path of ENDPOINTS.keys()) {
    t.ok(README.includes(`| \`${path}\``), path);
  }
});

t.test('it names every metric, and no other', async (t) => {
  const metrics = new IndexMetrics({
    status: () => {
      throw new Error('not asked');
    },
    stream: () => ({ frames: 0, bytes: 0, oversized: 0 }),
    dropped: () => 0,
  });
  const names = [...metrics.names, ...new HttpMetrics().names];
  const named = ROWS.map(([, cell = '']) => cell)
    .filter((cell) => /^`(jetstream|index|http)_/.test(cell))
    .flatMap((cell) => cell.split(', '))
    .map((name) => name.replaceAll('`', ''));
  t.same(named.sort(), names.sort());
});

t.test('its sample of /health has every member', async (t) => {
  const sample = /```json\n([^]*?)```/.exec(README)?.[1] ?? '';
  const identity = {
    sample: false,
    dataPath: '',
    version: '',
    processStartedMs: 0,
    thresholds: DEFAULT_THRESHOLDS,
  };
  const report = healthReport(identity, new StatusHistory(), 0);
  t.same(
    Object.keys(JSON.parse(sample) as object),
    Object.keys(report),
    'in the same order'
  );
});

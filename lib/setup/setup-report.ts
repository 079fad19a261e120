/** What setup says at the end, for people. */

import {
  formatBytes,
  formatDuration,
  labelled,
  shellWord,
} from '../cli/index.js';
import type { RecordedFile } from './recorded-file.js';
import type { EndedStep, PlannedStep } from './run-steps.js';
import type { SetupRun } from './setup-run.js';

/** A titled block. */
export interface ReportBlock {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The bar before each line of a block takes these. */
const BAR_COLUMNS = 2;

/**
 * What a dry run says, and a terminal before it is asked to go on.
 *
 * @param columns of the terminal
 */
export function planBlock(
  planned: readonly PlannedStep[],
  title: string,
  columns: number
): ReportBlock {
  const rows = planned.map(({ title: name, text }) => [name, text] as const);
  const diffs = planned.flatMap(({ diff = '' }) =>
    diff === '' ? [] : ['', ...diff.trimEnd().split('\n')]
  );
  return { title, lines: [...labelled(rows, columns - BAR_COLUMNS), ...diffs] };
}

/** The status report. */
export function finalBlock(
  run: SetupRun,
  ended: readonly EndedStep[],
  freeBytes: number | null
): ReportBlock {
  const { findings, options } = run;
  const { urls } = findings.get('status');
  const since = findings.get('completeSince');
  const { data, health, connection } = {
    data: findings.get('data'),
    health: findings.get('health'),
    connection: findings.get('connection'),
  };
  const free = freeBytes === null ? '' : ` (${formatBytes(freeBytes)} free)`;
  const rows: Array<readonly [string, string]> = [
    ['API', urls?.api ?? '?'],
    ['metrics', `${urls?.metrics ?? 'none'}`],
    ['bridge', `${urls?.bridge ?? 'none'}`],
    ['freshness', freshness(run)],
    ...(since === null || options.sample
      ? []
      : [['complete since', since.toISOString()] as const]),
    ['data', `${data.name}${free}`],
    ['log', logPlace(run)],
    ...fileRows('settings', run.envFile.done, run.envFile.path),
    ...(connection === null
      ? []
      : fileRows('AppView', connection.env, connection.url)),
  ];
  const warned = options.sample
    ? [`SAMPLE DATA: ${health.eventsTotal ?? 'all'} events are invented.`]
    : [];
  const next = nextCommands(run).map(
    ([command, does]) => `  ${command}\n      ${does}`
  );
  const own = connection?.next ?? null;
  return {
    title: title(run, ended),
    lines: [
      ...warned,
      ...labelled(rows, run.output.resultColumns - BAR_COLUMNS),
      '',
      'Next:',
      ...(own === null ? [] : [`  ${own}`]),
      ...next,
    ],
  };
}

/** Where its log is, for people. */
export function logPlace({ findings, folder }: SetupRun): string {
  const { runtime } = findings.get('runtime');
  const id = findings.find('status')?.parts[0]?.id ?? 'CONTAINER';
  return runtime.kind === 'docker' ? `docker logs ${id}` : folder.indexLog;
}

/** What to do now. */
export function nextCommands({
  options,
  findings,
}: SetupRun): ReadonlyArray<readonly [command: string, does: string]> {
  const linked =
    (findings.find('connection') ?? null) === null
      ? null
      : (findings.find('appviewFolder') ?? null);
  const connect = 'npx zx scripts/setup.ts --yes --appview DIR';
  return [
    ['npx zx scripts/test.ts', 'check it'],
    ...(options.sample || linked !== null
      ? []
      : [[connect, 'connect an AppView'] as const]),
    ...(options.sample
      ? [
          [
            'npx zx scripts/setup.ts --yes',
            'index the real network instead',
          ] as const,
        ]
      : []),
    linked === null
      ? ['npx zx scripts/teardown.ts --yes', 'stop it; the data stays']
      : [
          `npx zx scripts/teardown.ts --yes --appview ${shellWord(linked)}`,
          'put the AppView back and stop it; the data stays',
        ],
  ];
}

function title({ options }: SetupRun, ended: readonly EndedStep[]): string {
  const isNew = ended.some(
    ({ id, status }) => id === 'report' && status === 'done'
  );
  const what = options.sample
    ? 'Constellation Local runs on SAMPLE DATA'
    : 'Constellation Local is running';
  return isNew ? what : `${what}; everything was set up already`;
}

function freshness({ findings }: SetupRun): string {
  const { verdict, detail, newestEventAgeMs } = findings.get('health');
  const age =
    newestEventAgeMs === null
      ? detail
      : `the newest event is ${formatDuration(newestEventAgeMs)} old`;
  return `${verdict}: ${age}`;
}

function fileRows(
  label: string,
  done: RecordedFile | null,
  unchanged: string
): ReadonlyArray<readonly [string, string]> {
  if (done === null) return [[label, `${unchanged} (as it was)`]];
  const { path, created, changes, backups } = done;
  if (created) return [[label, `${path} (new)`]];
  const keys = changes.map(({ key }) => key).join(', ');
  return [
    [label, `${path} (changed: ${keys})`],
    ...backups.map((backup) => ['  before', backup] as const),
  ];
}

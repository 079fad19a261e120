import { REPORT_SCHEMA_VERSION } from './json-report.js';

/** One field of what `test.ts --json` prints. */
export interface ReportField {
  /** Where it is: `checks[].id`. */
  readonly path: string;
  /** As TypeScript would write it. */
  readonly type: string;
  /** Absent where it does not apply. */
  readonly optional?: boolean;
  readonly meaning: string;
}

/**
 * What `test.ts --json` prints, for the documents and for the test that holds
 * real output against it.
 */
export const REPORT_FIELDS: readonly ReportField[] = [
  {
    path: 'schemaVersion',
    type: 'number',
    meaning: `${REPORT_SCHEMA_VERSION}; grows when a field changes its meaning or goes`,
  },
  { path: 'subject.url', type: 'string', meaning: 'the index that was asked' },
  {
    path: 'subject.runtime',
    type: 'string | null',
    meaning: '`embedded` or `docker`; null: not known',
  },
  {
    path: 'subject.sample',
    type: 'boolean | null',
    meaning: 'invented data; null: it does not say',
  },
  { path: 'subject.state', type: 'string', meaning: 'the state folder' },
  { path: 'strict', type: 'boolean', meaning: '`--strict` was given' },
  {
    path: 'checks[].id',
    type: 'string',
    meaning: 'short and stable, as `--only` takes it',
  },
  { path: 'checks[].name', type: 'string', meaning: 'for people' },
  { path: 'checks[].number', type: 'number', meaning: '1 to 9' },
  {
    path: 'checks[].status',
    type: 'string',
    meaning: '`pass`, `fail` or `skip`; a skip is never a pass',
  },
  {
    path: 'checks[].durationMs',
    type: 'number',
    meaning: 'how long it took',
  },
  {
    path: 'checks[].message',
    type: 'string',
    meaning: 'what was found, in a sentence',
  },
  {
    path: 'checks[].seen',
    type: 'string',
    optional: true,
    meaning: 'of a failure: what was seen',
  },
  {
    path: 'checks[].expected',
    type: 'string',
    optional: true,
    meaning: 'of a failure: what should have been',
  },
  {
    path: 'checks[].suggestion',
    type: 'string',
    optional: true,
    meaning: 'of a failure or skip: the next command',
  },
  {
    path: 'checks[].facts',
    type: 'object',
    optional: true,
    meaning:
      'numbers and names by check, such as `p99Ms`; new ones may come at any time',
  },
  {
    path: 'checks[].blockedBy',
    type: 'string',
    optional: true,
    meaning: 'of a skip: id of the failed check that it needs',
  },
  { path: 'summary.passed', type: 'number', meaning: 'how many passed' },
  { path: 'summary.failed', type: 'number', meaning: 'how many failed' },
  { path: 'summary.skipped', type: 'number', meaning: 'how many were skipped' },
  { path: 'summary.durationMs', type: 'number', meaning: 'the whole run' },
  {
    path: 'summary.ok',
    type: 'boolean',
    meaning: 'whether the exit code is 0',
  },
];

/** Where the generated table stands in a document. */
export const REPORT_TABLE_MARKERS = {
  begin: '<!-- report:begin (npm run generate) -->',
  end: '<!-- report:end -->',
} as const;

/** The fields as a Markdown table. */
export function reportTable(): string {
  const rows = REPORT_FIELDS.map(({ path, type, optional, meaning }) => [
    `\`${path}\``,
    `${type.replace('|', '\\|')}${optional === true ? ', may be absent' : ''}`,
    meaning,
  ]);
  return [['Field', 'Type', 'What it says'], ['---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/**
 * How a document differs from {@link REPORT_FIELDS}: fields that are not
 * described, of another type, or missing. Pure.
 */
export function reportDifferences(document: unknown): readonly string[] {
  const found = new Map<string, Set<string>>();
  collect(document, '', found);
  const known = new Map(REPORT_FIELDS.map((field) => [field.path, field]));
  const differences: string[] = [];
  for (const [path, types] of found) {
    const field = known.get(path);
    if (field === undefined) differences.push(`${path} is not described`);
    for (const type of types) {
      if (field?.type.split(' | ').includes(type) === false) {
        differences.push(`${path} is ${type}, described as ${field.type}`);
      }
    }
  }
  for (const { path, optional } of REPORT_FIELDS) {
    if (optional !== true && !found.has(path)) {
      differences.push(`${path} is missing`);
    }
  }
  return differences;
}

function collect(
  value: unknown,
  path: string,
  found: Map<string, Set<string>>
): void {
  const isLeaf =
    typeof value !== 'object' || value === null || path.endsWith('.facts');
  if (isLeaf) {
    const type = value === null ? 'null' : typeof value;
    found.set(path, (found.get(path) ?? new Set()).add(type));
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, `${path}[]`, found);
  } else {
    for (const [name, member] of Object.entries(value)) {
      collect(member, path === '' ? name : `${path}.${name}`, found);
    }
  }
}

import { EXIT_CODE_HELP } from './exit-codes.js';
import { flagName, type CommandSpec, type FlagSpec } from './flag-spec.js';
import { wrapWords } from './wrap-words.js';

/**
 * The text of `--help`.
 *
 * @param columns width to wrap at (default 80)
 */
export function helpText(spec: CommandSpec, columns = 80): string {
  const { positionals, examples = [] } = spec;
  const argument =
    positionals === undefined
      ? ''
      : positionals.min === 0
        ? ` [${positionals.placeholder}]`
        : ` ${positionals.placeholder}`;
  const flagRows: Array<[string, string]> = Object.entries(spec.flags).map(
    ([key, flag]) => [label(key, flag), description(flag)]
  );
  flagRows.push(['-h, --help', 'show this text']);
  const codes = new Map(EXIT_CODE_HELP);
  for (const [code, meaning] of spec.exitCodes ?? []) codes.set(code, meaning);
  const codeRows = [...codes]
    .sort(([a], [b]) => a - b)
    .map(([code, meaning]): [string, string] => [String(code), meaning]);

  const parts = [
    `${wrapWords(spec.purpose, columns).join('\n')}`,
    `Usage:\n  ${spec.command}${argument} [flags]`,
  ];
  if (positionals !== undefined) {
    const row: [string, string] = [positionals.placeholder, positionals.help];
    const rows = [row, ...(positionals.rows ?? [])];
    parts.push(`Arguments:\n${table(rows, columns)}`);
  }
  parts.push(
    `Flags:\n${table(flagRows, columns)}`,
    `Exit codes:\n${table(codeRows, columns)}`
  );
  if (examples.length > 0) {
    const lines = examples.map(
      ({ command, does }) => `  # ${does}\n  ${command}`
    );
    parts.push(`Examples:\n${lines.join('\n')}`);
  }
  parts.push(
    wrapWords(
      'A flag wins over its environment variable, that over the env file, ' +
        'that over the default.',
      columns
    ).join('\n')
  );
  return `${parts.join('\n\n')}\n`;
}

function label(key: string, flag: FlagSpec): string {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  const name =
    flag.type === 'boolean' && flag.default !== false
      ? flagName(key).replace('--', '--[no-]')
      : flagName(key);
  return `${short}${name}${value(flag)}`;
}

function value(flag: FlagSpec): string {
  if (flag.type === 'boolean') return '';
  if (flag.placeholder !== undefined) return ` ${flag.placeholder}`;
  switch (flag.type) {
    case 'integer':
    case 'number':
      return ` ${(flag.unit ?? 'N').toUpperCase().replaceAll(' ', '-')}`;
    case 'choice':
      return ` ${flag.choices.join('|')}`;
    case 'string':
    case 'list':
      return ' TEXT';
  }
}

function description(flag: FlagSpec): string {
  const facts: string[] = [];
  if (flag.type === 'integer' || flag.type === 'number') {
    const { min, max, unit } = flag;
    if (min !== undefined || max !== undefined) {
      const range = `${min ?? ''}–${max ?? ''}`;
      facts.push(unit === undefined ? range : `${range} ${unit}`);
    }
  }
  if (flag.type === 'choice' && flag.placeholder !== undefined) {
    facts.push(flag.choices.join('|'));
  }
  if (flag.type === 'list') facts.push('may be repeated');
  const shown = Array.isArray(flag.default)
    ? flag.default.join(',')
    : String(flag.default ?? '');
  const hidden = flag.type === 'string' && flag.secret === true;
  if (shown !== '' && flag.default !== false && !hidden) {
    facts.push(`default ${shown}`);
  }
  if (flag.env !== undefined) facts.push(`env ${flag.env}`);
  return facts.length === 0 ? flag.help : `${flag.help} [${facts.join('; ')}]`;
}

function table(
  rows: ReadonlyArray<readonly [string, string]>,
  columns: number
): string {
  const widest = Math.max(...rows.map(([left]) => left.length));
  const indent = Math.min(widest, 28) + 4;
  return rows
    .map(([left, right]) => {
      const lines = wrapWords(right, Math.max(30, columns - indent));
      const head = `  ${left}`.padEnd(indent);
      const fits = head.length <= indent;
      const first = fits ? `${head}${lines.shift() ?? ''}` : head;
      return [first, ...lines.map((line) => ' '.repeat(indent) + line)]
        .join('\n')
        .trimEnd();
    })
    .join('\n');
}

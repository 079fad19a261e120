import {
  assignments,
  isSecret,
  readEnvFile,
  readEnvText,
} from '../env/index.js';

/** The settings as they go into a backup. */
export interface EnvCopy {
  readonly text: string;
  /** Keys whose values were left out. */
  readonly secretsLeftOut: readonly string[];
}

/**
 * An env file without its secrets. Everything else stays byte for byte.
 *
 * @returns null when there is no such file
 * @throws EnvError where it cannot be read
 */
export async function readEnvCopy(file: string): Promise<EnvCopy | null> {
  const content = await readEnvFile(file);
  return content === undefined ? null : withoutSecrets(content.text);
}

/** Empties the values that are secret. Pure. @throws EnvError `broken-env` */
export function withoutSecrets(text: string): EnvCopy {
  const read = readEnvText(text);
  const left = new Set<string>();
  const lines = read.lines.map((line) => {
    if (line.kind === 'plain') return withoutCommentedSecret(line.raw);
    const { key, value, head, rawValue, tail, eol } = line;
    const isHidden = value !== '' && isSecret(key, value);
    if (isHidden) left.add(key);
    // A comment behind a secret may be the secret that was there before.
    return isHidden ? `${head}${eol}` : `${head}${rawValue}${tail}${eol}`;
  });
  return {
    text: read.bom + lines.join(''),
    secretsLeftOut: [...left],
  };
}

/** `#REDIS_URL=redis://:old@host`: a secret that was put aside is one still. */
function withoutCommentedSecret(raw: string): string {
  const aside = /^([ \t]*#[ \t]*)([\s\S]*)$/.exec(raw);
  if (aside === null) return raw;
  const [, mark = '', rest = ''] = aside;
  try {
    const [first] = assignments(readEnvText(rest)).values();
    if (first === undefined || first.value === '') return raw;
    if (!isSecret(first.key, first.value)) return raw;
    return `${mark}${first.head}${first.eol}`;
  } catch {
    return raw; // prose
  }
}

import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The script's own arguments: those after its path. Works where the script is
 * the program (`npx tsx scripts/setup.ts --yes`, `node --import tsx …`) and
 * where zx is and imports it (`npx zx scripts/setup.ts --yes`): then argv[1] is
 * zx, and what stands before the script's path is zx's.
 *
 * @param moduleUrl the script's `import.meta.url`
 * @param argv `process.argv`
 * @param cwd the folder relative paths in argv are meant from
 */
export function scriptArguments(
  moduleUrl: string,
  argv: readonly string[],
  cwd: string = process.cwd()
): readonly string[] {
  const script = realPath(fileURLToPath(moduleUrl));
  for (const [index, argument] of argv.entries()) {
    if (index > 0 && isPathOf(argument, script, cwd)) {
      return argv.slice(index + 1);
    }
  }
  return argv.slice(2);
}

function isPathOf(argument: string, script: string, cwd: string): boolean {
  if (argument === '' || argument.startsWith('-')) return false;
  try {
    const named = argument.startsWith('file:')
      ? fileURLToPath(argument)
      : path.resolve(cwd, argument);
    return realPath(named) === script;
  } catch {
    return false; // not a path at all, such as a malformed file: URL
  }
}

/** Node resolves links in import.meta.url, so links are resolved here too. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

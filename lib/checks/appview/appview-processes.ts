import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import type { RunningAppView } from './appview-subject.js';

/** What runs JavaScript. */
const PROGRAMS = /^(node|nodejs|bun|deno|MainThread)/;

/**
 * The process of an AppView: one that runs JavaScript in its folder and was
 * told there which Constellation to use. Where processes cannot be looked at
 * (no /proc, another user's) none is found.
 */
export async function findAppViewProcess(
  folder: string,
  ownPid: number = process.pid
): Promise<RunningAppView | null> {
  const wanted = await realpath(folder).catch(() => folder);
  const entries = await readdir('/proc').catch(() => []);
  for (const entry of entries) {
    if (!/^\d+$/.test(entry) || Number(entry) === ownPid) continue;
    const cwd = await readlink(`/proc/${entry}/cwd`).catch(() => '');
    if (cwd !== wanted) continue;
    const comm = await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => '');
    if (!PROGRAMS.test(comm)) continue;
    const environment = parseEnviron(
      await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '')
    );
    if (environment['CONSTELLATION_URL'] === undefined) continue;
    // A check that was told a URL itself (npx zx, npm) is no AppView.
    if (environment['npm_lifecycle_script']?.includes('scripts/test.ts')) {
      continue;
    }
    return { name: `process ${entry}`, environment };
  }
  return null;
}

/** `NAME=value`, each ended by a NUL; proc(5). Pure. */
export function parseEnviron(
  text: string
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    text.split('\0').flatMap((pair) => {
      const equals = pair.indexOf('=');
      return equals < 1
        ? []
        : [[pair.slice(0, equals), pair.slice(equals + 1)]];
    })
  );
}

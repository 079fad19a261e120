/**
 * Makes the bridge one file, `dist/bridge.mjs`, so that its folder alone is a
 * whole build context: `docker build microcosm-bridge/constellation-client`,
 * and `build:` in an AppView's compose file. `npm ci` runs it (`prepare`).
 *
 * Usage: npm run bundle:bridge
 * Exit codes: 0 written, 1 failed
 */

import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bridgeVersion } from '../version.js';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** Libraries of the older kind call `require`, which a module has not. */
const BANNER =
  "import { createRequire as c } from 'node:module'; const require = c(import.meta.url);";

/**
 * Writes the bundle and, beside it, the package.json that its version is read
 * from. The folder is swapped in whole.
 *
 * @param folder - what is to be called `dist`
 */
export async function writeBundle(folder: string): Promise<void> {
  const next = `${folder}.${process.pid}`;
  await mkdir(next, { recursive: true });
  try {
    await build({
      entryPoints: [path.join(FOLDER, 'main.ts')],
      outfile: path.join(next, 'bridge.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: 'eof',
      banner: { js: BANNER },
      logLevel: 'warning',
    });
    const about = { name: 'constellation-bridge', version: bridgeVersion() };
    const text = `${JSON.stringify({ ...about, type: 'module' }, null, 2)}\n`;
    await writeFile(path.join(next, 'package.json'), text);
    await rm(folder, { recursive: true, force: true });
    await rename(next, folder);
  } finally {
    await rm(next, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeBundle(path.join(FOLDER, 'dist'));
}

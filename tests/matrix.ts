/**
 * Runs types and tests on every Node version that is supported; the versions
 * come from npm.
 *
 *   npm run test:matrix [-- TEST_FILE…] [-- --node 22]
 *
 * Exit codes: 0 all good, 1 one failed, 2 wrong use, 130 interrupted.
 */

import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  defineCommand,
  EXIT,
  formatDuration,
  runCommand,
} from '../lib/cli/index.js';
import { PROJECT_FOLDER } from '../lib/runtime/state-folder.js';

/** The lowest that package.json allows, and the newest of each line. */
const VERSIONS = ['20.18.1', '20', '22', '24'];

const MATRIX_COMMAND = defineCommand({
  command: 'npm run test:matrix --',
  purpose:
    'Runs types and tests on every supported Node, one summary line each.',
  flags: {
    node: {
      type: 'list',
      placeholder: 'VERSION',
      default: VERSIONS,
      help: 'versions to run on, as npm knows them',
      check: (text) =>
        /^\d+(\.\d+){0,2}$/.test(text) ? undefined : 'a version such as 22.3.0',
    },
  },
  positionals: {
    placeholder: 'TEST_FILE',
    help: 'only these test files (default: all)',
    min: 0,
    max: 1000,
  },
});

/** How a program ended, and the end of what it said. */
interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** Everything is logged, the last so many characters are kept. */
const KEPT = 20_000;

/** The environment of an npm script makes an inner npx run that script again. */
const CLEAN = /^npm_(config_(call|package)|lifecycle_|command|execpath)/;

async function run(
  file: string,
  args: readonly string[],
  options: {
    readonly logFile: string;
    readonly signal: AbortSignal;
    readonly node?: string;
  }
): Promise<Ended> {
  const { logFile, signal, node } = options;
  const kept = Object.entries(process.env).filter(([name]) => {
    return !CLEAN.test(name) && name !== 'NODE_OPTIONS';
  });
  const env = Object.fromEntries(kept);
  // What the tests start by name is this version too.
  const folders = node === undefined ? [] : [path.dirname(node)];
  env['PATH'] = [...folders, process.env['PATH']].join(path.delimiter);
  const child = spawn(file, args, {
    cwd: PROJECT_FOLDER,
    env,
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const log = createWriteStream(logFile, { flags: 'a' });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-KEPT);
      log.write(chunk);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  log.end();
  return { code, text };
}

/** `{ total: 280, pass: 279, fail: 1 }` of tap's last lines. */
function countsOf(text: string): string {
  const counts = /^# \{ (total: .*) \}$/m.exec(text)?.[1];
  return counts ?? 'the tests printed no summary';
}

await runCommand(
  MATRIX_COMMAND,
  async ({ flags, positionals, output, signal }) => {
    const logs = mkdtempSync(path.join(tmpdir(), 'constellation-matrix-'));
    const bin = path.join(PROJECT_FOLDER, 'node_modules');
    let failed = 0;
    for (const version of flags.node) {
      const startedMs = performance.now();
      const logFile = path.join(logs, `node-${version}.log`);
      const found = await run(
        'npx',
        ['-y', '-p', `node@${version}`, '--', 'node', '-p', 'process.execPath'],
        { logFile, signal }
      );
      const node = found.text.trim().split('\n').at(-1) ?? '';
      const problems: string[] = [];
      let counts = 'not run';
      if (found.code !== 0 || !path.isAbsolute(node)) {
        problems.push(`npm gave no node@${version}`);
      } else {
        const here = { logFile, signal, node };
        const exact = (await run(node, ['--version'], here)).text.trim();
        output.note(`node ${version} is ${exact}, log in ${logFile}`);
        const tsc = path.join(bin, 'typescript/bin/tsc');
        const types = await run(node, [tsc, '--noEmit'], here);
        if (types.code !== 0) problems.push('types');
        const tap = path.join(bin, 'tap/dist/esm/run.mjs');
        const args = ['run', '--reporter=tap', ...positionals];
        const tests = await run(node, [tap, ...args], here);
        counts = countsOf(tests.text);
        if (tests.code !== 0) problems.push('tests');
      }
      signal.throwIfAborted();
      if (problems.length > 0) failed++;
      const verdict =
        problems.length === 0 ? 'ok' : `FAILED (${problems.join(', ')})`;
      const took = formatDuration(performance.now() - startedMs);
      output.result(`node ${version}: ${verdict}; ${counts}; ${took}`);
      if (problems.length > 0) output.result(`  see ${logFile}`);
    }
    return failed === 0 ? EXIT.good : EXIT.failed;
  },
  { url: import.meta.url }
);

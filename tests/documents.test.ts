/** Every command, path, link and sample of the documents is true. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { reportTable } from '../lib/checks/report/report-fields.js';
import { makeOverlay, OVERLAY_FILE } from '../lib/compose/overlay.js';
import { overlayText } from '../lib/compose/overlay-text.js';
import { EXAMPLE_FILE, exampleText, settingsTable } from '../lib/env/index.js';
import { PROJECT_FOLDER } from '../lib/runtime/state-folder.js';
import {
  commandProblems,
  isProgram,
} from './fixtures/documents/command-checkers.js';
import { readMarkdown, type CodeBlock } from './fixtures/documents/markdown.js';
import { helpOf, scriptProblems } from './fixtures/documents/script-specs.js';
import { shellCommands } from './fixtures/documents/shell-text.js';

/** Where there are no documents of ours. */
const OTHERS = new Set([
  '.git',
  '.tap',
  '.constellation-local',
  'node_modules',
  'golden',
  'microcosm-rs',
]);

function documentsIn(folder: string): string[] {
  return readdirSync(path.join(PROJECT_FOLDER, folder), {
    withFileTypes: true,
  }).flatMap((entry) => {
    if (OTHERS.has(entry.name)) return [];
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return documentsIn(name);
    return entry.isFile() && entry.name.endsWith('.md') ? [name] : [];
  });
}

function read(name: string): string {
  return readFileSync(path.join(PROJECT_FOLDER, name), 'utf8');
}

const DOCUMENTS = documentsIn('').map((name) => ({
  name,
  text: read(name),
  parts: readMarkdown(read(name)),
}));

/** Languages of blocks that hold no commands. */
const DATA = [
  'json',
  'ini',
  'ts',
  'yaml',
  'env',
  'diff',
  'text',
  'js',
  'nginx',
];

/** Whether a block holds commands; undefined: its language is not known. */
function isShell({ language, outputOf }: CodeBlock): boolean | undefined {
  if (outputOf !== null) return false;
  if (['', 'sh', 'bash'].includes(language)) return true;
  return DATA.includes(language) ? false : undefined;
}

t.test('there are the documents that were promised', async (t) => {
  const names = DOCUMENTS.map(({ name }) => name);
  for (const name of ['README.md', 'CONSTELLATION-PHASE2-QUICKSTART.md']) {
    t.ok(names.includes(name), name);
  }
});

for (const { name, text, parts } of DOCUMENTS) {
  t.test(`${name}: its commands are right`, async (t) => {
    for (const block of parts.blocks) {
      const shell = isShell(block);
      const place = `${name}:${block.line}`;
      t.not(shell, undefined, `${place}: no checker for ${block.language}`);
      if (shell !== true) continue;
      for (const { variables, words, line } of shellCommands(block.text)) {
        const problems = commandProblems(variables, words);
        t.strictSame(problems, [], `${place}+${line}: ${words.join(' ')}`);
      }
    }
    for (const { text: span, line } of parts.spans) {
      const [word = '', ...rest] = span.split(' ');
      if (rest.length === 0 || !isProgram(word) || /[…*<]/.test(span)) continue;
      for (const { variables, words } of shellCommands(span)) {
        t.strictSame(commandProblems(variables, words), [], `${name}:${line}`);
      }
    }
  });

  t.test(`${name}: what it names is there`, async (t) => {
    const here = path.dirname(name);
    for (const { text: span, line } of parts.spans) {
      const file = pathIn(span);
      if (file === null) continue;
      const found = [file, path.join(here, file)].some((it) =>
        existsSync(path.join(PROJECT_FOLDER, it))
      );
      t.ok(found, `${name}:${line}: there is no ${file}`);
    }
    for (const { text: link, line } of parts.links) {
      const problem = linkProblem(here, link, text);
      t.equal(problem, null, `${name}:${line}: ${link}`);
    }
  });

  t.test(`${name}: samples of help are the real text`, async (t) => {
    for (const { outputOf, text: sample, line } of parts.blocks) {
      if (outputOf?.endsWith(' --help') !== true) continue;
      t.equal(sample, helpOf(outputOf)?.trimEnd(), `${name}:${line}`);
    }
  });
}

t.test('what is generated is as `npm run generate` makes it', async (t) => {
  const quickstart = read('CONSTELLATION-PHASE2-QUICKSTART.md');
  t.equal(read(EXAMPLE_FILE), exampleText());
  t.equal(read(OVERLAY_FILE), overlayText(makeOverlay()));
  t.ok(quickstart.includes(`\n\n${settingsTable()}\n\n`));
  t.ok(quickstart.includes(`\n\n${reportTable()}\n\n`));
});

t.test('the systemd unit starts what is there', async (t) => {
  const unit = DOCUMENTS.flatMap(({ parts }) => parts.blocks).find(
    ({ language, text }) => language === 'ini' && text.includes('[Service]')
  );
  const text = unit?.text ?? '';
  const entry = (key: string): string =>
    new RegExp(`^${key}=(.+)$`, 'm').exec(text)?.[1] ?? '';
  const [node, ...args] = entry('ExecStart').split(' ');
  t.equal(node, '/usr/bin/node');
  t.strictSame(args.slice(0, 2), ['--import', 'tsx']);
  t.strictSame(scriptProblems('zx', args.slice(2)), []);
  t.ok(args.includes('--foreground'));
  // Longer than the index may take to commit.
  t.ok(Number(entry('TimeoutStopSec')) > 40);
  const here = text
    .replace('/usr/bin/node', process.execPath)
    .replace(/^ReadWritePaths=(.*)$/m, 'ReadWritePaths="$1"')
    .replaceAll('/srv/constellation-local', PROJECT_FOLDER)
    .replace(/^User=.*$/m, 'User=root');
  const file = path.join(t.testdir(), 'constellation-local.service');
  writeFileSync(file, here);
  const verified = spawnSync('systemd-analyze', ['verify', file]);
  if (verified.error !== undefined) {
    t.comment('systemd-analyze is not here: the unit was parsed only');
    return;
  }
  t.equal(verified.stderr.toString(), '');
  t.equal(verified.status, 0);
});

t.test('a wrong command is noticed', async (t) => {
  const wrong: ReadonlyArray<readonly [string, string]> = [
    ['npx zx scripts/test.ts --stric', 'unknown flag --stric'],
    ['npx zx scripts/test.ts --max-latency-ms fast', 'expected a number'],
    ['npx zx scripts/tests.ts', 'no spec is known'],
    ['npm run nothing', 'has no script nothing'],
    ['make install', 'no checker for this program'],
    ['CONSTELLATION_PROT=1 npm test', 'CONSTELLATION_PROT is no setting'],
    ['curl -s http://127.0.0.1:6789/link', 'has no route /link'],
    ['docker compose -f nothing.yml up', 'there is no nothing.yml'],
  ];
  for (const [command, problem] of wrong) {
    const [one] = shellCommands(command);
    const found = commandProblems(one?.variables ?? [], one?.words ?? []);
    t.match(found.join('; '), problem, command);
  }
  t.throws(() => shellCommands('cat <<EOF\nEOF'));
  t.strictSame(
    shellCommands('a "b c" \\\n  d # e\nf && g | h > i').map(
      ({ words }) => words
    ),
    [['a', 'b c', 'd'], ['f'], ['g'], ['h']]
  );
});

/** The path in a piece of code; null where it is none of the repository's. */
function pathIn(span: string): string | null {
  const roots = ['lib', 'scripts', 'tests', 'microcosm-bridge', 'benchmarks'];
  const isOurs = roots.some((root) => span.startsWith(`${root}/`));
  const isDocument = /^[\w.-]+\.(md|yml)$/.test(span);
  if (/[\s*<>{}…:]/.test(span) || !(isOurs || isDocument)) return null;
  return span === 'docker-compose.yml' ? null : span;
}

function linkProblem(here: string, link: string, own: string): string | null {
  if (/^(https?|mailto):/.test(link)) {
    return URL.canParse(link) ? null : 'no URL';
  }
  const [file = '', anchor] = link.split('#');
  const target = path.join(PROJECT_FOLDER, here, decodeURIComponent(file));
  if (file !== '' && !existsSync(target)) return 'leads nowhere';
  if (anchor === undefined) return null;
  const text = file === '' ? own : readFileSync(target, 'utf8');
  return readMarkdown(text).anchors.has(anchor) ? null : 'no such heading';
}

import t from 'tap';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import {
  ENABLED_VARIABLE,
  OPTION_VARIABLES,
  policyFor,
} from '../../../lib/constellation/index.js';
import { CopiedProject, LIB } from '../../fixtures/client/copied-project.js';
import { typeErrors } from '../../fixtures/client/type-check.js';

const README = readFileSync(path.join(LIB, 'README.md'), 'utf8');

/** As strict as this project and as the AppView it was made for. */
const PROJECTS = [
  {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
  },
  {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    esModuleInterop: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
  },
] as const;

/** Has one error, so that a check that sees nothing is seen. */
const WRONG = `import { detectDeployment } from './server/constellation/index.js';
export const wrong: number = detectDeployment('http://a');
`;

/** The README's code, each block as a file where it says it belongs. */
function writeBlocks(project: CopiedProject): string[] {
  const blocks = /```ts\n\/\/ (\S+)\n([\s\S]*?)```/g;
  return [...README.matchAll(blocks)].map(([, name = '', code = '']) =>
    project.write(name, code)
  );
}

t.test('imports nothing from outside but undici and ioredis', async (t) => {
  const outside = new Set<string>();
  for (const name of readdirSync(LIB).filter((file) => file.endsWith('.ts'))) {
    const text = readFileSync(path.join(LIB, name), 'utf8');
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      if (!/^\.\/[a-z0-9-]+\.js$/.test(fileName)) outside.add(fileName);
    }
    const readsEnvironment = /process\.env/.test(
      text.replace(/\/\*\*[\s\S]*?\*\//g, '')
    );
    t.equal(readsEnvironment, name === 'appview.ts', `${name} and process.env`);
    t.notMatch(text, /console\./, `${name} prints nothing`);
  }
  t.strictSame([...outside].sort(), ['ioredis', 'undici']);
});

t.test('a copy and the README’s code compile', async (t) => {
  for (const ioredis of ['ioredis5', 'ioredis'] as const) {
    for (const settings of PROJECTS) {
      const project = new CopiedProject(t, { modules: 'module', ioredis });
      const blocks = writeBlocks(project);
      t.equal(blocks.length, 5, 'blocks of code');
      const wrong = project.write('wrong.ts', WRONG);
      const errors = typeErrors(
        project.root,
        [...project.copied, ...blocks, wrong],
        settings
      );
      t.match(errors, [
        /wrong\.ts: Type '.+' is not assignable to type 'number'/,
      ]);
      t.equal(
        errors.length,
        1,
        `nothing else with ${ioredis}: ${errors.join()}`
      );
    }
  }
});

t.test(
  'the README has every variable and the defaults of both kinds',
  async (t) => {
    const rows = README.split('\n').map((line) => line.replace(/ +/g, ' '));
    const variables = [ENABLED_VARIABLE, ...Object.values(OPTION_VARIABLES)];
    for (const { name, description } of variables) {
      const row = rows.find((text) => text.startsWith(`| \`${name}\` |`));
      t.ok(row?.includes(description), name);
    }
    const local = policyFor('local');
    const remote = policyFor('remote');
    for (const row of [
      `| fresh for | ${local.ttlSeconds} s | ${remote.ttlSeconds} s |`,
      `| a call takes at most | ${local.deadlineMs} ms | ${remote.deadlineMs} ms |`,
      `| a try takes at most | ${local.tryTimeoutMs} ms | ${remote.tryTimeoutMs} ms |`,
      `| tries after the first | ${local.retries} | ${remote.retries} |`,
      `| pause before the first retry | ${local.retryDelayMs} ms | ${remote.retryDelayMs} ms |`,
      `| requests under way at once | ${local.concurrency} | ${remote.concurrency} |`,
      `| requests a second | no limit | ${remote.requestsPerSecond} |`,
      `| requests that may leave at once | ${local.burst} | ${remote.burst} |`,
    ]) {
      t.ok(rows.includes(row), row);
    }
  }
);

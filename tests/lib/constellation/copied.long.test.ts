import t from 'tap';
import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { once } from 'node:events';
import ts from 'typescript';
import {
  ENABLED_VARIABLE,
  OPTION_VARIABLES,
  policyFor,
} from '../../../lib/constellation/index.js';
import { CountServer, postLinks } from '../../fixtures/client/count-server.js';
import { postUri } from '../../fixtures/client/tids.js';
import { typeErrors } from '../../fixtures/client/type-check.js';
import { NO_REDIS, startRedis } from '../../fixtures/redis-server.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LIB = path.join(ROOT, 'lib/constellation');
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

/** An empty project with the folder copied into it, and nothing else of ours. */
function copyInto(
  t: { teardown: (end: () => void) => void },
  ioredis: string
): string {
  const project = mkdtempSync(path.join(tmpdir(), 'appview-'));
  t.teardown(() => rmSync(project, { recursive: true, force: true }));
  cpSync(LIB, path.join(project, 'server/constellation'), { recursive: true });
  writeFileSync(path.join(project, 'package.json'), '{"type":"module"}');
  mkdirSync(path.join(project, 'node_modules/@types'), { recursive: true });
  for (const [name, to] of [
    ['undici', 'undici'],
    ['ioredis', ioredis],
    ['@types/node', '@types/node'],
  ] as const) {
    const target = path.join(ROOT, 'node_modules', to);
    symlinkSync(target, path.join(project, 'node_modules', name));
  }
  return project;
}

/** The README's code, each block as a file where it says it belongs. */
function writeBlocks(project: string): string[] {
  const blocks = /```ts\n\/\/ (\S+)\n([\s\S]*?)```/g;
  return [...README.matchAll(blocks)].map(([, name = '', code = '']) => {
    const file = path.join(project, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, code);
    return file;
  });
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
  for (const ioredis of ['ioredis5', 'ioredis']) {
    for (const settings of PROJECTS) {
      const project = copyInto(t, ioredis);
      const blocks = writeBlocks(project);
      t.equal(blocks.length, 5, 'blocks of code');
      const wrong = path.join(project, 'wrong.ts');
      writeFileSync(wrong, WRONG);
      const folder = path.join(project, 'server/constellation');
      const files = readdirSync(folder)
        .filter((name) => name.endsWith('.ts'))
        .map((name) => path.join(folder, name));
      const errors = typeErrors(
        project,
        [...files, ...blocks, wrong],
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

t.test('a copy runs with ioredis 5', { skip: NO_REDIS ?? false }, async (t) => {
  const redis = await startRedis();
  const server = await CountServer.start();
  t.teardown(async () => {
    await redis.stop();
    await server.stop();
  });
  const project = copyInto(t, 'ioredis5');
  const uri = postUri(Date.now() - 60_000);
  server.links.set(uri, postLinks(5));
  const file = path.join(project, 'ask.ts');
  writeFileSync(
    file,
    `import { ConstellationClient } from './server/constellation/index.js';
const client = new ConstellationClient(${JSON.stringify({
      url: server.url,
      fallbackUrl: 'off',
      localSince: 'complete',
      redisUrl: redis.url,
    })});
await client.ready();
const { source, value } = await client.postStats('${uri}', { deadlineMs: 10_000 });
process.stdout.write(source + ' ' + value.likes);
await client.close();
`
  );
  const run = async (): Promise<string> => {
    const tsx = pathToFileURL(
      path.join(ROOT, 'node_modules/tsx/dist/loader.mjs')
    );
    const child = spawn(process.execPath, ['--import', tsx.href, file], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(child, 'close');
    return output;
  };
  t.equal(await run(), 'local 5');
  t.equal(await run(), 'redis 5', 'the next process has it from Redis');
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

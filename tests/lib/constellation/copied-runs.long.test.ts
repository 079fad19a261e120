/**
 * A copy of the client in somebody else's project, compiled as strictly as can
 * be, as ES modules and as CommonJS, and run with plain Node.
 */

import t from 'tap';
import type { Test } from 'tap';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { CountServer, postLinks } from '../../fixtures/client/count-server.js';
import { blackHole } from '../../fixtures/client/faults.js';
import {
  CopiedProject,
  type ProjectOptions,
} from '../../fixtures/client/copied-project.js';
import { postUri } from '../../fixtures/client/tids.js';
import { freePort } from '../../fixtures/free-port.js';
import { NO_REDIS, startRedis } from '../../fixtures/redis-server.js';

const PROGRAMS = new URL('../../fixtures/client/programs/', import.meta.url);
const HYDRATORS = 'server/services/constellation-integration.ts';
const POST = postUri(Date.now() - 60_000);
const POSTS = Array.from({ length: 200 }, (_, number) =>
  postUri(Date.now() - 60_000 - number)
);

const PROJECTS: readonly ProjectOptions[] = [
  { modules: 'module', ioredis: 'ioredis5' },
  { modules: 'module', ioredis: 'ioredis' },
  { modules: 'commonjs', ioredis: 'ioredis5' },
  { modules: 'commonjs', ioredis: 'ioredis' },
];

/** The programs of an AppView, and the one line that its hydrators import. */
function writePrograms(project: CopiedProject): string[] {
  const line = "export * from '../constellation/appview.js';\n";
  return [
    project.write(HYDRATORS, line),
    ...['server', 'script', 'client'].map((name) => {
      const text = readFileSync(new URL(`${name}.ts`, PROGRAMS), 'utf8')
        .replaceAll(
          '../../../../lib/constellation/appview.js',
          './services/constellation-integration.js'
        )
        .replaceAll('../../../../lib/constellation/', './constellation/');
      return project.write(`server/${name}.ts`, text);
    }),
  ];
}

/** Both indexes of the programs: one that answers and one that never does. */
const server = await CountServer.start();
const silent = await CountServer.start();
silent.fault = blackHole;
silent.faultEverywhere = true;
for (const uri of [POST, ...POSTS]) server.links.set(uri, postLinks(3));
t.teardown(async () => {
  await server.stop();
  await silent.stop();
});

const ENVIRONMENT = {
  CONSTELLATION_ENABLED: 'true',
  CONSTELLATION_URL: server.url,
  CONSTELLATION_FALLBACK_URL: 'off',
  CONSTELLATION_LOCAL_SINCE: 'complete',
  CONSTELLATION_TIMEOUT: '30000',
};

/** Asks a server of the project while its Redis dies and comes back. */
async function liveThrough(t: Test, project: CopiedProject): Promise<void> {
  const args = ['--port', `${await freePort()}`];
  let redis = await startRedis(args);
  t.teardown(() => redis.stop());
  const { child, ended } = project.start('server/server.js', {
    ...ENVIRONMENT,
    REDIS_URL: `redis://127.0.0.1:${args[1]}`,
  });
  t.teardown(() => child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('nothing to read');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [
    string,
  ];
  const url = line.trim();
  let asked = 0;
  const feed = async (): Promise<unknown> => {
    const query = new URLSearchParams();
    const posts = [POSTS[(asked += 1)] ?? '', POST, POST, 'nonsense'];
    for (const uri of posts) query.append('uri', uri);
    return await (await fetch(`${url}/feed?${query.toString()}`)).json();
  };
  const until = async (available: boolean): Promise<unknown> => {
    for (let tries = 0; tries < 600; tries += 1) {
      t.match(await feed(), {
        posts: [
          [String, { likeCount: 3, bookmarkCount: 7 }],
          [POST, { likeCount: 3 }],
          ['nonsense', { likeCount: 1, bookmarkCount: 7 }],
        ],
        first: { likes: 3, reposts: 0, replies: 0, quotes: 0 },
      });
      const stats = (await (await fetch(url)).json()) as {
        client: { redis: { available: boolean; writes: number } };
      };
      const { redis: state } = stats.client;
      if (state.available === available && (!available || state.writes > 0)) {
        return stats;
      }
      await new Promise((next) => setTimeout(next, 25));
    }
    return 'never';
  };
  t.match(await until(true), { enabled: true });
  await redis.stop();
  t.match(await until(false), { enabled: true });
  redis = await startRedis(args);
  t.match(await until(true), { apiErrors: 0 });
  child.kill('SIGTERM');
  t.match(await ended, { code: 0, stderr: '' });
}

for (const options of PROJECTS) {
  const { modules, ioredis } = options;
  t.test(`${modules} with ${ioredis}`, async (t) => {
    const project = new CopiedProject(t, options);
    t.strictSame(project.build(writePrograms(project)), [], 'it compiles');
    const isEsm = modules === 'module';
    t.match(
      readFileSync(project.path('dist/server/server.js'), 'utf8'),
      isEsm ? /^import /m : /^const .* = require\(/m,
      'to what it should'
    );

    t.test('a script that has it ends when it is done', async (t) => {
      for (const [what, more] of [
        ['nothing is asked', {}],
        ['asks', { ASK: POST }],
        ['off', { CONSTELLATION_ENABLED: 'false', ASK: POST }],
        [
          'with no Redis there',
          { ASK: POST, REDIS_URL: 'redis://127.0.0.1:1' },
        ],
        [
          'with no index there',
          { ASK: POST, CONSTELLATION_URL: 'http://127.0.0.1:1' },
        ],
      ] as const) {
        const env = { ...ENVIRONMENT, ...more };
        const { code, stdout, stderr } = await project.run(
          'server/script.js',
          env
        );
        t.strictSame([code, stderr], [0, ''], what);
        const known = what === 'asks' || what === 'with no Redis there';
        t.match(
          JSON.parse(stdout),
          {
            post: known ? { likes: 3 } : null,
            enabled: env.CONSTELLATION_ENABLED === 'true',
            listens: false,
          },
          what
        );
      }
    });

    t.test('a bad variable ends it at once and is named', async (t) => {
      for (const [name, text] of [
        ['CONSTELLATION_TIMEOUT', '5s'],
        ['CONSTELLATION_URL', 'http://user:hunter2@localhost'],
        ['REDIS_URL', 'hunter2'],
      ] as const) {
        const { code, stdout, stderr } = await project.run('server/script.js', {
          ...ENVIRONMENT,
          [name]: text,
        });
        t.equal(code, 1);
        t.equal(stdout, '');
        t.match(stderr, new RegExp(`ConstellationError: ${name}\\b`));
        t.notMatch(stderr, 'hunter2');
      }
    });

    t.test('Redis', { skip: NO_REDIS ?? false }, async (t) => {
      const redis = await startRedis();
      t.teardown(() => redis.stop());
      const env = { ...ENVIRONMENT, ASK: POST, REDIS_URL: redis.url };
      const idle = await project.run('server/script.js', env);
      t.strictSame([idle.code, idle.stderr], [0, ''], 'ends unclosed');
      const ask = async (): Promise<unknown> => {
        const run = await project.run('server/script.js', {
          ...env,
          CLOSE: 'true',
        });
        t.strictSame([run.code, run.stderr], [0, '']);
        return JSON.parse(run.stdout);
      };
      t.match(await ask(), { post: { likes: 3 }, cacheHits: 0 });
      // On a busy machine Redis may answer too late, and is done without.
      let again = await ask();
      for (let tries = 0; tries < 20; tries += 1) {
        if ((again as { cacheHits: number }).cacheHits > 0) break;
        again = await ask();
      }
      t.match(again, { post: { likes: 3 }, cacheHits: 1 }, 'from the first');
    });

    t.test(
      'a server lives through the death of its Redis',
      { skip: NO_REDIS ?? false },
      (t) => liveThrough(t, project)
    );

    t.test('what nobody should do does no harm', async (t) => {
      const task = { url: server.url, slowUrl: silent.url, posts: POSTS };
      const { code, stdout, stderr } = await project.run('server/client.js', {
        TASK: project.write('task.json', JSON.stringify(task)),
      });
      t.strictSame([code, stderr], [0, '']);
      t.strictSame(JSON.parse(stdout), {
        'likes here, beside it, in a worker': [600, 600, 30],
        'odd posts answered and refused': [
          1,
          Array.from({ length: 8 }, () => 'BAD_TARGET').join(),
        ],
        'fifty calls with one signal': 'ABORTED',
        'a signal that was aborted before': 'ABORTED',
        'calls while it is closed': 'CLOSED',
      });
    });
  });
}

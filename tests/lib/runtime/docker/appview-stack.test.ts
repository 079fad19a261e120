import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import {
  fitStack,
  type StackSurroundings,
} from '../../../../lib/runtime/docker/appview-stack.js';
import { findBaseFiles } from '../../../../lib/runtime/docker/base-files.js';
import { parseDockerRecord } from '../../../../lib/runtime/docker/docker-record.js';
import { pathSeparator } from '../../../../lib/runtime/docker/stack-env.js';
import { chooseProject } from '../../../../lib/runtime/docker/stack-project.js';
import { stateFolder } from '../../../../lib/runtime/state-folder.js';
import { stackNotices } from '../../../../lib/setup/runtimes/stack-notices.js';

const CONFIG = {
  bind: '127.0.0.1',
  port: 7000,
  metricsPort: 8765,
  jetstream: ['wss://a', 'wss://b'],
  dataPath: null,
  logLevel: 'debug',
  workers: null,
  sample: false,
  bridgePort: null,
} as const;

t.test('an AppView’s stack is found as Compose finds it', async (t) => {
  const dir = t.testdir({
    'The App': {
      'docker-compose.yml': 'services: { app: { build: . } }\n',
      'docker-compose.override.yml':
        'services: { app: { environment: { A: b } } }\n',
    },
  });
  const appview = path.join(dir, 'The App');
  const state = stateFolder(path.join(dir, 'state'));
  const wish = { appview, composeFiles: [], projectName: null, services: {} };
  const around: StackSurroundings = {
    folder: state,
    generation: 1,
    env: {},
    earlier: null,
    // Without Compose and an engine.
    model: () => Promise.resolve(null),
    projects: () => Promise.resolve(new Map()),
  };
  const { stack, overlay } = await fitStack(wish, around);
  t.match(stack, {
    project: 'theapp',
    folder: appview,
    switched: ['app'],
    apps: ['app'],
    overlayFile: state.overlay,
  });
  t.equal(stack.baseFiles.length, 2);
  t.match(overlay, 'CONSTELLATION_URL: http://constellation-local:6789');
  writeFileSync(
    path.join(appview, '.env'),
    `COMPOSE_PROJECT_NAME=named\nCOMPOSE_FILE=docker-compose.yml:${state.overlay}\n`
  );
  const again = (await fitStack(wish, around)).stack;
  t.equal(again.project, 'named');
  t.strictSame(
    again.baseFiles,
    [path.join(appview, 'docker-compose.yml')],
    'our overlay is not the AppView’s'
  );
  await t.rejects(fitStack({ ...wish, composeFiles: ['no.yml'] }, around), {
    code: 'BAD_STACK',
  });
  mkdirSync(path.join(dir, 'none'));
  const alone = await fitStack(
    { ...wish, appview: path.join(dir, 'none') },
    around
  );
  t.strictSame(alone.stack.baseFiles, [], 'an AppView without Compose');
});

t.test('its files are those that Compose would take', async (t) => {
  const there = t.testdir({
    'compose.yml': '',
    'docker-compose.yml': '',
    'docker-compose.override.yaml': '',
    deploy: { 'prod.yml': '' },
  });
  const found = (
    generation: 1 | 2,
    env: Readonly<Record<string, string>> = {},
    composeFiles: readonly string[] = []
  ) => {
    const map = new Map(Object.entries(env));
    const { files, envFolder } = findBaseFiles({
      ...{ appview: there, composeFiles, env: map, generation },
      separator: pathSeparator(map, {}),
    });
    return [...files, envFolder].map((file) => path.relative(there, file));
  };
  const beside = 'docker-compose.override.yaml';
  t.strictSame(found(1), ['docker-compose.yml', beside, '']);
  t.strictSame(found(2), ['compose.yml', beside, '']);
  const several = { COMPOSE_FILE: 'deploy/prod.yml; compose.yml' };
  t.strictSame(
    found(2, { ...several, COMPOSE_PATH_SEPARATOR: ';' }),
    ['deploy/prod.yml', 'compose.yml', ''],
    'the .env that names them is the one that counts'
  );
  t.throws(() => found(2, several), {
    code: 'BAD_STACK',
    message: /which COMPOSE_FILE in .*\.env names$/,
  });
  t.strictSame(found(2, several, ['deploy/prod.yml']), [
    'deploy/prod.yml',
    'deploy',
  ]);
  t.equal(pathSeparator(new Map(), { COMPOSE_PATH_SEPARATOR: '|' }), '|');
  t.equal(pathSeparator(new Map(), {}), ':');
});

t.test('its project is the one that runs', async (t) => {
  const choose = (
    there: readonly string[],
    earlier: string | null = null,
    named: string | null = null
  ) =>
    chooseProject({
      named,
      usual: 'usual',
      earlier,
      there: new Map(there.map((name) => [name, '/'])),
    });
  t.equal(choose([]), 'usual');
  t.equal(choose(['usual', 'other']), 'usual');
  t.equal(choose(['other']), 'other', 'started with -p');
  t.equal(choose([], 'other'), 'other', 'and stopped since');
  t.equal(choose(['a', 'other'], 'other'), 'other');
  t.equal(choose(['a'], 'other'), 'a');
  t.equal(choose(['a'], null, 'named'), 'named');
  t.throws(() => choose(['a', 'b']), {
    code: 'BAD_STACK',
    suggestion: 'name the one that is meant: --project-name a',
  });
});

t.test('what was named is kept for later runs', async (t) => {
  const appview = t.testdir({
    'docker-compose.yml': 'services: { app: { build: . } }\n',
    'prod.yml':
      'services: { a: { build: . }, b: { build: . }, links: { build: . } }\n',
  });
  const around: StackSurroundings = {
    folder: stateFolder(path.join(appview, 'state')),
    generation: 1,
    env: {},
    earlier: null,
    model: () => Promise.resolve(null),
    projects: () => Promise.resolve(new Map()),
  };
  const nothing = {
    appview,
    composeFiles: [],
    projectName: null,
    services: {},
  };
  const first = await fitStack(
    {
      ...nothing,
      composeFiles: [path.join(appview, 'prod.yml')],
      services: { apps: ['a', 'b'], bridge: 'links' },
      projectName: 'named',
    },
    around
  );
  const record = {
    ...{ schemaVersion: 1, phase: 'running', config: CONFIG, image: 'i' },
    ...{ stack: first.stack, variables: {} },
  };
  const earlier = parseDockerRecord(JSON.stringify(record))?.stack ?? null;
  t.strictSame(earlier, first.stack, 'it is in the record');
  const second = await fitStack(nothing, { ...around, earlier });
  t.strictSame(second.stack, first.stack);
  const another = { ...nothing, appview: path.join(appview, 'none') };
  t.strictSame(
    (await fitStack(another, { ...around, earlier })).stack.baseFiles,
    [],
    'of another AppView nothing was said'
  );
});

t.test('what plain calls would do otherwise is told', async (t) => {
  const appview = t.testdir({
    'docker-compose.yml': `services:
  app: { build: . }
  worker: { build: ., environment: [CONSTELLATION_URL=x] }
  jobs: { build: ., env_file: [{ path: .env }] }
  redis: { image: redis, env_file: other.env }
`,
  });
  const fitted = await fitStack(
    {
      ...{ appview, composeFiles: [], projectName: null, services: {} },
      bridge: true,
    },
    {
      folder: stateFolder(path.join(appview, 'state')),
      ...{ generation: 1, env: {}, earlier: null },
      model: () => Promise.resolve(null),
      projects: () => Promise.resolve(new Map()),
    }
  );
  const told = (
    shell: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>> = {}
  ) => stackNotices(fitted, { shell, env: new Map(Object.entries(env)) });
  const [left, readers, ...none] = told({});
  t.equal(
    left,
    'worker sets CONSTELLATION_URL too and stays as before; to switch all: --app-service app,worker'
  );
  t.match(readers, `jobs reads all of ${appview}/.env (env_file)`);
  t.strictSame(none, []);
  const redis = 'CONSTELLATION_BRIDGE_REDIS_URL';
  const url = 'redis://:secret@r';
  const [ofRedis = '', ...others] = told({ [redis]: url, COMPOSE_FILE: 'x' });
  t.match(
    ofRedis,
    `printf '${redis}=%s\\n' "$${redis}" >> ${appview}/.env`,
    'the line to put there'
  );
  t.notMatch(ofRedis, 'secret');
  t.match(others.at(-1), 'COMPOSE_FILE of this shell wins');
  t.equal(told({ [redis]: url }, { [redis]: url }).length, 2, 'it is there');
});

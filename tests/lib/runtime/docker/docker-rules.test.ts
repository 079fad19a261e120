import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parseCompose } from '../../../../lib/compose/index.js';
import { fitStack } from '../../../../lib/runtime/docker/appview-stack.js';
import { buildReason } from '../../../../lib/runtime/docker/build-failure.js';
import {
  afterLine,
  BUILD_BEGIN,
  fractionOf,
  stageText,
} from '../../../../lib/runtime/docker/build-progress.js';
import { judgeCompose } from '../../../../lib/runtime/docker/compose-program.js';
import {
  composeCommand,
  projectNameOf,
} from '../../../../lib/runtime/docker/compose-stack.js';
import { unframed } from '../../../../lib/runtime/docker/container-output.js';
import type { ContainerFacts } from '../../../../lib/runtime/docker/container.js';
import { judgeContainer } from '../../../../lib/runtime/docker/describe-container.js';
import {
  dependenciesOf,
  parseHashes,
} from '../../../../lib/runtime/docker/dependencies.js';
import { parseDockerRecord } from '../../../../lib/runtime/docker/docker-record.js';
import { explainAccess } from '../../../../lib/runtime/docker/engine-access.js';
import { engineAddress } from '../../../../lib/runtime/docker/engine-address.js';
import { conditionOfService } from '../../../../lib/runtime/docker/recreate-services.js';
import { mayRead } from '../../../../lib/runtime/docker/settings-file.js';
import { stackVariables } from '../../../../lib/runtime/docker/stack-variables.js';
import { stateFolder } from '../../../../lib/runtime/state-folder.js';

t.test('a build is told by its steps and crates', async (t) => {
  const lines = [
    '#12 [constellation-local build 4/7] RUN cargo build',
    '#12 3.4   Downloaded 200 crates (20.1MB) in 3.1s',
    ...Array.from(
      { length: 50 },
      (_, i) => `#12 ${i}.1    Compiling c${i} v1.0.0`
    ),
    '#12 9.9 warning: something',
  ];
  const stage = lines.reduce(afterLine, BUILD_BEGIN);
  t.equal(
    stageText(stage, '3 m'),
    'build 4/7 RUN cargo build: 25 %, 50 of 200 crates, 3 m'
  );
  t.equal(fractionOf(BUILD_BEGIN), undefined);
  const classic = afterLine(
    BUILD_BEGIN,
    'Step 21/44 : COPY build/ /usr/local/bin/'
  );
  t.equal(classic.step, '21/44 COPY build/ /usr/local/bin/');
});

t.test('a failed build is told its likely reason', async (t) => {
  for (const [line, reason] of [
    ['error: could not compile `rocksdb` (signal: 9, SIGKILL: kill)', 'memory'],
    ['write /var/lib/docker/x: no space left on device', 'disk'],
    ['Temporary failure resolving deb.debian.org', 'network'],
    ['#9 *** https://x has no revision nope', 'source'],
    ['error[E0308]: mismatched types', undefined],
  ] as const) {
    t.equal(buildReason(['before', line])?.reason, reason, line);
  }
});

t.test('both generations of Compose are known by what they say', async (t) => {
  t.match(judgeCompose(['docker', 'compose'], 'v2.26.1-4'), {
    generation: 2,
    version: '2.26.1-4',
  });
  t.match(judgeCompose(['docker-compose'], '1.29.2'), { generation: 1 });
  t.equal(
    judgeCompose(['docker-compose'], '1.25.0'),
    'docker-compose 1.25.0 is older than 1.29'
  );
  t.equal(judgeCompose(['docker', 'compose'], null), 'no docker compose');
  t.equal(projectNameOf('My App.1'), 'myapp1');
  t.strictSame(
    composeCommand(
      { command: ['docker', 'compose'] },
      {
        project: 'p',
        folder: '/a b',
        baseFiles: ['/a b/c.yml'],
        overlayFile: '/o.yml',
        switched: [],
        apps: [],
      },
      'with-overlay',
      ['up']
    ),
    [
      'docker',
      'compose',
      '--project-name',
      'p',
      '--project-directory',
      '/a b',
      '-f',
      '/a b/c.yml',
      '-f',
      '/o.yml',
      'up',
    ]
  );
});

t.test('where the engine is, and why it cannot be reached', async (t) => {
  t.equal(engineAddress({}, () => true).url, 'unix:///var/run/docker.sock');
  const rootless = engineAddress({ XDG_RUNTIME_DIR: '/run/u' }, (file) =>
    file.startsWith('/run/u')
  );
  t.equal(rootless.url, 'unix:///run/u/docker.sock');
  t.match(engineAddress({ DOCKER_HOST: 'tcp://h:2375' }).options, {
    host: 'h',
    port: 2375,
    protocol: 'http',
  });
  t.throws(() => engineAddress({ DOCKER_HOST: 'ssh://h' }), {
    code: 'NOT_AVAILABLE',
    suggestion: /ssh/,
  });
  const failed = (code: string) => Object.assign(new Error(code), { code });
  const facts = { exists: true, group: 'dockers', user: 'me' };
  const at = engineAddress({}, () => true);
  t.match(explainAccess(at, failed('EACCES'), facts), {
    message: /me may not use .* the group dockers may/,
    suggestion: 'sudo usermod -aG dockers me, then log in anew',
  });
  t.match(
    explainAccess(at, failed('ENOENT'), { ...facts, exists: false }).message,
    /^no Docker engine/
  );
  t.match(
    explainAccess(at, failed('ECONNREFUSED'), facts).suggestion,
    /systemctl start docker/
  );
});

const CONTAINER: ContainerFacts = {
  id: 'abc',
  name: 'p-index-1',
  service: 'constellation-local',
  imageId: 'sha256:1',
  image: 'i',
  status: 'running',
  exitCode: 0,
  isOutOfMemory: false,
  restartCount: 2,
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-02T00:00:00Z',
  health: { status: 'healthy', failingStreak: 0, history: [] },
  environment: {},
  mounts: new Map(),
  ports: new Map(),
  addresses: new Map(),
  labels: {},
};

t.test('what a container is means something for the index', async (t) => {
  for (const [change, phase, state, detail] of [
    [{}, 'running', 'running', /healthy, 2 restarts/],
    [
      { status: 'exited', exitCode: 137, isOutOfMemory: true },
      'running',
      'failed',
      /out of memory/,
    ],
    [{ status: 'exited' }, 'stopped', 'stopped', /was stopped/],
    [{ status: 'restarting' }, 'running', 'failed', /again and again/],
    [{ status: 'paused' }, 'running', 'degraded', /docker unpause/],
    [null, 'running', 'failed', /is gone/],
    [null, null, 'absent', /never started/],
  ] as const) {
    const judged = judgeContainer(
      change === null ? null : { ...CONTAINER, ...change },
      phase
    );
    t.equal(judged.state, state);
    t.match(judged.detail, detail);
  }
  const now = Date.parse('2026-01-01T00:00:10Z');
  t.equal(conditionOfService(CONTAINER, now), 'well');
  t.equal(conditionOfService({ ...CONTAINER, status: 'exited' }, now), 'ill');
  t.equal(
    conditionOfService({ ...CONTAINER, health: null }, now),
    'wait',
    'it has restarted'
  );
  t.equal(
    conditionOfService({ ...CONTAINER, health: null, restartCount: 0 }, now),
    'well'
  );
});

t.test('the streams of a container come in frames', async (t) => {
  const frame = (stream: number, text: string): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt8(stream, 0);
    head.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const both = Buffer.concat([frame(1, 'öut\n'), frame(2, 'err\n')]);
  t.equal(unframed(both), 'öut\nerr\n');
  t.equal(unframed(both, 'stdout'), 'öut\n');
  t.equal(unframed(both.subarray(0, 5)), '', 'a cut one');
});

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

t.test(
  'Compose is told what differs from the overlay’s own values',
  async (t) => {
    const facts = { config: CONFIG, given: {}, image: 'i:1', owner: null };
    t.strictSame(stackVariables({ ...facts, settingsFile: '/s' }), {
      CONSTELLATION_IMAGE: 'i:1',
      CONSTELLATION_PORT: '7000',
      CONSTELLATION_ENV_FILE: '/s',
    });
    t.match(stackVariables({ ...facts, settingsFile: null }), {
      JETSTREAM_URL: 'wss://a',
      CONSTELLATION_LOG_LEVEL: 'debug',
    });
  }
);

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
  const { stack, overlay } = await fitStack(wish, state);
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
  const again = (await fitStack(wish, state)).stack;
  t.equal(again.project, 'named');
  t.strictSame(
    again.baseFiles,
    [path.join(appview, 'docker-compose.yml')],
    'our overlay is not the AppView’s'
  );
  await t.rejects(fitStack({ ...wish, composeFiles: ['no.yml'] }, state), {
    code: 'BAD_STACK',
  });
  mkdirSync(path.join(dir, 'none'));
  const alone = await fitStack(
    { ...wish, appview: path.join(dir, 'none') },
    state
  );
  t.strictSame(alone.stack.baseFiles, [], 'an AppView without Compose');
});

t.test('a damaged record is none', async (t) => {
  t.equal(parseDockerRecord('{'), null);
  t.equal(parseDockerRecord('{"schemaVersion":2}'), null);
  const stack = {
    project: 'p',
    folder: '/',
    baseFiles: [],
    overlayFile: '/o',
    switched: [],
    apps: [],
  };
  const good = {
    schemaVersion: 1,
    phase: 'running',
    config: CONFIG,
    stack,
    variables: { A: 'b' },
    image: 'i',
  };
  t.match(parseDockerRecord(JSON.stringify(good)), {
    image: 'i',
    since: null,
    variables: { A: 'b' },
  });
  t.equal(
    parseDockerRecord(
      JSON.stringify({ ...good, stack: { ...stack, baseFiles: [1] } })
    ),
    null
  );
});

t.test('what services depend on is found, however deep', async (t) => {
  const facts = parseCompose(
    `services:
  app: { image: a, depends_on: [redis, db] }
  db: { image: b, depends_on: { disk: { condition: service_started } } }
  disk: { image: c, depends_on: [app] }
  redis: { image: d }
  other: { image: e }
`,
    'f'
  );
  t.strictSame([...dependenciesOf(facts, ['app'])].sort(), [
    'db',
    'disk',
    'redis',
  ]);
  t.strictSame(dependenciesOf(facts, ['redis']), []);
  t.strictSame(
    [...parseHashes('app abc\n  redis def\nWARN\n')],
    [
      ['app', 'abc'],
      ['redis', 'def'],
    ]
  );
});

t.test('who may read the settings file', async (t) => {
  const [theirs, ours] = [1000, 10_001];
  for (const [mode, uid, gid, may] of [
    [0o100644, theirs, theirs, true],
    [0o100600, theirs, theirs, false],
    [0o100640, theirs, ours, true],
    [0o100604, theirs, ours, false],
    [0o100600, ours, theirs, true],
  ] as const) {
    t.equal(mayRead(mode, { uid, gid }), may, mode.toString(8));
  }
});

/** What an engine says of itself, asked over a socket, and what setup makes of it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import t, { type Test } from 'tap';
import { DOCKER_PREREQUISITES } from '../../../lib/setup/prerequisites/docker-prerequisites.js';
import type { PrerequisiteFinding } from '../../../lib/setup/prerequisites/prerequisite.js';
import { scratchFolder } from '../../fixtures/runtime/scratch.js';

const GIB = 1024 ** 3;
const { signal } = new AbortController();

/** What `GET /info` of a healthy engine says. */
const INFO = {
  ServerVersion: '20.10.24+dfsg1',
  Architecture: 'x86_64',
  NCPU: 4,
  MemTotal: 8 * GIB,
  DockerRootDir: '/',
};

/** One prerequisite, in an environment of its own. */
async function find(
  id: string,
  env: Readonly<Record<string, string>>
): Promise<PrerequisiteFinding> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const one = DOCKER_PREREQUISITES.find((each) => each.id === id);
    if (one === undefined) throw new Error(`no prerequisite ${id}`);
    // Of what it is given it looks at the signal alone.
    return await one.check({ signal } as Parameters<typeof one.check>[0]);
  } finally {
    for (const name of Object.keys(env)) {
      const value = before[name];
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

/** An engine that says so, at the address that is returned. */
async function engineThatSays(
  t: Test,
  info: object,
  port?: number
): Promise<string> {
  const server: Server = createServer((request, response) => {
    response.statusCode = request.url === '/info' ? 200 : 404;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(info));
  });
  const socket = path.join(scratchFolder(t), 'docker.sock');
  await new Promise<void>((resolve) =>
    port === undefined
      ? server.listen(socket, resolve)
      : server.listen(port, '127.0.0.1', resolve)
  );
  t.teardown(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null
    ? `tcp://127.0.0.1:${address.port}`
    : `unix://${socket}`;
}

t.test('version, architecture, memory and disk are the engine’s', async (t) => {
  for (const [id, info, expected] of [
    [
      'engine',
      {},
      { status: 'good', detail: '20.10.24+dfsg1, x86_64, 4 cores' },
    ],
    [
      'engine',
      { ServerVersion: '19.03.15' },
      { status: 'fail', detail: '19.03.15 is older than 20.10' },
    ],
    ['engine', { ServerVersion: '28.0.1' }, { status: 'good' }],
    ['engine', { Architecture: 'aarch64' }, { status: 'good' }],
    [
      'engine',
      { Architecture: 'riscv64' },
      { status: 'warn', detail: /riscv64, .*never built for it/ },
    ],
    ['engine-memory', {}, { status: 'good', detail: '8.0 GiB' }],
    [
      'engine-memory',
      { MemTotal: 1.5 * GIB },
      { status: 'warn', suggestion: /CARGO_BUILD_JOBS=1/ },
    ],
    [
      'engine-memory',
      { MemTotal: 0.4 * GIB },
      {
        status: 'fail',
        detail: '409.6 MiB; 512.0 MiB are needed',
        suggestion: /Docker Desktop/,
      },
    ],
    ['engine-disk', {}, { detail: /free in \/$/ }],
    [
      'engine-disk',
      { DockerRootDir: '/no/such/folder' },
      { status: 'info', detail: /^\/no\/such\/folder, .*cannot be looked at/ },
    ],
  ] as const) {
    const host = await engineThatSays(t, { ...INFO, ...info });
    t.match(await find(id, { DOCKER_HOST: host }), expected, id);
  }
  const elsewhere = await engineThatSays(t, INFO, 0);
  t.match(await find('engine', { DOCKER_HOST: elsewhere }), { status: 'good' });
  t.match(
    await find('engine-disk', { DOCKER_HOST: elsewhere }),
    { status: 'info', detail: /cannot be looked at/ },
    'the disk of another machine is not this one’s'
  );
});

t.test('an engine that cannot be reached says why', async (t) => {
  const folder = scratchFolder(t);
  const at = (name: string) => ({
    DOCKER_HOST: `unix://${path.join(folder, name)}`,
  });
  t.match(await find('engine', at('none')), {
    status: 'fail',
    detail: /^no Docker engine: there is no .*none \(DOCKER_HOST\)$/,
    suggestion: 'mend DOCKER_HOST, or unset it',
  });
  // A socket that is left of an engine that was killed.
  const listens = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', listens, path.join(folder, 'left')]);
  t.match(await find('engine', at('left')), {
    status: 'fail',
    detail: /^no Docker engine answers at /,
    suggestion: 'start it: sudo systemctl start docker',
  });
  const wrong = await engineThatSays(t, {});
  t.match(await find('engine', { DOCKER_HOST: wrong }), {
    status: 'fail',
    detail: `what answers at ${wrong} says no version, so it is no Docker engine`,
  });
  t.match(await find('engine', { DOCKER_HOST: 'ssh://host' }), {
    status: 'fail',
    suggestion: /ssh:\/\/ is not supported/,
  });
});

t.test('rights on the socket are told with the group to join', async (t) => {
  const host = await engineThatSays(t, INFO);
  const socket = host.replace('unix://', '');
  chmodSync(path.dirname(socket), 0o755);
  chmodSync(socket, 0o660);
  // What asks is loaded before this process becomes somebody else.
  const other = await engineThatSays(t, INFO);
  t.match(await find('engine', { DOCKER_HOST: other }), { status: 'good' });
  const isRoot = process.getuid?.() === 0;
  // Of a group that this process is not in.
  if (isRoot) chownSync(socket, 0, 1);
  else chmodSync(socket, 0);
  const asked = async (uid: number): Promise<PrerequisiteFinding> => {
    if (isRoot) process.seteuid?.(uid);
    try {
      return await find('engine', { DOCKER_HOST: host });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  };
  t.match(await asked(65_534), {
    status: 'fail',
    detail:
      /^\w+ may not use the Docker engine at .*: only its owner and the group \w+ may$/,
    suggestion: /^sudo usermod -aG \w+ \w+, then log in anew$/,
  });
  if (!isRoot) return;
  t.match(await asked(12_345), {
    detail: /^the user 12345 may not use/,
    suggestion: /^run it as a user of the group daemon$/,
  });
});

/** Programs on the PATH, each by what it prints and its exit code. */
async function programs(
  t: Test,
  scripts: Readonly<Record<string, string>>
): Promise<Readonly<Record<string, string>>> {
  const folder = scratchFolder(t);
  for (const [name, text] of Object.entries(scripts)) {
    const file = path.join(folder, name);
    writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  return { PATH: folder };
}

/** A docker with the plugins that are named. */
const DOCKER = (compose: boolean, buildx: boolean): string => `case "$1" in
compose) ${compose ? 'echo 2.26.1' : 'exit 1'} ;;
buildx) ${buildx ? 'echo v0.13.1' : 'exit 1'} ;;
esac`;

t.test('Compose and BuildKit are those on the PATH', async (t) => {
  const V1 = 'echo 1.29.2';
  for (const [id, scripts, expected] of [
    [
      'compose',
      { docker: DOCKER(true, true), 'docker-compose': V1 },
      {
        status: 'good',
        detail: '2.26.1 (docker compose, generation 2)',
      },
    ],
    [
      'compose',
      { docker: DOCKER(false, true), 'docker-compose': V1 },
      { status: 'good', detail: '1.29.2 (docker-compose, generation 1)' },
    ],
    [
      'compose',
      { docker: DOCKER(false, true), 'docker-compose': 'echo 2.26.1' },
      { status: 'good', detail: '2.26.1 (docker-compose, generation 2)' },
    ],
    [
      'compose',
      { docker: DOCKER(false, true), 'docker-compose': 'echo 1.25.0' },
      { status: 'fail', detail: /docker-compose 1\.25\.0 is older than 1\.29/ },
    ],
    [
      'compose',
      {},
      { status: 'fail', detail: /no docker compose; no docker-compose/ },
    ],
    [
      'buildkit',
      { docker: DOCKER(true, true) },
      { status: 'info', detail: 'there' },
    ],
    [
      'buildkit',
      { docker: DOCKER(true, false) },
      { status: 'info', detail: /^not there: .*classic builder/ },
    ],
  ] as const) {
    t.match(await find(id, await programs(t, scripts)), expected, id);
  }
  const off = await programs(t, { docker: DOCKER(true, true) });
  t.match(await find('buildkit', { ...off, DOCKER_BUILDKIT: '0' }), {
    detail: /classic builder/,
  });
});

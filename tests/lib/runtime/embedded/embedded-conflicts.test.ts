import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import t from 'tap';
import { readEmbeddedRecord } from '../../../../lib/runtime/embedded/embedded-record.js';
import { LockedError } from '../../../../lib/runtime/locked-error.js';
import { acquireLock } from '../../../../lib/runtime/process-lock.js';
import { RuntimeError } from '../../../../lib/runtime/runtime-error.js';
import {
  scratchRuntime,
  standInConfig,
} from '../../../fixtures/runtime/scratch.js';

t.test('a reused pid in a stale file is nobody of ours', async (t) => {
  const { runtime, folder } = scratchRuntime(t);
  await runtime.start(standInConfig('good'));
  const record = readFileSync(folder.embedded, 'utf8');
  await runtime.stop();
  // The pid is now that of this very test, which must survive.
  const changed = JSON.parse(record) as {
    processes: { identity: { pid: number } }[];
  };
  for (const { identity } of changed.processes) identity.pid = process.pid;
  writeFileSync(folder.embedded, JSON.stringify(changed));
  t.match(await runtime.status(), { state: 'failed' });
  t.match(await runtime.stop(), { state: 'stopped' });
  t.ok('still here');
});

t.test('an index of another container is left alone', async (t) => {
  const { runtime, folder } = scratchRuntime(t);
  await runtime.start(standInConfig('good'));
  const record = readFileSync(folder.embedded, 'utf8');
  t.teardown(() => writeFileSync(folder.embedded, record));
  const changed = JSON.parse(record) as {
    processes: { identity: { pidNamespace: string; hostname: string } }[];
  };
  for (const { identity } of changed.processes) {
    identity.pidNamespace = 'pid:[1]';
    identity.hostname = 'other-box';
  }
  writeFileSync(folder.embedded, JSON.stringify(changed));
  t.match(await runtime.status(), { state: 'unknown', detail: /other-box/ });
  await t.rejects(runtime.stop(), { code: 'ILLEGAL_CHANGE' });
  await t.rejects(runtime.start(standInConfig('good')), {
    code: 'ILLEGAL_CHANGE',
  });
});

t.test('a damaged state file is said, with the way out', async (t) => {
  const { runtime, folder } = scratchRuntime(t);
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(folder.embedded, '{"schemaVersion":1');
  await t.rejects(runtime.status(), {
    code: 'STATE_DAMAGED',
    suggestion: /remove/,
  });
  writeFileSync(folder.embedded, '{"schemaVersion":99}');
  await t.rejects(readEmbeddedRecord(folder.embedded), {
    code: 'STATE_DAMAGED',
  });
  writeFileSync(folder.embedded, '');
  await t.rejects(runtime.stop(), { code: 'STATE_DAMAGED' });
  rmSync(folder.embedded);
});

t.test('a port in use names its holder', async (t) => {
  const server = createServer((_, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { runtime } = scratchRuntime(t);
  await t.rejects(runtime.start(standInConfig('good', { port })), {
    code: 'PORT_IN_USE',
    message: new RegExp(
      `127\\.0\\.0\\.1:${port} is in use by .*\\(${process.pid}\\)`
    ),
    suggestion: /--port/,
  });
  t.match(await runtime.status(), { state: 'absent' });
});

t.test('a port in use by another index says on which data', async (t) => {
  const first = scratchRuntime(t);
  const { urls } = await first.runtime.start(standInConfig('good'));
  const port = Number(new URL(urls?.api ?? '').port);
  const second = scratchRuntime(t);
  const error = await second.runtime
    .start(standInConfig('good', { port }))
    .catch((thrown: unknown) => thrown);
  t.ok(error instanceof RuntimeError);
  t.ok(error instanceof Error && error.message.includes(first.folder.data));
});

t.test(
  'a data folder that somebody has open is refused as locked',
  async (t) => {
    const { runtime, folder } = scratchRuntime(t);
    mkdirSync(folder.data, { recursive: true });
    const lock = await acquireLock(
      path.join(folder.data, 'constellation-embedded.lock'),
      { purpose: 'another index' }
    );
    const error = await runtime
      .start(standInConfig('good'))
      .catch((thrown: unknown) => thrown);
    t.ok(error instanceof LockedError);
    t.match(error, { code: 'LOCKED', pid: process.pid });
    await lock.release();
    t.match(await runtime.start(standInConfig('good')), { state: 'running' });
  }
);

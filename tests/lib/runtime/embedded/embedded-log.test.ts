import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { EMBEDDED_PROGRAMS } from '../../../../lib/runtime/embedded/embedded-command.js';
import {
  scratchRuntime,
  standInConfig,
} from '../../../fixtures/runtime/scratch.js';

/** Where the index itself rotates its log, when nobody says otherwise. */
const MAX_BYTES = 10_000_000;

const OLD_LINE = '2026-01-01T00:00:00.000Z INFO  an old line\n';

t.test('the real index, detached, rotates a log that is full', async (t) => {
  const { runtime, folder } = scratchRuntime(t, EMBEDDED_PROGRAMS);
  const log = folder.indexLog;
  mkdirSync(path.dirname(log), { recursive: true });
  const old = OLD_LINE.repeat(Math.floor(MAX_BYTES / OLD_LINE.length));
  writeFileSync(log, old);

  const jetstream = ['ws://127.0.0.1:1/subscribe'];
  await runtime.start(standInConfig('', { jetstream }));
  t.match(await runtime.status(), { state: 'running' });
  const before = readFileSync(`${log}.1`, 'utf8');
  t.ok(before.startsWith(old.slice(0, -OLD_LINE.length)), 'nothing is lost');
  t.ok(before.length <= MAX_BYTES);
  const now = readFileSync(log, 'utf8');
  t.match(now, /the API listens on/);
  t.notMatch(now, 'an old line');
  t.match((await runtime.logs({ lines: 10_000 }))[0], /an old line/);

  await runtime.stop();
  t.match(readFileSync(log, 'utf8'), /stopped, everything committed\n$/);
  t.ok(statSync(log).size < MAX_BYTES);
});

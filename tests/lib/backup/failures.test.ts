/** What goes wrong in the middle, with data and an index that are stand-ins. */

import { existsSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { chooseBackup } from '../../../lib/backup/backup-folder.js';
import { openScene } from '../../../lib/backup/commands/backup-scene.js';
import { mendScene } from '../../../lib/backup/commands/mend-scene.js';
import { createBackup } from '../../../lib/backup/create-backup.js';
import { openFailure } from '../../../lib/backup/docker/open-container.js';
import { notOpened } from '../../../lib/backup/embedded/embedded-opener.js';
import { restoreBackup } from '../../../lib/backup/restore/restore-backup.js';
import type { RestorePlan } from '../../../lib/backup/restore/restore-plan.js';
import { readRestoreRecord } from '../../../lib/backup/restore/restore-record.js';
import type { Snapshot, Snapshotter } from '../../../lib/backup/snapshotter.js';
import { Output } from '../../../lib/cli/index.js';
import { openRuntime, stateFolder } from '../../../lib/runtime/index.js';

const { signal } = new AbortController();

const FACTS: Snapshot['facts'] = {
  server: {
    kind: 'embedded',
    version: '1',
    image: null,
    imageDigest: null,
    storeFormat: 1,
  },
  sample: false,
  index: {
    cursorUs: null,
    endpoint: null,
    startedAt: null,
    completeSince: null,
    dids: 1,
    targetables: 2,
    linkingRecords: 3,
  },
  sentinels: [],
};

/** An index whose data folder has these files. */
function dataOf(names: readonly string[]): Snapshotter {
  return {
    runtime: 'embedded',
    plan: () =>
      Promise.resolve({
        method: 'hot-copy',
        text: '',
        source: '/srv/data',
        sizeBytes: 1,
        scratchBytes: 0,
      }),
    take: () =>
      Promise.resolve({
        method: 'hot-copy',
        facts: FACTS,
        pauseMs: 0,
        eachFile: async (take) => {
          for (const name of names) {
            const content = Readable.from([Buffer.from('x')]);
            await take({ name, sizeBytes: 1, content });
          }
        },
        release: () => Promise.resolve(),
      }),
  };
}

async function backUp(
  folder: string,
  names: readonly string[]
): Promise<string> {
  const made = await createBackup(dataOf(names), {
    folder,
    compression: 'gzip',
    envCopy: null,
    signal,
  });
  return made.path;
}

t.test('what could not be read again is no backup', async (t) => {
  const folder = t.testdir();
  await t.rejects(backUp(folder, []), {
    code: 'SNAPSHOT_FAILED',
    message: /no file in \/srv\/data/,
  });
  await t.rejects(backUp(folder, ['000012.sst', '.strange name']), {
    code: 'DAMAGED',
  });
  t.strictSame(readdirSync(folder), [], 'nothing is left');
});

t.test('only a server that gave up speaks against its data', async (t) => {
  const died = { message: 'Corruption: bad block', lastLines: [] };
  const late = new Error('not ready within 300000 ms');
  t.match(openFailure(late, { ...died, wasKilled: false }), {
    code: 'MISMATCH',
    message: /Corruption: bad block/,
  });
  t.match(
    openFailure(late, { ...died, message: 'no memory left', wasKilled: true }),
    {
      code: 'NOT_LOOKED_AT',
      message: /no memory left/,
    }
  );
  t.match(openFailure(late, null), {
    code: 'NOT_LOOKED_AT',
    message: /not ready within/,
    suggestion: /verify/,
  });
});

t.test('an index that was killed says nothing against its data', async (t) => {
  const gaveUp = { killedBy: null, isLate: false, said: 'MDB_CORRUPTED\n' };
  t.match(notOpened('/b', gaveUp, null), {
    code: 'MISMATCH',
    message: /does not open \/b: MDB_CORRUPTED/,
  });
  for (const [end, why] of [
    [{ ...gaveUp, killedBy: 'SIGKILL' }, /SIGKILL/],
    [{ ...gaveUp, isLate: true }, /not within \d+ ms/],
  ] as const) {
    t.match(notOpened('/b', end, null), {
      code: 'NOT_LOOKED_AT',
      message: why,
      suggestion: /verify/,
    });
  }
});

/** Answers `/` with what was noted. */
async function startOverview(): Promise<Server> {
  const { dids, targetables, linkingRecords } = FACTS.index;
  const stats = { dids, targetables, linking_records: linkingRecords };
  const text = JSON.stringify({ days_indexed: 1, stats });
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

t.test('a restore that cannot go back does not say it has', async (t) => {
  const root = t.testdir();
  const server = await startOverview();
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const backup = await chooseBackup(root, await backUp(root, ['index.mdb']));
  const folder = stateFolder(path.join(root, 'state'));
  const plan: RestorePlan = {
    backup,
    dataPath: '/srv/data',
    present: { sizeBytes: 1, sample: false },
    freshPath: '/srv/data.fresh',
    keptPath: '/srv/data.kept',
    stops: false,
    startsAfter: false,
    config: null,
    warning: null,
  };
  const run = new AbortController();
  const restored = restoreBackup(plan, {
    runtime: openRuntime('embedded', { folder }),
    place: {
      fresh: {
        unpack: () => Promise.resolve(),
        open: () =>
          Promise.resolve({
            api: `http://127.0.0.1:${port}`,
            explain: (error) => Promise.resolve(error),
            close: () => Promise.resolve(),
          }),
        remove: () => Promise.resolve(),
      },
      prepare: () => Promise.resolve(),
      swap: () => {
        run.abort(new Error('asked to end'));
        return Promise.resolve({
          keptPath: plan.keptPath,
          undo: () => Promise.reject(new Error('read-only file system')),
        });
      },
      settle: () => Promise.reject(new Error('not reached')),
      accept: () => Promise.reject(new Error('not reached')),
    },
    recordFile: folder.restore,
    signal: run.signal,
    resumeMs: 0,
  });
  await t.rejects(restored, {
    code: 'NOT_UNDONE',
    message:
      /asked to end.*so did going back: read-only file system.*\/srv\/data\.kept/,
    suggestion: /status/,
  });
  t.match(await readRestoreRecord(folder.restore), { phase: 'starting' });
});

t.test('where nothing was set up there is nothing to mend', async (t) => {
  const state = path.join(t.testdir(), 'none');
  const scene = await openScene({ state, backups: undefined });
  await mendScene(scene, new Output(), signal);
  t.notOk(existsSync(state), 'no folder is made for a lock');
});

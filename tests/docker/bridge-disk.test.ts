/**
 * The disk of an index that does not tell it, as the real server, on the bridge
 * that setup puts beside it. The index is RocksDB's engine in a stand-in.
 */

import path from 'node:path';
import t from 'tap';
import { BRIDGE_SERVICE, INDEX_SERVICE } from '../../lib/compose/index.js';
import {
  BASE,
  COMPOSES,
  docker,
  inspect,
  requireEngine,
  run,
  until,
} from '../fixtures/docker/engine.js';
import { buildRocksImage } from '../fixtures/docker/rocks-image.js';
import {
  startReachableStream,
  startWriting,
} from '../fixtures/docker/rocks-load.js';
import { makePlace } from '../fixtures/docker/set-up.js';
import { freePort } from '../fixtures/free-port.js';

const IMAGE = `clbdisk-${process.pid}`;
const BRIDGE_IMAGE = `constellation-local-bridge:disk-${process.pid}`;
const MIB = 1024 * 1024;

interface Disk {
  readonly dataBytes: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly bytesPerDay: number | null;
}

const generation = COMPOSES.find(({ name }) => name === 'v2');
if (generation === undefined) throw new Error('no Compose');
await requireEngine([BASE.debian, BASE.node]);
t.teardown(() => run(['docker', 'rmi', '-f', IMAGE, BRIDGE_IMAGE]));
await buildRocksImage(IMAGE);
const simulator = await startReachableStream(t);
const env = {
  CONSTELLATION_IMAGE: IMAGE,
  CONSTELLATION_BRIDGE_IMAGE: BRIDGE_IMAGE,
  CONSTELLATION_BRIDGE_NODE_IMAGE: BASE.node,
};
const place = await makePlace(t, { generation, project: IMAGE, env });
const { script, stack, state, api } = place;
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const done = await script(
  'setup',
  ...['--runtime', 'docker', '--project-name', IMAGE, ...place.ports],
  ...['--bridge-port', `${port}`, '--fallback-url', 'off'],
  ...['--jetstream', simulator.url]
);
if (done.code !== 0) throw new Error(done.stderr);
const bridge = await stack.idOf(BRIDGE_SERVICE);
const volume = `${IMAGE}_constellation-data`;

async function seen(): Promise<Disk | null> {
  const body: unknown = await fetch(`${url}/health`).then(
    (answer) => answer.json(),
    () => null
  );
  const { local } = (body ?? {}) as { local?: { disk: Disk | null } };
  return local?.disk ?? null;
}

t.test('the index tells nothing, the bridge measures', async (t) => {
  t.equal((await fetch(`${api}/health`)).status, 404);
  const first = await until(seen, Boolean, 'a look at the data');
  t.ok((first?.freeBytes ?? 0) > MIB);
  t.ok((first?.totalBytes ?? 0) > (first?.freeBytes ?? 0));
  t.equal(first?.bytesPerDay, null, 'one look says nothing of a day');
  const page = await (await fetch(`${url}/status`)).text();
  t.match(page, /of data, .* free; how fast it grows is not known yet/);
  t.match(await inspect(bridge), {
    Config: { User: '10001:10001' },
    Mounts: [{ Name: volume, Destination: '/index', RW: false }],
  });
});

t.test('it sees the data grow', async (t) => {
  const before = (await seen())?.dataBytes ?? Infinity;
  await startWriting(api);
  await until(
    () => docker('exec', bridge, 'du', '-sb', '/index'),
    // Merging makes it smaller again for a while.
    (text) => Number(text.split('\t')[0]) > before + 16 * MIB,
    'more data'
  );
  await fetch(`${api}/_load/stop`);
  // It looks again when it is started, else after five minutes.
  await docker('restart', bridge);
  const after = await until(seen, Boolean, 'another look');
  t.ok((after?.dataBytes ?? 0) > before + MIB);
  t.match(
    await (await fetch(`${url}/metrics`)).text(),
    /^bridge_local_data_bytes \d{7,}$/m
  );
});

t.test('the volume goes with both containers', async (t) => {
  const gone = await script(
    'teardown',
    ...['--volumes', '--no-backup', '--confirm', path.basename(state)]
  );
  t.equal(gone.code, 0, gone.stderr);
  t.equal(await stack.idOf(BRIDGE_SERVICE), '');
  t.equal(await stack.idOf(INDEX_SERVICE), '');
  t.equal(await docker('volume', 'ls', '-q', '--filter', `name=${volume}`), '');
});

import t from 'tap';
import type { JetstreamEvent } from '../../../../microcosm-bridge/constellation-embedded/event.js';
import { Committer } from '../../../../microcosm-bridge/constellation-embedded/writer/committer.js';
import type { BatchSink } from '../../../../microcosm-bridge/constellation-embedded/writer/committer.js';
import { isDiskFull } from '../../../../microcosm-bridge/constellation-embedded/writer/disk-space.js';
import { like } from '../../../fixtures/index-store.js';

const POSITION = { cursor: 9, endpoint: 'ws://test' };
const NEVER = new AbortController().signal;

/** Takes everything but what `refuse` refuses. */
function sink(refuse: (event: JetstreamEvent) => boolean): {
  writer: BatchSink;
  taken: JetstreamEvent[];
  cursors: number[];
} {
  const taken: JetstreamEvent[] = [];
  const cursors: number[] = [];
  const writer = {
    state: { cursor: 1, endpoint: 'ws://test' },
    apply: (
      events: readonly JetstreamEvent[],
      { cursor }: { cursor: number }
    ) => {
      if (events.some(refuse)) throw new Error('refused');
      taken.push(...events);
      cursors.push(cursor);
    },
  };
  return { writer, taken, cursors };
}

t.test(
  'one event that the store refuses is left out, the others go in, in order',
  async (t) => {
    const events = ['1', '2', '3', '4', '5'].map((rkey) =>
      like('did:plc:a', rkey, 'at://did:plc:b/c/d')
    );
    const { writer, taken, cursors } = sink((event) => event === events[3]);
    const rejected: JetstreamEvent[] = [];
    const committer = new Committer({
      writer,
      dataPath: '/nowhere',
      minFreeBytes: 0,
      free: () => 1,
      onPause: () => t.fail('no pause'),
      onResume: () => t.fail('no resume'),
      onReject: (event) => rejected.push(event),
    });
    t.equal(await committer.commit(events, POSITION, NEVER), true);
    t.same(rejected, [events[3]]);
    t.same(
      taken,
      events.filter((event) => event !== events[3])
    );
    t.equal(cursors.at(-1), POSITION.cursor);
    t.ok(cursors.slice(0, -1).every((cursor) => cursor === 1 || cursor === 9));
  }
);

t.test(
  'indexing waits while the disk is full and goes on by itself',
  async (t) => {
    const { writer, taken } = sink(() => false);
    let free = 10;
    const seen: string[] = [];
    const committer = new Committer({
      writer,
      dataPath: '/data',
      minFreeBytes: 100,
      free: () => free,
      onPause: ({ message }) => {
        seen.push(message);
        free = 1000;
      },
      onResume: () => seen.push('resumed'),
      onReject: () => t.fail('nothing is refused'),
    });
    const event = like('did:plc:a', '1', 'at://did:plc:b/c/d');
    t.equal(await committer.commit([event], POSITION, NEVER), true);
    t.match(seen, [
      /indexing is paused: the disk of \/data is full/,
      'resumed',
    ]);
    t.same(taken, [event]);
    t.equal(committer.pause, null);
  }
);

t.test(
  'indexing waits while the data folder is away and goes on when it is back',
  async (t) => {
    const { writer, taken } = sink(() => false);
    let away = true;
    const seen: string[] = [];
    const committer = new Committer({
      writer,
      dataPath: '/data',
      minFreeBytes: 100,
      free: () => {
        if (away) throw new Error('ENOENT: no such file or directory');
        return 1000;
      },
      onPause: ({ reason, message }) => {
        t.same(taken, [], 'nothing is written to what is open');
        seen.push(reason, message);
        away = false;
      },
      onResume: ({ reason }) => seen.push(`no more ${reason}`),
      onReject: () => t.fail('nothing is refused'),
    });
    const event = like('did:plc:a', '1', 'at://did:plc:b/c/d');
    t.equal(await committer.commit([event], POSITION, NEVER), true);
    t.match(seen, [
      'data-away',
      'indexing is paused: /data is not in its place (ENOENT: no such file or directory); put it back and it goes on by itself',
      'no more data-away',
    ]);
    t.same(taken, [event]);
    t.equal(committer.pause, null);
  }
);

t.test(
  'a stop while the disk is full ends the wait without the batch',
  async (t) => {
    const { writer, taken } = sink(() => false);
    const stop = new AbortController();
    const committer = new Committer({
      writer,
      dataPath: '/data',
      minFreeBytes: 100,
      free: () => 10,
      onPause: () => {
        stop.abort();
      },
      onResume: () => undefined,
      onReject: () => undefined,
    });
    const event = like('did:plc:a', '1', 'at://did:plc:b/c/d');
    t.equal(await committer.commit([event], POSITION, stop.signal), false);
    t.same(taken, []);
    t.match(committer.pause, { reason: 'disk-full' });
  }
);

t.test('a full disk is told from other failures', async (t) => {
  const lmdb = Object.assign(new Error('No space left on device'), {
    code: 28,
  });
  const system = Object.assign(new Error('x'), { code: 'ENOSPC' });
  t.ok(isDiskFull(lmdb));
  t.ok(isDiskFull(system));
  t.notOk(isDiskFull(new Error('MDB_BAD_TXN')));
  t.notOk(isDiskFull('text'));
});

import t from 'tap';
import { unframed } from '../../../../lib/runtime/docker/container-output.js';
import type { ContainerFacts } from '../../../../lib/runtime/docker/container.js';
import { judgeContainer } from '../../../../lib/runtime/docker/describe-container.js';
import { isAsSaid } from '../../../../lib/runtime/docker/dependencies.js';
import { halfMade } from '../../../../lib/runtime/docker/half-made.js';
import {
  hasMoved,
  keptImagesText,
} from '../../../../lib/runtime/docker/kept-images.js';
import { conditionOfService } from '../../../../lib/runtime/docker/recreate-services.js';
import { askedToStopAt } from '../../../../lib/runtime/docker/stop-under-way.js';

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
  stopSignal: null,
  stopGraceSeconds: null,
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-02T00:00:00Z',
  health: { status: 'healthy', failingStreak: 0, history: [] },
  environment: {},
  mounts: new Map(),
  ports: new Map(),
  addresses: new Map(),
  labels: {},
};

t.test('a dependency that Compose would not make anew', async (t) => {
  const labels = { 'com.docker.compose.config-hash': 'h' };
  const made = { ...CONTAINER, labels, imageId: 'sha256:1' };
  const ill = { status: 'unhealthy', failingStreak: 1, history: [] } as const;
  for (const [container, hash, imageId, stays, what] of [
    [made, 'h', 'sha256:1', true, 'as it was made'],
    [made, 'i', 'sha256:1', false, 'its lines in the files were changed'],
    [made, 'h', 'sha256:2', false, 'another image was pulled'],
    [made, 'h', undefined, false, 'its image has no name any more'],
    [made, undefined, 'sha256:1', false, 'Compose does not say'],
    [{ ...made, status: 'exited' }, 'h', 'sha256:1', false, 'stopped'],
    [{ ...made, health: ill }, 'h', 'sha256:1', false, 'not well'],
  ] as const) {
    t.equal(isAsSaid(container, hash, imageId), stays, what);
  }
});

t.test('an image whose name has moved is kept', async (t) => {
  const id = 'sha256:1';
  for (const [image, namedId, moved, what] of [
    ['app:1', id, false, 'as it was made'],
    ['app:1', 'sha256:2', true, 'pulled or built since'],
    ['app:1', undefined, true, 'the name is gone'],
    [id, id, true, 'kept before'],
  ] as const) {
    t.equal(hasMoved({ image, imageId: id }, namedId), moved, what);
  }
  t.equal(
    keptImagesText(new Map([['app', id]])),
    'services:\n  app:\n    image: sha256:1\n'
  );
});

t.test('what an interrupted up has left is known', async (t) => {
  const at = (place: string, change: Partial<ContainerFacts>) => ({
    ...CONTAINER,
    ...change,
    labels: { 'com.docker.compose.container-number': place },
  });
  const old = at('1', { id: 'old' });
  const next = at('1', { id: 'next', status: 'created' });
  t.strictSame(halfMade([next, old]), [next]);
  t.strictSame(halfMade([next, { ...old, status: 'exited' }]), [next]);
  t.strictSame(halfMade([next]), [], 'there is no other');
  t.strictSame(halfMade([at('2', { status: 'created' }), old]), [], 'a second');
  t.strictSame(halfMade([old, at('1', { id: 'both' })]), [], 'it was started');

  const event = (Action: string, time: number, signal = ''): string =>
    JSON.stringify({ Action, time, Actor: { Attributes: { signal } } });
  for (const [events, stopSignal, asked, what] of [
    [[event('kill', 7, '15')], null, 7000, 'by docker stop'],
    [[event('kill', 7, '2')], 'SIGINT', 7000, 'as it wants to be asked'],
    [[event('kill', 7, '1')], null, null, 'a signal that ends nothing'],
    [[event('kill', 7, '15'), event('die', 8)], null, null, 'it has ended'],
    [[event('die', 7), event('start', 8)], null, null, 'it runs again'],
    [['{', '[]', '{"Action":"kill"}'], null, null, 'nothing that is known'],
  ] as const) {
    t.equal(askedToStopAt(events, stopSignal), asked, what);
  }
});

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

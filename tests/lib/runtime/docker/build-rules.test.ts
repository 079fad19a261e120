import t from 'tap';
import { stepContainer } from '../../../../lib/runtime/docker/compose-build.js';
import { buildReason } from '../../../../lib/runtime/docker/build-failure.js';
import {
  afterLine,
  BUILD_BEGIN,
  fractionOf,
  stageText,
} from '../../../../lib/runtime/docker/build-progress.js';

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

t.test('what a classic builder is at is known by what it prints', async (t) => {
  const after = (...lines: readonly string[]): string | null =>
    lines.reduce(stepContainer, null);
  const [first, second] = [
    ' ---> Running in 7980e96b1f1f',
    ' ---> Running in 38c21afcfea0',
  ];
  t.equal(after('Step 2/3 : RUN a', first, 'a'), '7980e96b1f1f');
  for (const removed of [
    'Removing intermediate container 7980e96b1f1f',
    ' ---> Removing intermediate container 7980e96b1f1f',
  ]) {
    t.equal(after(first, removed), null);
    t.equal(after(first, removed, second), '38c21afcfea0');
    t.equal(after(second, removed), '38c21afcfea0', 'of another one');
  }
  t.equal(after('#5 0.1  ---> Running in 7980e96b1f1f'), null, 'BuildKit');
});

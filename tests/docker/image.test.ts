import { appendFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { COMPOSES, docker, inspect, run } from '../fixtures/docker/engine.js';
import {
  copyOverlay,
  prepareOverlayImage,
} from '../fixtures/docker/overlay-image.js';

const NAME = `climg-${process.pid}`;
const { build } = await prepareOverlayImage(t, NAME);

/** When the program was compiled: it changes only when it is compiled again. */
async function compiledAt(image: string): Promise<string> {
  return await docker(
    ...['run', '--rm', '--entrypoint', 'stat', image],
    ...['-c', '%y', '/usr/local/bin/main']
  );
}

for (const generation of COMPOSES) {
  const builder = generation.name === 'v1' ? 'the classic builder' : 'BuildKit';
  t.test(
    `${builder} makes the image, and compiles no more than it has to`,
    async (t) => {
      const cwd = copyOverlay(t.testdir());
      const image = `${NAME}-${generation.name}`;
      const scripts = path.join(cwd, 'microcosm-bridge/constellation/runtime');
      t.teardown(() => run(['docker', 'rmi', '-f', image]));
      await build(generation, cwd, image, 'v1');
      const first = await compiledAt(image);
      t.match(await inspect(image), {
        Config: {
          User: '10001:10001',
          StopSignal: 'SIGINT',
          Volumes: { '/data': {} },
          ExposedPorts: { '6789/tcp': {}, '8765/tcp': {} },
          Labels: {
            'org.opencontainers.image.licenses': 'AGPL-3.0-only',
            'org.opencontainers.image.source': 'file:///repository',
            'org.opencontainers.image.version': 'v1',
          },
        },
      });
      appendFileSync(
        path.join(scripts, 'constellation-entrypoint'),
        '# more\n'
      );
      await build(generation, cwd, image, 'v1');
      t.equal(await compiledAt(image), first, 'a script: not compiled again');
      t.match(
        await docker(
          'run',
          '--rm',
          '--entrypoint',
          'tail',
          image,
          '-n1',
          '/usr/local/bin/constellation-entrypoint'
        ),
        '# more'
      );
      await build(generation, cwd, image, 'main');
      t.not(await compiledAt(image), first, 'another revision: compiled');
      const licences = await docker(
        'run',
        '--rm',
        '--entrypoint',
        'ls',
        image,
        '/usr/share/doc/constellation'
      );
      t.match(licences, /REVISION/);
      t.match(licences, /licence/);
    }
  );
}

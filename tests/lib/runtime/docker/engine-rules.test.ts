import t from 'tap';
import { judgeCompose } from '../../../../lib/runtime/docker/compose-program.js';
import {
  composeCommand,
  projectNameOf,
} from '../../../../lib/runtime/docker/compose-stack.js';
import { explainAccess } from '../../../../lib/runtime/docker/engine-access.js';
import { engineAddress } from '../../../../lib/runtime/docker/engine-address.js';

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
      { command: ['docker', 'compose'], generation: 2 },
      {
        project: 'p',
        folder: '/a b',
        envFolder: '/a b',
        baseFiles: ['/a b/c.yml'],
        overlayFile: '/o.yml',
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

t.test('the .env of another folder is read as Compose reads it', async (t) => {
  const stack = {
    project: null,
    folder: '/a/docker',
    envFolder: '/a',
    baseFiles: ['/a/docker/c.yml'],
    overlayFile: '/o.yml',
  };
  const told = (generation: 1 | 2, isBeside = true): readonly string[] => {
    const program = { command: ['x'] as const, generation };
    return composeCommand(program, stack, 'base', ['config'], () => isBeside);
  };
  const start = ['x', '--project-directory', '/a/docker'];
  const own = ['--env-file', '/a/.env', '-f', '/a/docker/c.yml', 'config'];
  const both = ['--env-file', '/a/docker/.env', ...own];
  t.strictSame(told(2), [...start, ...both], 'the last one wins');
  t.strictSame(told(2, false), [...start, ...own]);
  t.strictSame(told(1), [...start, ...own], 'Compose 1 reads one');
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

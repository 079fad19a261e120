import t from 'tap';
import { childEnvironment } from '../../../../lib/runtime/embedded/child-environment.js';
import {
  hostPort,
  indexCommand,
  simulatorCommand,
} from '../../../../lib/runtime/embedded/embedded-command.js';
import { stateFolder } from '../../../../lib/runtime/state-folder.js';
import { standInConfig } from '../../../fixtures/runtime/scratch.js';

const FOLDER = stateFolder('/srv/two words/ünï');

t.test('the index gets its flags as separate arguments', async (t) => {
  const config = {
    ...standInConfig('x'),
    port: 6789,
    jetstream: ['us-east-2', 'us-west-1'],
    metricsPort: 8765,
    workers: 3,
    retainDays: 90,
    dataPath: '/srv/da ta; rm -rf /',
  };
  const { file, args } = indexCommand(
    '/p/main.ts',
    config,
    FOLDER,
    null,
    'tsx'
  );
  t.equal(file, process.execPath);
  t.strictSame(args, [
    ...['--import', 'tsx', '/p/main.ts'],
    ...['--bind', '127.0.0.1:6789'],
    ...['--jetstream', 'us-east-2,us-west-1'],
    ...['--data', '/srv/da ta; rm -rf /'],
    ...['--log-file', '/srv/two words/ünï/logs/embedded.log'],
    ...['--log-level', 'info'],
    ...['--collect-metrics', '--bind-metrics', '127.0.0.1:8765'],
    ...['--backup-state', FOLDER.backup],
    ...['--workers', '3', '--retain-days', '90'],
  ]);
});

t.test('sample data comes from the simulator', async (t) => {
  const config = { ...standInConfig('x'), sample: true, dataPath: '/d' };
  const stream = 'ws://127.0.0.1:5/subscribe';
  const { args } = indexCommand('/p/main.ts', config, FOLDER, stream, 'tsx');
  t.equal(args[args.indexOf('--jetstream') + 1], stream);
  t.ok(args.includes('--sample-data'));
  t.notOk(args.includes('--collect-metrics'));
  t.strictSame(simulatorCommand('/p/sim.ts', 'tsx').args, [
    ...['--import', 'tsx', '/p/sim.ts', '--sample', '--port', '0'],
  ]);
});

t.test('IPv6 addresses are bracketed', async (t) => {
  t.equal(hostPort('::1', 80), '[::1]:80');
  t.equal(hostPort('127.0.0.1', 80), '127.0.0.1:80');
});

t.test('secrets and npm variables of the shell stay there', async (t) => {
  const environment = childEnvironment({
    PATH: '/bin',
    HOME: '/home/a',
    LC_ALL: 'C',
    REDIS_URL: 'redis://:secret@host',
    AWS_SECRET_ACCESS_KEY: 'x',
    npm_config_node_options: 'y',
    TAP: '1',
    NODE_OPTIONS:
      '--import=data:text/javascript,import%7B --max-old-space-size=300 --import=file:///x/@tapjs/processinfo',
  });
  t.match(environment, { PATH: '/bin', HOME: '/home/a', LC_ALL: 'C' });
  t.equal(environment['NODE_OPTIONS'], '--max-old-space-size=300');
  t.match(environment['TSX_TSCONFIG_PATH'], /tsconfig\.json$/);
  t.equal(Object.keys(environment).length, 5);
  t.notOk('NODE_OPTIONS' in childEnvironment({ PATH: '/bin' }));
});

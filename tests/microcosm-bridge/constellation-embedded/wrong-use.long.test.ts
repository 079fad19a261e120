/** What the process refuses before it serves: its flags, its data folder. */

import { join } from 'node:path';
import t from 'tap';
import { runEmbeddedProcess } from '../../fixtures/embedded-process.js';

t.test('wrong use is said, with exit code 2', async (t) => {
  const cases: [string[], RegExp][] = [
    [['--nope'], /unknown flag --nope/],
    [['--jetstream', 'us-east-1'], /--data DIR/],
    [['--data', 'x'], /--jetstream URL/],
    [['--data', 'x', '--jetstream', 'http://host'], /ws:\/\//],
    [['--data', 'x', '--jetstream', 'us-east-1', '--no-stream'], /neither/],
    [
      ['--data', 'x', '--jetstream', 'us-east-1', '--bind', 'x:70000'],
      /--bind/,
    ],
    [
      ['--data', 'x', '--jetstream', 'us-east-1', '--workers', '0'],
      /--workers/,
    ],
  ];
  await Promise.all(
    cases.map(async ([args, text]) => {
      const { code, stderr, stdout } = await runEmbeddedProcess(args);
      t.equal(code, 2, args.join(' '));
      t.match(stderr, text);
      t.match(stderr, /--help/);
      t.equal(stdout, '');
    })
  );
});

t.test(
  'a data folder that cannot be used is said, with exit code 1',
  async (t) => {
    const marker = { format: 99, createdAt: '2099-01-01', sample: false };
    const folder = t.testdir({
      file: 'x',
      foreign: { 'a.txt': 'x' },
      newer: { 'constellation-embedded.json': JSON.stringify(marker) },
    });
    const cases: [string, RegExp][] = [
      ['file', /is a file, not a folder/],
      ['foreign', /was not made by the embedded index/],
      ['newer', /has format 99, this version reads format 1/],
      ['/proc/none', /cannot be used/],
    ];
    await Promise.all(
      cases.map(async ([name, text]) => {
        const data = name.startsWith('/') ? name : join(folder, name);
        const { code, stderr } = await runEmbeddedProcess([
          '--data',
          data,
          '--jetstream',
          'ws://127.0.0.1:1',
        ]);
        t.equal(code, 1, name);
        t.match(stderr, text);
      })
    );
  }
);

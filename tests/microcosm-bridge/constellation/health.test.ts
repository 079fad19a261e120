import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { RUNTIME } from '../../fixtures/constellation/entrypoint.js';
import {
  startStandIn,
  type StandIn,
} from '../../fixtures/constellation/metrics-server.js';
import { writeUptime } from '../../fixtures/constellation/uptime-file.js';

interface Probe {
  readonly code: number | null;
  readonly line: string;
}

/** A stand-in, a clock, and the probe that Docker runs in the container. */
class Container {
  readonly #dir: string;
  #seconds = 1000;
  readonly server: StandIn;

  constructor(server: StandIn, dir: string) {
    this.server = server;
    this.#dir = dir;
    mkdirSync(join(dir, 'state'), { recursive: true });
    mkdirSync(join(dir, 'data'));
    this.limit(60);
    this.pass(0);
  }

  /** The file in the volume that tells when nothing moved. */
  get movement(): string {
    return join(this.#dir, 'data', '.movement');
  }

  limit(seconds: number): void {
    writeFileSync(join(this.#dir, 'state', 'stale-after'), `${seconds}\n`);
  }

  pass(seconds: number): void {
    this.#seconds += seconds;
    writeUptime(join(this.#dir, 'uptime'), this.#seconds);
  }

  async probe(env: Record<string, string> = {}): Promise<Probe> {
    const child = spawn(join(RUNTIME, 'constellation-health'), {
      env: {
        PATH: process.env['PATH'],
        CONSTELLATION_STATE_DIR: join(this.#dir, 'state'),
        CONSTELLATION_UPTIME_FILE: join(this.#dir, 'uptime'),
        CONSTELLATION_API_PORT: String(this.server.apiPort),
        CONSTELLATION_METRICS_INTERNAL_PORT: String(this.server.metricsPort),
        CONSTELLATION_PROBE_TIMEOUT: '20',
        CONSTELLATION_DATA_DIR: join(this.#dir, 'data'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let line = '';
    child.stdout.on('data', (chunk: Buffer) => (line += chunk.toString()));
    const code = await new Promise<number | null>((done) =>
      child.once('close', done)
    );
    return { code, line };
  }
}

async function container(t: Test): Promise<Container> {
  const server = await startStandIn();
  t.teardown(() => server.close());
  return new Container(server, t.testdir());
}

t.test(
  'before the first event it is starting, however long it takes',
  async (t) => {
    const it = await container(t);
    for (const metrics of [
      '',
      'jetstream_cursor_age 0\n',
      'jetstream_read 0\nconsumer_events_actionable 0\n',
    ]) {
      it.server.answers.metrics = metrics;
      const { code, line } = await it.probe();
      t.equal(code, 1);
      t.match(line, /^starting: the API answers, no event/);
      it.pass(1000);
    }
  }
);

t.test('healthy takes two readings that differ', async (t) => {
  const it = await container(t);
  it.server.answers.metrics = 'jetstream_read 500\n';
  t.match(await it.probe(), { code: 1, line: /^starting: .*second reading/ });
  it.pass(10);
  t.match(await it.probe(), { code: 1, line: /^starting/ }, 'the same again');
  it.server.answers.metrics = 'jetstream_read 600\n';
  t.match(await it.probe(), { code: 0, line: /^healthy/ });
});

t.test('a stream that runs is seen to by the first check', async (t) => {
  const it = await container(t);
  let read = 0;
  it.server.answers.metrics = () => `jetstream_read ${++read}\n`;
  t.match(await it.probe(), { code: 0, line: /^healthy/ });
  t.equal(read, 2, 'by two readings');
  t.match(await it.probe(), { code: 0, line: /^healthy/ });
  t.equal(read, 3, 'later ones need one');
});

t.test(
  'it is stalled when nothing has moved for as long as the limit',
  async (t) => {
    const it = await container(t);
    it.limit(45);
    it.server.answers.metrics = 'jetstream_read 1\n';
    await it.probe();
    it.server.answers.metrics = 'jetstream_read 2\n';
    t.equal((await it.probe()).code, 0);
    it.pass(44);
    t.match(await it.probe(), { code: 0, line: /last movement 44 s ago/ });
    it.pass(1);
    t.match(await it.probe(), { code: 1, line: /^stalled: .* 45 s/ });
    it.server.answers.metrics = 'jetstream_read 3\n';
    t.match(await it.probe(), { code: 0, line: /^healthy/ }, 'and recovers');
  }
);

t.test(
  'a cursor age that freezes at a low value is no freshness',
  async (t) => {
    const it = await container(t);
    const metrics = (read: number): string =>
      `jetstream_cursor_age_microseconds ${1000 + read}\njetstream_read ${read}\n`;
    it.server.answers.metrics = metrics(1);
    await it.probe();
    it.server.answers.metrics = metrics(2);
    await it.probe();
    it.pass(60);
    it.server.answers.metrics =
      'jetstream_cursor_age_microseconds 7\njetstream_read 2\n';
    t.match(await it.probe(), { code: 1, line: /^stalled/ });
  }
);

t.test('both counters are known under any unit suffix', async (t) => {
  for (const [one, two] of [
    ['jetstream_read 1', 'jetstream_read 2'],
    ['jetstream_read_bytes_bytes 1', 'jetstream_read_bytes_bytes 2'],
    [
      'consumer_events_actionable_count{action_type="a b}",collection="c"} 1',
      'consumer_events_actionable_count{action_type="a b}",collection="c"} 2',
    ],
    [
      'consumer_events_actionable 9.9e+06',
      'consumer_events_actionable 1e+07\r',
    ],
  ] as const) {
    const it = await container(t);
    it.server.answers.metrics = `# TYPE x counter\n${one}\n`;
    await it.probe();
    it.server.answers.metrics = `# TYPE x counter\n${two}\n`;
    t.match(await it.probe(), { code: 0, line: /^healthy/ }, one);
  }
});

t.test('reading alone is not ingesting', async (t) => {
  const it = await container(t);
  const metrics = (read: number, taken: number): string =>
    `jetstream_read ${read}\nconsumer_events_actionable ${taken}\n`;
  it.server.answers.metrics = metrics(1, 1);
  await it.probe();
  it.server.answers.metrics = metrics(2, 2);
  t.equal((await it.probe()).code, 0);
  it.pass(60);
  it.server.answers.metrics = metrics(3, 2);
  t.match(await it.probe(), { code: 1, line: /^stalled/ });
});

t.test('hours in which nothing moved are noted in the volume', async (t) => {
  const it = await container(t);
  const nowS = Math.floor(Date.now() / 1000);
  let count = 0;
  const move = async (): Promise<string> => {
    count += 1;
    it.server.answers.metrics = `jetstream_read ${count}\n`;
    await it.probe();
    return existsSync(it.movement) ? readFileSync(it.movement, 'utf8') : '';
  };
  t.equal(await move(), '', 'one reading is no movement');
  t.match(await move(), /^moved \d+\n$/);
  const noted = await move();
  t.match(noted, /^moved \d+\n$/, 'once a minute is enough');
  // As if it were hours ago: what is in the volume is from before a restart.
  writeFileSync(it.movement, `moved ${nowS - 7200}\ngap 100 5000\n`);
  t.match(
    await move(),
    new RegExp(`^moved (\\d+)\ngap 100 5000\ngap ${nowS - 7200} \\1\n$`)
  );
  writeFileSync(it.movement, `moved ${nowS - 3000}\ngap 100 5000\n`);
  t.match(await move(), /^moved \d+\ngap 100 5000\n$/, 'less than an hour');
  for (const bad of ['', 'moved\n', 'moved x\n', `moved ${nowS + 9999}\n`]) {
    writeFileSync(it.movement, bad);
    t.match(await move(), /^moved \d+\n$/, JSON.stringify(bad));
    t.notMatch(readFileSync(it.movement, 'utf8'), nowS + 9999);
  }
  rmSync(it.movement);
  mkdirSync(it.movement);
  count += 1;
  it.server.answers.metrics = `jetstream_read ${count}\n`;
  t.match(await it.probe(), { code: 0, line: /^healthy/ }, 'it cannot be');
});

t.test('what does not answer is said', async (t) => {
  const it = await container(t);
  it.server.answers.metrics = 'jetstream_read 1\n';

  it.server.answers.api = { status: 503, body: '' };
  t.match(await it.probe(), {
    code: 1,
    line: /^unhealthy: the API answered .*503/,
  });

  it.server.answers.api = null;
  t.match(await it.probe({ CONSTELLATION_PROBE_TIMEOUT: '0.5' }), {
    code: 1,
    line: /^unhealthy: the API did not answer in time/,
  });

  it.server.answers.api = { status: 200, body: '' };
  it.server.answers.metrics = null;
  t.match(await it.probe({ CONSTELLATION_PROBE_TIMEOUT: '1' }), {
    code: 1,
    line: /^unhealthy: the metrics on port \d+ do not answer/,
  });

  await it.server.close();
  t.match(await it.probe(), {
    code: 1,
    line: /^unhealthy: nothing answers on/,
  });
});

t.test('a megabyte of metrics is read in one go', async (t) => {
  const it = await container(t);
  const filler = Array.from(
    { length: 20_000 },
    (_, index) => `http_requests{agent="agent number ${index}"} 1\n`
  ).join('');
  it.server.answers.metrics = `${filler}jetstream_read 1\n`;
  await it.probe();
  it.server.answers.metrics = `${filler}jetstream_read 2\n`;
  t.match(await it.probe(), { code: 0 });
});

t.test('one user agent asks', async (t) => {
  const it = await container(t);
  await it.probe();
  await it.probe();
  t.same([...it.server.agents], ['constellation-local-health']);
});

t.test('a state folder it cannot write is said', async (t) => {
  const it = await container(t);
  it.server.answers.metrics = 'jetstream_read 1\n';
  const file = join(t.testdir({ file: '' }), 'file');
  chmodSync(file, 0o444);
  t.match(await it.probe({ CONSTELLATION_STATE_DIR: file }), {
    code: 1,
    line: /cannot be written: mount a tmpfs/,
  });
});

/** Ctrl-C or a failure at any step leaves everything as it was. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { InterruptedError } from '../../../lib/cli/index.js';
import { SETUP_STEPS } from '../../../lib/setup/steps/setup-steps.js';
import { startSimulator } from '../../../microcosm-bridge/jetstream-simulator/index.js';
import { freePort } from '../../fixtures/free-port.js';
import {
  APPVIEW_ENV,
  connectedPlace,
  OUR_ENV,
  setup,
} from '../../fixtures/setup/desk.js';
import { STAND_IN_PROGRAMS } from '../../fixtures/runtime/scratch.js';

const simulator = await startSimulator({ live: { eventsPerSecond: 5 } });
t.teardown(() => simulator.close());

/** Every file of a folder with its bytes and mode. */
function filesOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => {
      const file = path.join(folder, name);
      const mode = (statSync(file).mode & 0o777).toString(8);
      return [name, `${mode} ${readFileSync(file, 'utf8')}`];
    })
  );
}

for (const how of ['interrupted', 'failed'] as const) {
  t.test(`${how} at each of the steps of a first run`, async (t) => {
    const { args, state, appview, envFile, runtime } = await connectedPlace(
      t,
      simulator.url
    );
    const programs = STAND_IN_PROGRAMS;
    for (const { id } of SETUP_STEPS) {
      const disturbance = { at: id, how };
      const ended = await setup(args, { programs, disturbance });
      const expected = how === 'failed' ? 'it broke' : 'Interrupted.';
      t.match(ended.error, { message: expected }, id);
      t.ok(
        ended.undone.every((outcome) => outcome.state === 'undone'),
        `${id}: ${JSON.stringify(ended.undone)}`
      );
      t.strictSame(filesOf(appview), { '.env': `640 ${APPVIEW_ENV}` }, id);
      t.equal(readFileSync(envFile, 'utf8'), OUR_ENV, id);
      t.equal(statSync(envFile).mode & 0o777, 0o600, id);
      const beside = readdirSync(path.dirname(envFile)).sort();
      t.strictSame(
        beside.filter((name) => name.startsWith('our.env')),
        ['our.env'],
        `${id}: no backup stays behind`
      );
      t.match((await runtime.status()).state, /^(absent|stopped)$/, id);
      t.notOk(beside.includes('state') && readdirSync(state).includes('lock'));
    }
  });
}

t.test('a run that failed beside what ran brings that back', async (t) => {
  const { args, state, runtime } = await connectedPlace(t, simulator.url);
  const programs = STAND_IN_PROGRAMS;
  t.equal((await setup(args, { programs })).code, 0);
  const { urls } = await runtime.status();
  const record = readFileSync(path.join(state, 'setup.json'), 'utf8');

  const other = await freePort();
  const moved = [...args, '--log-level', 'debug'].map((arg, at) =>
    args[at - 1] === '--port' ? String(other) : arg
  );
  const disturbance = { at: 'report', how: 'failed' } as const;
  const ended = await setup(moved, { programs, disturbance });
  t.match(ended.error, { message: 'it broke' });
  t.match(await runtime.status(), { state: 'running', urls: urls ?? {} });
  t.equal(readFileSync(path.join(state, 'setup.json'), 'utf8'), record);
  const notes = ended.undone.flatMap((outcome) =>
    outcome.state === 'undone' ? (outcome.note ?? []) : [outcome.state]
  );
  t.match(notes, ['byte for byte', /its data in .* stays/, 'it runs again']);
});

t.test('what somebody else has written meanwhile stays theirs', async (t) => {
  const { args, appview } = await connectedPlace(t, simulator.url);
  const file = path.join(appview, '.env');
  const programs = STAND_IN_PROGRAMS;
  const ended = await setup(args, {
    programs,
    disturbance: { at: 'report', how: 'interrupted' },
    onStep: (id) => {
      if (id === 'report')
        writeFileSync(file, `${readFileSync(file, 'utf8')}\r\nMINE=2\n`);
    },
  });
  t.type(ended.error, InterruptedError);
  t.equal(readFileSync(file, 'utf8'), `${APPVIEW_ENV}\r\nMINE=2\n`);
  t.match(
    ended.undone.map((outcome) => ('note' in outcome ? outcome.note : '')),
    ['its keys; somebody has changed the rest since']
  );
});

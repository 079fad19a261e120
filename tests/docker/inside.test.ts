/**
 * The scripts in the AppView's own folder, its compose file named by flag, and
 * the index in a folder of this machine.
 */
import {
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t from 'tap';
import {
  BASE,
  COMPOSES,
  docker,
  requireEngine,
  run,
  succeed,
} from '../fixtures/docker/engine.js';
import { makePlace } from '../fixtures/docker/set-up.js';
import { buildEmbeddedImage } from '../fixtures/docker/stack.js';

const IMAGE = `clins-${process.pid}`;

t.before(async () => {
  await requireEngine([BASE.debian, BASE.node, BASE.redis]);
  await buildEmbeddedImage(IMAGE);
});
t.teardown(() => run(['docker', 'rmi', '-f', IMAGE]));

t.test('beside the AppView, with a folder for the data', async (t) => {
  const [, generation] = COMPOSES;
  if (generation === undefined) throw new Error('no Compose');
  const project = `clins-${process.pid}`;
  const env = { CONSTELLATION_IMAGE: IMAGE };
  const place = await makePlace(t, {
    ...{ generation, project, env, isInside: true },
  });
  const { stack, readEnv, script, golden } = place;
  const file = path.join(stack.folder, 'stack.yml');
  renameSync(path.join(stack.folder, 'docker-compose.yml'), file);
  const own = readFileSync(file, 'utf8');
  const before = readEnv();
  const data = path.join(stack.folder, 'the data');
  mkdirSync(data);
  writeFileSync(path.join(data, 'left-by-root'), '');
  chownSync(data, 1234, 1235);
  await stack.compose('-f', 'stack.yml', 'up', '-d', '--build');
  const others = async (): Promise<readonly string[]> =>
    await Promise.all(['redis', 'jetstream'].map(stack.idOf));
  const ids = await others();
  const flags = ['--compose-file', file, '--data', data];

  const refused = await place.setup(...flags);
  t.equal(refused.code, 1, refused.stderr);
  t.match(
    refused.stderr,
    `${data}/left-by-root belongs to 0, its folder to 1234`
  );
  const [, chown = ''] =
    /^\s*Next: sudo (chown .*)$/m.exec(refused.stderr) ?? [];
  t.equal(chown, `chown -R 1234:1235 "${data}"`);
  t.equal(readEnv(), before, 'nothing was changed');
  await succeed(['sh', '-c', chown]);
  const foreign = await place.setup(...flags);
  t.equal(foreign.code, 1, foreign.stderr);
  t.match(
    foreign.stderr,
    /ends again and again[^]*\| .*left-by-root/,
    'with what it said last'
  );
  t.equal(readEnv(), before);
  rmSync(path.join(data, 'left-by-root'));

  const done = await place.setup(...flags);
  t.equal(done.code, 0, done.stderr);
  t.match(
    readEnv(),
    /^COMPOSE_FILE=stack\.yml:docker-compose\.constellation-local\.yml$/m,
    'the checked-in overlay fits'
  );
  await golden('after setup');
  const index = await stack.idOf('constellation-local');
  t.equal(await docker('exec', index, 'id', '-u'), '1234');
  t.equal(await docker('exec', index, 'id', '-g'), '1235');
  const names = readdirSync(data);
  t.ok(names.length > 1, 'the index is there');
  for (const name of names) {
    const { uid, gid } = statSync(path.join(data, name));
    t.strictSame([uid, gid], [1234, 1235], name);
  }
  t.strictSame(await others(), ids);

  await t.test('a later run knows what was named', async (t) => {
    const again = await script('setup');
    t.equal(again.code, 0, again.stderr);
    t.match(again.stdout, 'everything was set up already');
    t.equal(await stack.idOf('constellation-local'), index);
    const checked = await script('test', '--only', 'running,appview,data');
    t.equal(checked.code, 0, checked.stdout);
  });

  await t.test(
    'the AppView starts although Constellation is down',
    async (t) => {
      const status = () => docker('inspect', '-f', '{{.State.Status}}', index);
      await docker('stop', index);
      await stack.compose('rm', '-sf', 'app');
      await stack.compose('up', '-d', '--wait', 'app');
      t.equal(await status(), 'exited', 'it did not wait for it');
      await docker('start', index);
      await golden('after the AppView came first');
    }
  );

  const gone = await script(
    'teardown',
    ...['--containers', '--confirm', '.constellation-local']
  );
  t.equal(gone.code, 0, gone.stderr);
  t.equal(readEnv(), before, 'the .env is as it was');
  t.equal(readFileSync(file, 'utf8'), own);
  t.strictSame(await others(), ids);
  t.ok(readdirSync(data).includes('index.mdb'), 'the data stays');
  t.match(await stack.askAsApp('/').catch(String), /502|fetch failed|Error/);
});

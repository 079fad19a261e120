/**
 * AppViews of all kinds, as Compose itself reads them before setup, with what
 * setup writes, and after it was taken back. No container is started.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { UndoStack } from '../../lib/cli/index.js';
import { composeFacts, type ServiceFacts } from '../../lib/compose/index.js';
import { askModel } from '../../lib/runtime/docker/compose-model.js';
import { DockerRuntime } from '../../lib/runtime/docker/docker-runtime.js';
import { stateFolder } from '../../lib/runtime/state-folder.js';
import { writeStateFile } from '../../lib/runtime/state-file.js';
import { ComposeSwitch } from '../../lib/setup/appview/compose-switch.js';
import { EnvFileSwitch } from '../../lib/setup/appview/env-file-switch.js';
import { parse } from 'yaml';
import { APPVIEWS, type AppViewCase } from '../fixtures/docker/appviews.js';
import {
  compose,
  COMPOSES,
  requireEngine,
  type Compose,
} from '../fixtures/docker/engine.js';

/** Of no project that is there. */
const USUAL = `clav-${process.pid}`;
const INDEX = 'constellation-local';
const { signal } = new AbortController();

t.before(() => requireEngine([]));

/** Lays it out. @returns its folder, as somebody would name it */
function layOut(
  root: string,
  { folder = USUAL, link, files }: AppViewCase
): string {
  const real = path.join(root, folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(real, name)), { recursive: true });
    writeFileSync(path.join(real, name), text);
  }
  if (link === undefined) return real;
  symlinkSync(real, path.join(root, link));
  return path.join(root, link);
}

/** Every file, with its content. */
function contents(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(path.join(folder, name)).isFile())
      .sort()
      .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')])
  );
}

/** What stays of a service whatever it is told of Constellation. */
function rest({ environment, ...facts }: ServiceFacts) {
  const own = [...environment].filter(
    ([name]) => !/^(CONSTELLATION_|COMPOSE_|CACHE_TTL$|MAX_REQ)/.test(name)
  );
  return { ...facts, environment: own };
}

/** The stack of a folder, with a Compose of that generation. */
function runtimeOf(
  root: string,
  { name }: Compose,
  appview: string,
  { composeFiles = [], apps }: AppViewCase
): DockerRuntime {
  // Without its plugins docker has no Compose 2.
  const env = { ...process.env, ...(name === 'v1' && { DOCKER_CONFIG: root }) };
  return new DockerRuntime({
    folder: stateFolder(path.join(root, 'state')),
    stack: {
      appview,
      composeFiles: composeFiles.map((file) => path.join(appview, file)),
      projectName: null,
      services: { apps },
    },
    env,
  });
}

for (const generation of COMPOSES) {
  for (const [title, appviewCase] of Object.entries(APPVIEWS)) {
    const { only = generation.name, switched, onHost = false } = appviewCase;
    if (only !== generation.name) continue;
    t.test(`${generation.name}: ${title}`, async (t) => {
      const root = t.testdir({});
      const appview = layOut(root, appviewCase);
      const before = contents(appview);
      const runtime = runtimeOf(root, generation, appview, appviewCase);
      const { stack, overlay } = await runtime.fitted();
      const usual = path.basename(appview).toLowerCase();
      t.equal(stack.project, appviewCase.project ?? usual);
      t.strictSame([...stack.switched].sort(), [...switched].sort());
      if (overlay === null) throw new Error('no overlay of its own');
      await writeStateFile(stack.overlayFile, overlay);

      const program = await runtime.compose();
      t.equal(`v${program.generation}`, generation.name);
      const was = await askModel(program, stack, { view: 'base' });
      const target = {
        ...{ folder: appview, indexUrl: 'http://127.0.0.1:6789' },
        ...{ givenUrl: null, cacheTtlSeconds: 30, timeoutMs: 5000 },
        isNewIndex: true,
      };
      const undo = new UndoStack();
      const connect = new ComposeSwitch(runtime, new EnvFileSwitch());
      await connect.connect(target, undo, signal);

      // As the operator's own plain call reads it, where the .env is.
      const text = await compose(generation, ['config'], {
        cwd: stack.envFolder,
      });
      const now = composeFacts(parse(text));
      t.strictSame(
        [...now.services.keys()].sort(),
        [...was.facts.services.keys(), INDEX].sort()
      );
      for (const [name, service] of was.facts.services) {
        const after = now.services.get(name);
        if (after === undefined) continue;
        t.strictSame(rest(after), rest(service), `${name} stays what it is`);
        if (!switched.includes(name)) continue;
        t.match(Object.fromEntries(after.environment), {
          CONSTELLATION_URL: onHost
            ? 'http://127.0.0.1:6789'
            : 'http://constellation-local:6789',
          ...(/bridge/.test(name) ? {} : { CONSTELLATION_ENABLED: 'true' }),
        });
      }
      const index = now.services.get(INDEX)?.networks ?? [];
      for (const name of onHost ? [] : switched) {
        const { networks, networkMode } = now.services.get(name) ?? {};
        if (networkMode?.startsWith('service:') === true) continue;
        const shared = (networks ?? ['default']).filter((network) =>
          (index.length === 0 ? ['default'] : index).includes(network)
        );
        t.not(shared.length, 0, `${name} reaches it`);
      }
      const again = await connect.plan(target);
      t.equal(again.needed, false, again.text);

      await undo.run(60_000);
      t.strictSame(contents(appview), before, 'all is as it was');
    });
  }
}

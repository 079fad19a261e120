import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import {
  assertServices,
  ComposeError,
  findServices,
  fitOverlay,
  makeOverlay,
  mergeFacts,
  OVERLAY_FILE,
  overlayText,
  parseCompose,
  withModel,
  type FoundServices,
  type NamedServices,
} from '../../compose/index.js';
import { PROJECT_FOLDER, type StateFolder } from '../state-folder.js';
import { findBaseFiles } from './base-files.js';
import type { ComposeModel } from './compose-model.js';
import {
  projectNameOf,
  type ComposeStack,
  type NamedStack,
  type StackFiles,
} from './compose-stack.js';
import { pathSeparator, readStackEnv } from './stack-env.js';
import { chooseProject } from './stack-project.js';

/** What is said of an AppView's stack. */
export interface StackWish {
  /** The AppView's folder, absolute; null: the index stands alone. */
  readonly appview: string | null;
  /** Its compose files; empty: as Compose would find them. */
  readonly composeFiles: readonly string[];
  readonly projectName: string | null;
  readonly services: NamedServices;
  /** Whether a bridge is wanted where it has none of its own (default false). */
  readonly bridge?: boolean | undefined;
}

/** A stack, and the text of the overlay that fits it. */
export interface FittedStack {
  readonly stack: ComposeStack;
  /** Null: the checked-in file fits. */
  readonly overlay: string | null;
  /** Null where the index stands alone. */
  readonly services: FoundServices | null;
}

/** What is known besides an AppView's files. */
export interface StackSurroundings {
  readonly folder: StateFolder;
  /** Of the Compose that is called. */
  readonly generation: 1 | 2;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of an earlier run; null: there was none. */
  readonly earlier: ComposeStack | null;
  /** What Compose makes of some files; null: it cannot be asked. */
  readonly model: (files: StackFiles) => Promise<ComposeModel | null>;
  /** Projects that have containers from a folder, and how that was written. */
  readonly projects: (folder: string) => Promise<ReadonlyMap<string, string>>;
}

/** The index alone has a project of its own. */
const ALONE_PROJECT = 'constellation-local';

/**
 * Finds the files of an AppView's stack and what the overlay for it has to be.
 * Nothing is written.
 *
 * @throws ComposeError; RuntimeError BAD_STACK, COMPOSE_FAILED
 */
export async function fitStack(
  wish: StackWish,
  around: StackSurroundings
): Promise<FittedStack> {
  const { appview, bridge: isBridgeWanted = false } = wish;
  const { folder, generation, earlier } = around;
  if (appview === null) return alone(wish, folder);
  const named = namedOf({ ...wish, appview }, earlier);
  // Compose 1 knows its folder by its real path alone.
  const place =
    generation === 1 ? await realpath(appview).catch(() => appview) : appview;
  const env = await readStackEnv(place);
  const { files: baseFiles, envFolder } = findBaseFiles({
    appview: place,
    composeFiles: named.composeFiles,
    env,
    separator: pathSeparator(env, around.env),
    generation,
  });
  const [first] = baseFiles;
  if (first === undefined) return alone(wish, folder);
  const stackFolder = path.dirname(first);
  const files = { baseFiles, envFolder, folder: stackFolder };
  const model = await around.model({
    ...files,
    project: null,
    overlayFile: '',
  });
  const texts = await Promise.all(baseFiles.map((file) => readBounded(file)));
  const written = mergeFacts(
    texts.map((text, index) => parseCompose(text, baseFiles[index] ?? '', true))
  );
  const facts = model === null ? written : withModel(written, model.facts);
  assertServices(facts, baseFiles.join(', '));
  const services = findServices(facts, {
    apps: named.apps ?? undefined,
    bridge: named.bridge ?? undefined,
  });
  const isInside = stackFolder === PROJECT_FOLDER;
  const toolkit = isInside ? '.' : PROJECT_FOLDER;
  const options = { toolkit, bridge: isBridgeWanted };
  const text = overlayText(makeOverlay(fitOverlay(facts, services, options)));
  const isUsual = isInside && text === overlayText(makeOverlay());
  const { bridge } = services;
  const apps = services.apps.map(({ service }) => service.name);
  const there = await around.projects(stackFolder);
  const project = chooseProject({
    named: named.projectName,
    usual:
      model?.project ??
      (await writtenProject(envFolder, generation)) ??
      projectNameOf(path.basename(stackFolder), generation),
    earlier: earlier?.folder === stackFolder ? earlier.project : null,
    there,
  });
  return {
    stack: {
      project,
      ...movedTo(there.get(project) ?? stackFolder, files),
      overlayFile: isUsual
        ? path.join(PROJECT_FOLDER, OVERLAY_FILE)
        : folder.overlay,
      switched: bridge === null ? apps : [...apps, bridge.service.name],
      apps,
      named,
    },
    overlay: isUsual ? null : text,
    services,
  };
}

type Places = Pick<ComposeStack, 'folder' | 'envFolder' | 'baseFiles'>;

/**
 * The same folder by another path. Relative paths of the files become absolute
 * ones in containers: written otherwise, the containers would count as others.
 */
function movedTo(to: string, places: Places): Places {
  const { folder, envFolder, baseFiles } = places;
  const move = (file: string): string => {
    const inside = path.relative(folder, file);
    return inside.startsWith('..') ? file : path.join(to, inside);
  };
  return {
    folder: to,
    envFolder: move(envFolder),
    baseFiles: baseFiles.map(move),
  };
}

/** The index by itself, in the project that is ours. */
function alone(
  { projectName, bridge: isBridgeWanted = false }: StackWish,
  folder: StateFolder
): FittedStack {
  const text = isBridgeWanted
    ? overlayText(makeOverlay({ services: [], bridge: true }))
    : null;
  return {
    stack: {
      project: projectName ?? ALONE_PROJECT,
      folder: PROJECT_FOLDER,
      envFolder: PROJECT_FOLDER,
      baseFiles: [],
      overlayFile:
        text === null
          ? path.join(PROJECT_FOLDER, OVERLAY_FILE)
          : folder.overlay,
      switched: [],
      apps: [],
    },
    overlay: text,
    services: null,
  };
}

/** What is named now, else what an earlier run was told of the same AppView. */
function namedOf(
  {
    appview,
    composeFiles,
    projectName,
    services,
  }: StackWish & {
    readonly appview: string;
  },
  earlier: ComposeStack | null
): NamedStack {
  const before = earlier?.named?.appview === appview ? earlier.named : null;
  return {
    appview,
    composeFiles:
      composeFiles.length > 0 ? composeFiles : (before?.composeFiles ?? []),
    projectName: projectName ?? before?.projectName ?? null,
    apps: services.apps ?? before?.apps ?? null,
    bridge: services.bridge ?? before?.bridge ?? null,
  };
}

/** Only Compose 2 says the project itself; Compose 1 knows no `name:`. */
async function writtenProject(
  envFolder: string,
  generation: 1 | 2
): Promise<string | null> {
  const env = await readStackEnv(envFolder);
  const name = env.get('COMPOSE_PROJECT_NAME') ?? '';
  return name === '' ? null : projectNameOf(name, generation);
}

async function readBounded(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ComposeError(`${file} cannot be read`, {
      code: 'not-a-compose-file',
      path: file,
      cause,
    });
  }
}

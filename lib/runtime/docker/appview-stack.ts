import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  ComposeError,
  findServices,
  fitOverlay,
  makeOverlay,
  mergeFacts,
  OVERLAY_FILE,
  overlayText,
  parseCompose,
  type FoundServices,
  type NamedServices,
} from '../../compose/index.js';
import { assignments, readEnvFile, readEnvText } from '../../env/index.js';
import { RuntimeError } from '../runtime-error.js';
import { PROJECT_FOLDER, type StateFolder } from '../state-folder.js';
import { projectNameOf, type ComposeStack } from './compose-stack.js';

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

/** Names under which Compose looks for a file, in its order. */
const USUAL_NAMES = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
];

/** The index alone has a project of its own. */
const ALONE_PROJECT = 'constellation-local';

/**
 * Finds the files of an AppView's stack and what the overlay for it has to be.
 * Nothing is written.
 *
 * @throws ComposeError; RuntimeError BAD_STACK
 */
export async function fitStack(
  wish: StackWish,
  folder: StateFolder
): Promise<FittedStack> {
  const { appview, bridge: isBridgeWanted = false } = wish;
  const env = await envOf(appview ?? PROJECT_FOLDER);
  const baseFiles = appview === null ? [] : baseFilesOf(appview, wish, env);
  const [first] = baseFiles;
  if (appview === null || first === undefined) {
    const text = isBridgeWanted
      ? overlayText(makeOverlay({ services: [], bridge: true }))
      : null;
    return {
      stack: {
        project: wish.projectName ?? ALONE_PROJECT,
        folder: PROJECT_FOLDER,
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
  const texts = await Promise.all(baseFiles.map((file) => readBounded(file)));
  const facts = mergeFacts(
    texts.map((text, index) => parseCompose(text, baseFiles[index] ?? ''))
  );
  const services = findServices(facts, wish.services);
  const stackFolder = path.dirname(first);
  const isInside = stackFolder === PROJECT_FOLDER;
  const toolkit = isInside ? '.' : PROJECT_FOLDER;
  const options = { toolkit, bridge: isBridgeWanted };
  const text = overlayText(makeOverlay(fitOverlay(facts, services, options)));
  const isUsual = isInside && text === overlayText(makeOverlay());
  const { bridge } = services;
  const apps = services.apps.map(({ service }) => service.name);
  return {
    stack: {
      project:
        wish.projectName ??
        nonEmpty(env.get('COMPOSE_PROJECT_NAME')) ??
        nameIn(texts[0] ?? '') ??
        projectNameOf(path.basename(stackFolder)),
      folder: stackFolder,
      baseFiles,
      overlayFile: isUsual
        ? path.join(PROJECT_FOLDER, OVERLAY_FILE)
        : folder.overlay,
      switched: bridge === null ? apps : [...apps, bridge.service.name],
      apps,
    },
    overlay: isUsual ? null : text,
    services,
  };
}

/** Given, or named by its `.env`, or as Compose would look. */
function baseFilesOf(
  appview: string,
  { composeFiles }: StackWish,
  env: ReadonlyMap<string, string>
): readonly string[] {
  const named =
    composeFiles.length > 0 ? composeFiles : filesOf(env.get('COMPOSE_FILE'));
  const own = named
    .map((file) => path.resolve(appview, file))
    // An earlier setup has put the overlay there.
    .filter((file) => path.basename(file) !== OVERLAY_FILE);
  const missing = own.find((file) => !existsSync(file));
  if (missing !== undefined) {
    throw new RuntimeError(`there is no compose file ${missing}`, {
      code: 'BAD_STACK',
      suggestion: 'name the AppView’s files with --compose-file',
    });
  }
  if (own.length > 0) return own;
  const usual = USUAL_NAMES.find((name) =>
    existsSync(path.join(appview, name))
  );
  if (usual === undefined) return [];
  const beside = usual.replace(/\.(ya?ml)$/, '.override.$1');
  return [usual, beside]
    .map((name) => path.join(appview, name))
    .filter((file) => existsSync(file));
}

/** `COMPOSE_FILE` as Compose splits it. */
function filesOf(value: string | undefined): readonly string[] {
  return (value ?? '').split(path.delimiter).filter((file) => file !== '');
}

async function envOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const content = await readEnvFile(path.join(folder, '.env'));
  if (content === undefined) return new Map();
  const written = assignments(readEnvText(content.text));
  return new Map([...written].map(([key, { value }]) => [key, value]));
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

/** The top-level `name:` of Compose 2, where it is written out. */
function nameIn(text: string): string | null {
  return (
    /^name:[ \t]*["']?([a-z0-9][-_a-z0-9]*)["']?[ \t]*$/m.exec(text)?.[1] ??
    null
  );
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

import { existsSync } from 'node:fs';
import path from 'node:path';
import { OVERLAY_FILE } from '../../compose/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { StackEnv } from './stack-env.js';

/** Where an AppView's compose files are looked for. */
export interface BaseFileWish {
  /** The AppView's folder, absolute. */
  readonly appview: string;
  /** Named by somebody; empty: as Compose finds them. */
  readonly composeFiles: readonly string[];
  /** Of the `.env` in that folder. */
  readonly env: StackEnv;
  /** What its `COMPOSE_FILE` is split at. */
  readonly separator: string;
  /** Of the Compose that is called. */
  readonly generation: 1 | 2;
}

/** An AppView's compose files. */
export interface BaseFiles {
  /** Absolute; empty: it has none. */
  readonly files: readonly string[];
  /** The folder whose `.env` Compose reads. */
  readonly envFolder: string;
}

/** Names under which Compose looks for a file, in its order (cli/options.go). */
const V2_NAMES = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
];
/** The same of Compose 1 (config/config.py). */
const V1_NAMES = [
  'docker-compose.yml',
  'docker-compose.yaml',
  'compose.yml',
  'compose.yaml',
];
/** One of them goes over any of the above. */
const V2_OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];
/** Compose 1 takes the same, and refuses two. */
const USUAL = {
  1: { names: V1_NAMES, overrides: V2_OVERRIDES },
  2: { names: V2_NAMES, overrides: V2_OVERRIDES },
} as const;

/**
 * The files of an AppView: named, or of the `COMPOSE_FILE` in its `.env`, or as
 * Compose would look. `.env` is that of the first file's folder, except where
 * it names the file itself: then Compose has read it before it knew of any.
 *
 * @throws RuntimeError BAD_STACK for one that is not there
 */
export function findBaseFiles({
  appview,
  composeFiles,
  env,
  separator,
  generation,
}: BaseFileWish): BaseFiles {
  const isNamed = composeFiles.length > 0;
  const named = isNamed
    ? composeFiles
    : (env.get('COMPOSE_FILE') ?? '').split(separator);
  const own = named
    .map((file) => file.trim())
    .filter((file) => file !== '')
    .map((file) => path.resolve(appview, file))
    // An earlier setup has put the overlay there.
    .filter((file) => path.basename(file) !== OVERLAY_FILE);
  const missing = own.find((file) => !existsSync(file));
  if (missing !== undefined) {
    throw new RuntimeError(
      isNamed
        ? `there is no compose file ${missing}`
        : `there is no compose file ${missing}, which COMPOSE_FILE in ${path.join(appview, '.env')} names`,
      {
        code: 'BAD_STACK',
        suggestion: 'name the AppView’s files with --compose-file',
      }
    );
  }
  const [first] = own;
  if (first !== undefined) {
    const envFolder = isNamed ? path.dirname(first) : appview;
    return { files: own, envFolder };
  }
  const { names, overrides } = USUAL[generation];
  const there = (name: string): boolean => existsSync(path.join(appview, name));
  const usual = names.find(there);
  const files = usual === undefined ? [] : [usual, ...overrides.filter(there)];
  return {
    // Of several overrides Compose 2 takes the first.
    files: files.slice(0, 2).map((name) => path.join(appview, name)),
    envFolder: appview,
  };
}

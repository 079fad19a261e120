/** What the Docker runtime knows between two runs: `docker.json`. */

import { rm } from 'node:fs/promises';
import { parseConfig } from '../embedded/parse-config.js';
import type { RuntimeConfig } from '../runtime.js';
import {
  asFields,
  readStateFile,
  stateFields,
  stateText,
  writeStateFile,
} from '../state-file.js';
import type { ComposeStack, NamedStack } from './compose-stack.js';

/** The content of `docker.json`. */
export interface DockerRecord {
  /** What was asked for last. */
  readonly phase: 'starting' | 'running' | 'stopped';
  readonly config: RuntimeConfig;
  readonly stack: ComposeStack;
  /** What Compose was told besides its files. */
  readonly variables: Readonly<Record<string, string>>;
  /** Image that runs, and the one before it. */
  readonly image: string;
  readonly previousImage: string | null;
  /** Every other image that ran here, for teardown. */
  readonly formerImages: readonly string[];
  /** Since when the index is complete, ISO 8601; null: not known. */
  readonly since: string | null;
}

const SCHEMA_VERSION = 1;

/** Writes it, or removes it. */
export async function saveDockerRecord(
  file: string,
  record: DockerRecord | null
): Promise<void> {
  if (record === null) return await rm(file, { force: true });
  await writeStateFile(file, stateText(SCHEMA_VERSION, record));
}

/**
 * Reads it.
 *
 * @returns null when there is none
 * @throws RuntimeError STATE_DAMAGED, STATE_UNREADABLE
 */
export async function readDockerRecord(
  file: string
): Promise<DockerRecord | null> {
  return await readStateFile(file, {
    parse: parseDockerRecord,
    suggestion: `look at it, then remove it and run setup again: ${file}`,
  });
}

/** @returns null when the text is no record of this version */
export function parseDockerRecord(text: string): DockerRecord | null {
  const record = stateFields(text, SCHEMA_VERSION);
  if (record === null) return null;
  const { phase, image, previousImage, since } = record;
  const config = parseConfig(record['config']);
  const stack = parseStack(record['stack']);
  const variables = asFields(record['variables']);
  if (phase !== 'starting' && phase !== 'running' && phase !== 'stopped')
    return null;
  if (config === null || stack === null || variables === null) return null;
  if (typeof image !== 'string') return null;
  return {
    phase,
    config,
    stack,
    variables: Object.fromEntries(
      Object.entries(variables).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string'
      )
    ),
    image,
    previousImage: typeof previousImage === 'string' ? previousImage : null,
    formerImages: texts(record['formerImages']) ?? [],
    since: typeof since === 'string' ? since : null,
  };
}

function parseStack(value: unknown): ComposeStack | null {
  const stack = asFields(value);
  if (stack === null) return null;
  const { project, folder, overlayFile } = stack;
  const baseFiles = texts(stack['baseFiles']);
  const switched = texts(stack['switched']);
  const apps = texts(stack['apps']);
  if (typeof project !== 'string' || typeof folder !== 'string') return null;
  if (typeof overlayFile !== 'string') return null;
  if (baseFiles === null || switched === null || apps === null) return null;
  const { envFolder } = stack;
  return {
    project,
    folder,
    envFolder: typeof envFolder === 'string' ? envFolder : folder,
    baseFiles,
    overlayFile,
    switched,
    apps,
    named: parseNamed(stack['named']),
  };
}

function parseNamed(value: unknown): NamedStack | undefined {
  const named = asFields(value);
  const composeFiles = texts(named?.['composeFiles']);
  if (named === null || composeFiles === null) return undefined;
  const { appview, projectName, bridge } = named;
  if (typeof appview !== 'string') return undefined;
  return {
    appview,
    composeFiles,
    projectName: typeof projectName === 'string' ? projectName : null,
    apps: texts(named['apps']),
    bridge: typeof bridge === 'string' ? bridge : null,
  };
}

function texts(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  const found = value.filter((one) => typeof one === 'string');
  return found.length === value.length ? found : null;
}

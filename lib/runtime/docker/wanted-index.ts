import { COMPOSE_VARIABLES } from '../../compose/index.js';
import { configDifferences } from '../embedded/parse-config.js';
import type { RuntimeConfig } from '../runtime.js';
import type { FittedStack } from './appview-stack.js';
import type { ContainerFacts } from './container.js';
import type { DockerRecord } from './docker-record.js';
import { bridgeRedis } from './bridge-redis.js';
import { bridgeSource } from './bridge-source.js';
import { imageOfRevision } from './image-target.js';
import { readSettingsFile } from './settings-file.js';
import { givenVariables, type StackVariables } from './stack-variables.js';

/** What a start would be made of. */
export interface WantedIndex extends FittedStack {
  readonly config: RuntimeConfig;
  readonly given: StackVariables;
  readonly image: string;
  /** Whether the image is ours to build. */
  readonly isBuilt: boolean;
  /** Of the bridge, where one is wanted. */
  readonly bridgeImage: string;
  /** What that would be built from; null: it is not built here. */
  readonly bridgeSource: string | null;
  /** Of the bridge, with what is secret in it; null: it cannot be told. */
  readonly bridgeRedis: string | null;
  /** The settings file the container reads; null: it cannot. */
  readonly settingsFile: string | null;
}

/** What a start follows from. */
export interface WishForIndex {
  readonly config: RuntimeConfig;
  readonly fitted: FittedStack;
  readonly record: DockerRecord | null;
  readonly settingsFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Environment over settings file over what was told last. */
export async function wantedIndex({
  config,
  fitted,
  record,
  settingsFile,
  env,
}: WishForIndex): Promise<WantedIndex> {
  const file = await readSettingsFile(settingsFile);
  const written = file?.settings;
  const earlier = record === null ? {} : givenVariables(record.variables);
  const given: StackVariables = {
    ...earlier,
    ...givenVariables(written ?? {}),
    ...givenVariables(env),
  };
  const named =
    (env['CONSTELLATION_IMAGE'] ?? '') ||
    (written?.['CONSTELLATION_IMAGE'] ?? '');
  const image =
    named !== ''
      ? named
      : (record?.image ?? firstImage(given.CONSTELLATION_VERSION));
  const bridgeImage = bridgeImageOf(given);
  return {
    ...fitted,
    config,
    given,
    image,
    isBuilt: named === '' && image.startsWith('constellation-local:'),
    bridgeImage,
    bridgeSource: isBuiltBridge(bridgeImage)
      ? await bridgeSource(
          given.CONSTELLATION_BRIDGE_NODE_IMAGE ??
            COMPOSE_VARIABLES.CONSTELLATION_BRIDGE_NODE_IMAGE.default
        )
      : null,
    bridgeRedis: await bridgeRedis(fitted.stack, env),
    settingsFile:
      file?.isReadableInside === true ? (settingsFile ?? null) : null,
  };
}

/** A tag of its own for a revision that was named. */
function firstImage(revision: string | undefined): string {
  return revision === undefined
    ? COMPOSE_VARIABLES.CONSTELLATION_IMAGE.default
    : imageOfRevision(revision).name;
}

/** What is left of a name without its tag. */
const BUILT_BRIDGE =
  COMPOSE_VARIABLES.CONSTELLATION_BRIDGE_IMAGE.default.replace(/[^:]*$/, '');

/** Whether an image of that name is ours to build. Pure. */
export function isBuiltBridge(image: string): boolean {
  return image.startsWith(BUILT_BRIDGE);
}

/** The image of the bridge that some variables name. Pure. */
export function bridgeImageOf({
  CONSTELLATION_BRIDGE_IMAGE: named,
}: StackVariables): string {
  return named ?? COMPOSE_VARIABLES.CONSTELLATION_BRIDGE_IMAGE.default;
}

/**
 * In what the running container differs from what is wished; its bridge aside,
 * which has a container of its own. Pure.
 */
export function indexDifferences(
  record: DockerRecord | null,
  container: ContainerFacts | null,
  { config, image }: WantedIndex
): readonly string[] {
  if (record === null || container === null) return [];
  const inConfig = configDifferences(
    { ...record.config, bridge: null },
    { ...config, bridge: null }
  );
  return container.image === image
    ? inConfig
    : [...inConfig, `image ${container.image} → ${image}`];
}

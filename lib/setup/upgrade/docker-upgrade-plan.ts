/** What an upgrade of the Docker runtime leads to, before anything is done. */

import type { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import { findImage, type ImageFacts } from '../../runtime/docker/image.js';
import type { ImageTarget } from '../../runtime/docker/image-target.js';
import { type RunningIndex } from '../../runtime/docker/switch-image.js';
import { SetupError } from '../setup-error.js';
import type { UpgradeRequest } from './upgrade-request.js';
import type { RunVersion } from './upgrade-run.js';

/** The image to go back to. @throws SetupError NO_WAY_BACK */
export async function imageBefore(
  { engine }: DockerRuntime,
  { record }: RunningIndex
): Promise<ImageTarget> {
  const { previousImage: name, image } = record;
  if (name === null) {
    throw new SetupError(
      `there is no image to go back to: no upgrade has led to ${image}`,
      {
        code: 'NO_WAY_BACK',
        suggestion:
          'run another one: npx zx scripts/setup.ts --upgrade --version REV, or --image NAME',
      }
    );
  }
  const facts = await findImage(engine, name);
  if (facts === null) {
    throw new SetupError(`the image before, ${name}, is gone`, {
      code: 'NO_WAY_BACK',
      suggestion:
        'build it again: npx zx scripts/setup.ts --upgrade --version REV',
    });
  }
  const isBuilt = facts.server === 'constellation';
  return { name, revision: isBuilt ? facts.version : null };
}

/** That it can read the data that is there. @throws SetupError OTHER_SERVER */
export function assertSameServer(
  { image }: RunningIndex,
  name: string,
  found: ImageFacts | null
): void {
  const [was, is] = [image?.server ?? null, found?.server ?? null];
  if (was === null || is === null || was === is) return;
  throw new SetupError(
    `${name} holds the ${is} server, which cannot read the data of the ${was} one`,
    {
      code: 'OTHER_SERVER',
      suggestion:
        'begin a new index with it: npx zx scripts/teardown.ts --volumes, then setup with --image',
    }
  );
}

/** What would be done, for people. Pure. */
export function planLines(
  { container, record }: RunningIndex,
  { name, revision }: ImageTarget,
  found: ImageFacts | null
): readonly string[] {
  const provide =
    revision === null
      ? `pull the image ${name}`
      : `build the image ${name} from revision ${revision}; ${container.image} serves meanwhile`;
  return [
    ...(found === null ? [provide] : []),
    `make container ${container.name} anew with ${name} instead of ${container.image}, on the same data`,
    `look whether it is healthy and fresh; if not, go back to ${container.image}`,
    ...(record.stack.baseFiles.length === 0
      ? []
      : [`write the image into the .env in ${record.stack.envFolder}`]),
  ];
}

/** What to say where it runs already. Pure. */
export function alreadyLines(
  request: UpgradeRequest,
  { version }: RunVersion
): readonly string[] {
  if (request.kind === 'rollback' || request.target.revision === null) {
    return [];
  }
  return [
    `a branch or a tag may have moved on since: give its commit (runs: ${version ?? request.target.revision})`,
  ];
}

/** An image and what it says of itself. Pure. */
export function versionOf(
  image: string,
  found: ImageFacts | null,
  revision: string | null
): RunVersion {
  return { image, version: found?.version ?? revision };
}

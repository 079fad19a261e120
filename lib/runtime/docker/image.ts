import { askEngine, statusOf, type Engine } from './engine.js';

/** An image that is on the engine. */
export interface ImageFacts {
  readonly id: string;
  /** Label `constellation-local.server`: which server is in it. */
  readonly server: 'constellation' | 'embedded' | null;
  /** Revision or version it says it is. */
  readonly version: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly sizeBytes: number;
}

/** @returns null when the engine has none of that name */
export async function findImage(
  engine: Engine,
  name: string
): Promise<ImageFacts | null> {
  try {
    const seen = await askEngine(engine, (docker) =>
      docker.getImage(name).inspect()
    );
    // The engine says null for no labels.
    const labels = (seen.Config.Labels as Record<string, string> | null) ?? {};
    const server = labels['constellation-local.server'];
    return {
      id: seen.Id,
      server:
        server === 'constellation' || server === 'embedded' ? server : null,
      // An image without a version may say so with an empty label.
      version: labels['org.opencontainers.image.version'] || null,
      labels,
      sizeBytes: seen.Size,
    };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

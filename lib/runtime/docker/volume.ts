import { askEngine, statusOf, type Engine } from './engine.js';
import { execIn } from './container-output.js';

/** Listing the sizes of all volumes reads them (ms). */
const SIZES_MS = 120_000;

/** Whether the engine has a volume of that name. */
export async function volumeExists(
  engine: Engine,
  name: string
): Promise<boolean> {
  try {
    await askEngine(engine, (docker) => docker.getVolume(name).inspect());
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

/** Size of a volume as the engine counts it. @returns null when it does not */
export async function volumeSize(
  engine: Engine,
  name: string
): Promise<number | null> {
  const usage: unknown = await askEngine(
    engine,
    (docker) => docker.df() as Promise<unknown>,
    SIZES_MS
  );
  const volumes: unknown = field(usage, 'Volumes');
  if (!Array.isArray(volumes)) return null;
  const found: unknown = volumes.find((one) => field(one, 'Name') === name);
  const size = field(field(found, 'UsageData'), 'Size');
  return typeof size === 'number' && size >= 0 ? size : null;
}

/** Size and space of a folder, asked inside a container that has it. */
export async function folderInside(
  engine: Engine,
  container: string,
  folder: string
): Promise<{
  readonly sizeBytes: number | null;
  readonly freeBytes: number | null;
  readonly diskBytes: number | null;
}> {
  const ask = async (...command: readonly string[]): Promise<string> => {
    const { code, stdout } = await execIn(engine, container, command);
    return code === 0 ? stdout : '';
  };
  const [du, df] = await Promise.all([
    ask('du', '-s', '-B1', folder),
    ask('df', '-B1', '--output=used,avail', folder),
  ]);
  const space = /\n\s*(\d+)\s+(\d+)\s*$/.exec(df);
  const [used, free] = [integer(space?.[1]), integer(space?.[2])];
  return {
    sizeBytes: integer(/^(\d+)\s/.exec(du)?.[1]),
    freeBytes: free,
    diskBytes: used === null || free === null ? null : used + free,
  };
}

function integer(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Reflect.get(value, name)
    : undefined;
}

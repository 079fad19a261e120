import { existsSync } from 'node:fs';
import { diskSpace } from '../disk-usage.js';
import { askEngine, type Engine } from './engine.js';

/** What an engine is and has. */
export interface EngineFacts {
  /** Where it was asked. */
  readonly url: string;
  /** Such as `20.10.24+dfsg1`. */
  readonly version: string;
  /** As the engine says it: `x86_64`, `aarch64`. */
  readonly architecture: string;
  readonly cpus: number;
  /** Of the machine (or the virtual one) the engine runs in. */
  readonly memoryBytes: number;
  /** Where it keeps images and volumes. */
  readonly rootFolder: string;
  /** Left there; null where that disk is not this machine's. */
  readonly freeBytes: number | null;
  /** What is used and what is free there; null likewise. */
  readonly totalBytes: number | null;
}

/** Asks the engine. @throws RuntimeError NOT_AVAILABLE */
export async function engineFacts(engine: Engine): Promise<EngineFacts> {
  const info: unknown = await askEngine(
    engine,
    (docker) => docker.info() as Promise<unknown>
  );
  const rootFolder = text(info, 'DockerRootDir');
  // A virtual machine (Docker Desktop) has a socket here, and its disk there.
  const isHere = engine.address.socket !== null && existsSync(rootFolder);
  const space = isHere ? await diskSpace(rootFolder) : null;
  return {
    url: engine.address.url,
    version: text(info, 'ServerVersion'),
    architecture: text(info, 'Architecture'),
    cpus: number(info, 'NCPU'),
    memoryBytes: number(info, 'MemTotal'),
    rootFolder,
    freeBytes: space?.freeBytes ?? null,
    totalBytes: space?.totalBytes ?? null,
  };
}

function text(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}

function number(value: unknown, name: string): number {
  const found = field(value, name);
  return typeof found === 'number' ? found : 0;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Reflect.get(value, name)
    : undefined;
}

import { DockerRuntime } from './docker/docker-runtime.js';
import { EmbeddedRuntime } from './embedded/embedded-runtime.js';
import type {
  BridgeRedis,
  EmbeddedPrograms,
} from './embedded/embedded-command.js';
import type { Runtime, RuntimeKind } from './runtime.js';
import type { StateFolder } from './state-folder.js';

/** What runtimes are opened with. */
export interface OpenRuntimeOptions {
  readonly folder: StateFolder;
  /** Other programs than the real ones, for tests. */
  readonly programs?: EmbeddedPrograms | undefined;
  /** Of the bridge beside an embedded index (default: none). */
  readonly redis?: BridgeRedis | null | undefined;
}

/**
 * The runtime of that kind on a state folder. Nothing is started.
 */
export function openRuntime(
  kind: RuntimeKind,
  options: OpenRuntimeOptions
): Runtime {
  switch (kind) {
    case 'embedded':
      return new EmbeddedRuntime(options);
    case 'docker':
      return new DockerRuntime(options);
  }
}

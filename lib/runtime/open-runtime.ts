import { EmbeddedRuntime } from './embedded/embedded-runtime.js';
import type { EmbeddedPrograms } from './embedded/embedded-command.js';
import { RuntimeError } from './runtime-error.js';
import type { Runtime, RuntimeKind } from './runtime.js';
import type { StateFolder } from './state-folder.js';

/** What runtimes are opened with. */
export interface OpenRuntimeOptions {
  readonly folder: StateFolder;
  /** Other programs than the real ones, for tests. */
  readonly programs?: EmbeddedPrograms | undefined;
}

/**
 * The runtime of that kind on a state folder. Nothing is started.
 *
 * @throws RuntimeError NOT_AVAILABLE
 */
export function openRuntime(
  kind: RuntimeKind,
  options: OpenRuntimeOptions
): Runtime {
  switch (kind) {
    case 'embedded':
      return new EmbeddedRuntime(options);
    case 'docker':
      throw new RuntimeError('the Docker runtime is not there yet', {
        code: 'NOT_AVAILABLE',
        suggestion: 'use the embedded one: --runtime embedded',
      });
  }
}

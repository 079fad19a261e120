import { DOCKER_SETUP } from './docker-setup.js';
import { EMBEDDED_SETUP } from './embedded-setup.js';
import type { SetupRuntimeKind } from './setup-runtime.js';

/** The runtimes that setup knows, the one that `auto` prefers first. */
export const SETUP_RUNTIMES: readonly SetupRuntimeKind[] = [
  DOCKER_SETUP,
  EMBEDDED_SETUP,
];

import { EMBEDDED_SETUP } from './embedded-setup.js';
import type { SetupRuntimeKind } from './setup-runtime.js';

/**
 * The runtimes that setup knows, the one that `auto` prefers first. The Docker
 * runtime joins here: its `SetupRuntimeKind` goes before the embedded one.
 */
export const SETUP_RUNTIMES: readonly SetupRuntimeKind[] = [EMBEDDED_SETUP];

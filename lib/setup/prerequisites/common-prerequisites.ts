import { clock } from './clock.js';
import { disk } from './disk.js';
import { dockerVersions } from './docker-versions.js';
import { memory } from './memory.js';
import { nodeVersion } from './node-version.js';
import { ports } from './ports.js';
import type { Prerequisite } from './prerequisite.js';

/** What is looked at whatever runs the index, in the order it is shown. */
export const COMMON_PREREQUISITES: readonly Prerequisite[] = [
  nodeVersion,
  disk,
  memory,
  ports,
  clock,
  dockerVersions,
];

import { formatBytes } from '../../cli/index.js';
import { findCompose } from '../../runtime/docker/compose-program.js';
import {
  engineFacts,
  type EngineFacts,
} from '../../runtime/docker/engine-facts.js';
import { openEngine } from '../../runtime/docker/engine.js';
import { RuntimeError } from '../../runtime/runtime-error.js';
import { compareVersions } from './node-version.js';
import type { Prerequisite, PrerequisiteFinding } from './prerequisite.js';
import { askProgram } from './run-program.js';

const GIB = 1024 ** 3;

/** The oldest engine the overlay was tried on. */
const LEAST_ENGINE = '20.10';
/** The image, its build and an index's first days. */
const LEAST_FREE_BYTES = 2 * GIB;
const BUILD_FREE_BYTES = 12 * GIB;
/** RocksDB's compilers want about 1 GB each. */
const BUILD_MEMORY_BYTES = 2 * GIB;
const LEAST_MEMORY_BYTES = 0.5 * GIB;
/** What the server is known to be built for. */
const ARCHITECTURES = ['x86_64', 'amd64', 'aarch64', 'arm64'];

/** What the Docker runtime needs: the engine, then what is asked of it. */
export const DOCKER_PREREQUISITES: readonly Prerequisite[] = [
  {
    id: 'engine',
    name: 'Docker engine',
    check: () => withEngine(judgeEngine),
  },
  {
    id: 'engine-disk',
    name: 'engine disk',
    check: () => withEngine(judgeEngineDisk),
  },
  {
    id: 'engine-memory',
    name: 'engine memory',
    check: () => withEngine(judgeEngineMemory),
  },
  {
    id: 'compose',
    name: 'Compose',
    check: async ({ signal }) => {
      try {
        const { generation, version, command } = await findCompose(
          process.env,
          signal
        );
        const name = command.join(' ');
        return {
          status: 'good',
          detail: `${version} (${name}, generation ${generation})`,
        };
      } catch (error) {
        return failed(error);
      }
    },
  },
  {
    id: 'buildkit',
    name: 'BuildKit',
    check: async ({ signal }) => {
      const answer = await askProgram('docker', ['buildx', 'version'], signal);
      const isOff = process.env['DOCKER_BUILDKIT'] === '0';
      return {
        status: 'info',
        detail:
          answer.kind === 'said' && !isOff
            ? 'there'
            : 'not there: images are built with the classic builder',
      };
    },
  },
];

/** Judges an engine's version and machine. Pure. */
export function judgeEngine(facts: EngineFacts): PrerequisiteFinding {
  const { version, architecture, cpus, url } = facts;
  if (version === '') {
    return {
      status: 'fail',
      detail: `what answers at ${url} says no version, so it is no Docker engine`,
      suggestion: 'mend DOCKER_HOST, or unset it',
    };
  }
  if (compareVersions(version, LEAST_ENGINE) < 0) {
    return {
      status: 'fail',
      detail: `${version} is older than ${LEAST_ENGINE}`,
      suggestion:
        'install a newer one: https://docs.docker.com/engine/install/',
    };
  }
  const detail = `${version}, ${architecture}, ${cpus} cores`;
  return ARCHITECTURES.includes(architecture)
    ? { status: 'good', detail }
    : {
        status: 'warn',
        detail: `${detail}; the server was never built for it`,
      };
}

/** Judges the disk on which the engine keeps its data. Pure. */
export function judgeEngineDisk(facts: EngineFacts): PrerequisiteFinding {
  const { rootFolder, freeBytes } = facts;
  if (freeBytes === null) {
    return {
      status: 'info',
      detail: `${rootFolder}, on a machine that cannot be looked at`,
    };
  }
  const detail = `${formatBytes(freeBytes)} free in ${rootFolder}`;
  const suggestion = 'free some: docker system df shows what takes it';
  if (freeBytes < LEAST_FREE_BYTES) {
    return {
      status: 'fail',
      detail: `${detail}; ${formatBytes(LEAST_FREE_BYTES)} are needed`,
      suggestion,
    };
  }
  if (freeBytes >= BUILD_FREE_BYTES) return { status: 'good', detail };
  return {
    status: 'warn',
    detail: `${detail}; a build may take ${formatBytes(BUILD_FREE_BYTES)}`,
    suggestion,
  };
}

/** Judges the memory inside the engine. Pure. */
export function judgeEngineMemory({
  memoryBytes,
}: EngineFacts): PrerequisiteFinding {
  const detail = formatBytes(memoryBytes);
  if (memoryBytes < LEAST_MEMORY_BYTES) {
    return {
      status: 'fail',
      detail: `${detail}; ${formatBytes(LEAST_MEMORY_BYTES)} are needed`,
      suggestion:
        'give the machine of the engine more (Docker Desktop: Settings, Resources)',
    };
  }
  if (memoryBytes >= BUILD_MEMORY_BYTES) return { status: 'good', detail };
  return {
    status: 'warn',
    detail: `${detail}; a build wants ${formatBytes(BUILD_MEMORY_BYTES)}`,
    suggestion:
      'build with one compiler: CARGO_BUILD_JOBS=1, or take an image: CONSTELLATION_IMAGE',
  };
}

async function withEngine(
  judge: (facts: EngineFacts) => PrerequisiteFinding
): Promise<PrerequisiteFinding> {
  try {
    return judge(await engineFacts(openEngine()));
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): PrerequisiteFinding {
  if (!(error instanceof RuntimeError)) throw error;
  const { message, suggestion } = error;
  return { status: 'fail', detail: message, suggestion, error };
}

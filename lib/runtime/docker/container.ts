import type Docker from 'dockerode';
import { asFields } from '../state-file.js';
import { askEngine, statusOf, type Engine } from './engine.js';

/** A container, as far as it matters here. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  /** Id of the image it was made from. */
  readonly imageId: string;
  /** The image as it was named. */
  readonly image: string;
  readonly status:
    | 'created'
    | 'running'
    | 'paused'
    | 'restarting'
    | 'removing'
    | 'exited'
    | 'dead';
  readonly exitCode: number;
  readonly isOutOfMemory: boolean;
  readonly restartCount: number;
  /** What asks it to end, such as `SIGINT`; null: the engine's own. */
  readonly stopSignal: string | null;
  /** How long it may take then (s); null: the engine's own. */
  readonly stopGraceSeconds: number | null;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Null: it has no health check. */
  readonly health: {
    readonly status: 'starting' | 'healthy' | 'unhealthy';
    readonly failingStreak: number;
    /** What the checks said, oldest first. */
    readonly history: readonly string[];
  } | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The engine's mount of a path of the container. */
  readonly mounts: ReadonlyMap<string, MountFacts>;
  /** Container port to where it is published. */
  readonly ports: ReadonlyMap<
    string,
    { readonly host: string; readonly port: number }
  >;
  /** Its addresses, by network. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly labels: Readonly<Record<string, string>>;
}

/** What is mounted. */
export interface MountFacts {
  readonly kind: string;
  /** The volume's name, or the folder. */
  readonly name: string;
}

/** Labels that Compose puts on what it makes; both generations. */
export const COMPOSE_LABELS = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  oneOff: 'com.docker.compose.oneoff',
  place: 'com.docker.compose.container-number',
  configFiles: 'com.docker.compose.project.config_files',
  workingDir: 'com.docker.compose.project.working_dir',
} as const;

/** The containers of a service, found by Compose's labels alone. */
export async function findContainers(
  engine: Engine,
  project: string,
  service: string | null
): Promise<readonly ContainerFacts[]> {
  const { project: ofProject, service: ofService, oneOff } = COMPOSE_LABELS;
  const label = [
    `${ofProject}=${project}`,
    `${oneOff}=False`,
    ...(service === null ? [] : [`${ofService}=${service}`]),
  ];
  const listed = await askEngine(engine, (docker) =>
    docker.listContainers({ all: true, filters: { label } })
  );
  const found: ContainerFacts[] = [];
  for (const { Id } of listed) {
    const facts = await inspectContainer(engine, Id);
    if (facts !== null) found.push(facts);
  }
  return found;
}

/** @returns null when it is gone */
export async function inspectContainer(
  engine: Engine,
  id: string
): Promise<ContainerFacts | null> {
  try {
    const seen = await askEngine(engine, (docker) =>
      docker.getContainer(id).inspect()
    );
    return asFacts(seen);
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

function asFacts(seen: Docker.ContainerInspectInfo): ContainerFacts {
  const { State: state, Config: config, NetworkSettings: network } = seen;
  const health = state.Health;
  // The types have them for a container that is made alone.
  const { StopSignal: stopSignal, StopTimeout: stopGrace } =
    asFields(config) ?? {};
  return {
    id: seen.Id,
    name: seen.Name.replace(/^\//, ''),
    service: config.Labels[COMPOSE_LABELS.service] ?? '',
    imageId: seen.Image,
    image: config.Image,
    status: statusNamed(state.Status),
    exitCode: state.ExitCode,
    isOutOfMemory: state.OOMKilled,
    restartCount: seen.RestartCount,
    stopSignal: typeof stopSignal === 'string' ? stopSignal : null,
    stopGraceSeconds: typeof stopGrace === 'number' ? stopGrace : null,
    startedAt: state.StartedAt,
    finishedAt: state.FinishedAt,
    health:
      health === undefined || health.Status === 'none'
        ? null
        : {
            status: healthNamed(health.Status),
            failingStreak: health.FailingStreak,
            history: (health.Log ?? []).map(({ Output }) => Output.trim()),
          },
    environment: Object.fromEntries(
      (config.Env ?? []).map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)];
      })
    ),
    mounts: new Map(
      seen.Mounts.map((mount) => [
        mount.Destination,
        { kind: mount.Type, name: mount.Name ?? mount.Source },
      ])
    ),
    ports: portsOf(network.Ports ?? {}),
    addresses: new Map(
      Object.entries(network.Networks ?? {}).map(([name, { IPAddress }]) => [
        name,
        IPAddress,
      ])
    ),
    labels: config.Labels,
  };
}

function portsOf(
  ports: Docker.ContainerInspectInfo['NetworkSettings']['Ports']
): ContainerFacts['ports'] {
  const found = new Map<string, { host: string; port: number }>();
  // The engine says null for a port that is not published.
  for (const [name, bindings] of Object.entries(ports)) {
    const [first] = (bindings as typeof bindings | null) ?? [];
    if (first === undefined) continue;
    found.set(name, { host: first.HostIp, port: Number(first.HostPort) });
  }
  return found;
}

const STATUSES = [
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
] as const;

function statusNamed(text: string): ContainerFacts['status'] {
  return STATUSES.find((status) => status === text) ?? 'dead';
}

function healthNamed(text: string): 'starting' | 'healthy' | 'unhealthy' {
  return text === 'healthy' || text === 'unhealthy' ? text : 'starting';
}

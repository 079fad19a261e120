import { execIn } from '../../runtime/docker/container-output.js';
import {
  findContainers,
  type ContainerFacts,
} from '../../runtime/docker/container.js';
import type { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import { runningContainers } from '../../runtime/docker/recreate-services.js';
import { parseEnviron } from '../appview/appview-processes.js';
import type { RunningAppView } from '../appview/appview-subject.js';
import type { RedisChoice } from '../redis/redis-choice.js';

/**
 * The AppView's containers and the environment their processes really have,
 * which is neither what its `.env` nor what its compose file says now.
 *
 * @returns none where none runs
 */
export async function findAppViewContainers(
  runtime: DockerRuntime
): Promise<readonly RunningAppView[]> {
  const stack = await runtime.stack();
  const apps = await runningContainers(runtime, stack, stack.apps);
  return await Promise.all(apps.map((app) => asRunning(runtime, app)));
}

/** The folder of the `.env` from which Compose tells an AppView. */
export async function envFolderOf(
  runtime: DockerRuntime,
  appview: string
): Promise<string> {
  const stack = (await runtime.record())?.stack;
  return stack?.named?.appview === appview ? stack.envFolder : appview;
}

async function asRunning(
  runtime: DockerRuntime,
  app: ContainerFacts
): Promise<RunningAppView> {
  const told = await execIn(runtime.engine, app.id, ['cat', '/proc/1/environ']);
  // An image without cat: what it was made with.
  const environment =
    told.code === 0 ? parseEnviron(told.stdout) : app.environment;
  return { name: `container ${app.name}`, environment };
}

/**
 * The Redis that the AppView's container uses: inside the project a service's
 * name is its host, which this machine reaches by the container's address.
 *
 * @returns null where its environment names none
 */
export async function findRedisInside(
  runtime: DockerRuntime
): Promise<RedisChoice | null> {
  const [app] = await findAppViewContainers(runtime);
  const url = app?.environment['REDIS_URL'] ?? '';
  if (app === undefined || !URL.canParse(url)) return null;
  const inside = new URL(url);
  const { project } = await runtime.stack();
  const [service] = await findContainers(
    runtime.engine,
    project,
    inside.hostname
  );
  const address = [...(service?.addresses.values() ?? [])].find(
    (one) => one !== ''
  );
  if (address !== undefined) inside.hostname = address;
  return {
    kind: 'url',
    url: inside.href,
    from: `the environment of ${app.name}`,
  };
}

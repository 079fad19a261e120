import type { ComposeFacts } from '../../compose/index.js';
import { askModel } from './compose-model.js';
import { findContainers, type ContainerFacts } from './container.js';
import type { ComposeStack, StackView } from './compose-stack.js';
import type { DockerRuntime } from './docker-runtime.js';
import { findImage } from './image.js';
import { runCompose } from './run-compose.js';

/** Label in which Compose keeps what a container was made from. */
const HASH_LABEL = 'com.docker.compose.config-hash';

/** Services that are to be made anew, as files say it. */
export interface NewServices {
  readonly stack: ComposeStack;
  readonly view: StackView;
  readonly services: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Whether Compose would leave alone what services depend on: it runs, is well,
 * and was made from what the files say now and from the image that has its
 * name now. A pull since then moves the name, and Compose makes the container
 * anew for that alone: an AppView's Redis would lose what it holds.
 *
 * Compose 2 counts the dependencies into what a container is made from, so one
 * that was made with `--no-deps` is made anew by the next plain `up`. Where
 * nothing else can be touched that flag is better left away. Compose 1 does
 * not count them: there it may always stay.
 */
export async function dependenciesStay(
  runtime: DockerRuntime,
  { stack, view, services, signal }: NewServices
): Promise<boolean> {
  const program = await runtime.compose(signal);
  if (program.generation === 1) return false;
  const ask = (...args: readonly string[]): Promise<string> =>
    runCompose(program, stack, { view, args, variables: {}, signal });
  const { facts } = await askModel(program, stack, { view, signal });
  const names = dependenciesOf(facts, services);
  if (names.length === 0) return true;
  const hashes = parseHashes(await ask('config', '--hash', names.join(',')));
  for (const name of names) {
    const [container, ...more] = await findContainers(
      runtime.engine,
      stack.project,
      name
    );
    // Several: by a number that stands in no file, perhaps.
    if (container === undefined || more.length > 0) return false;
    const image = await findImage(runtime.engine, container.image);
    if (!isAsSaid(container, hashes.get(name), image?.id)) return false;
  }
  return true;
}

/** What services need, directly or not, without themselves. Pure. */
export function dependenciesOf(
  { services }: ComposeFacts,
  from: readonly string[]
): readonly string[] {
  const seen = new Set(from);
  const left = [...from];
  for (;;) {
    const name = left.pop();
    if (name === undefined) break;
    for (const other of services.get(name)?.dependsOn ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      left.push(other);
    }
  }
  return [...seen].filter((name) => !from.includes(name));
}

/** Lines of `SERVICE HASH`. Pure. */
export function parseHashes(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [name, hash] = line.trim().split(/\s+/);
      return name === undefined || hash === undefined
        ? []
        : [[name, hash] as const];
    })
  );
}

/**
 * Whether a container is one that Compose would not make anew. Pure.
 *
 * @param hash of what the files say now
 * @param imageId of what has the image's name now
 */
export function isAsSaid(
  container: ContainerFacts,
  hash: string | undefined,
  imageId: string | undefined
): boolean {
  const { status, health, labels } = container;
  const isWell = health === null || health.status === 'healthy';
  return (
    status === 'running' &&
    isWell &&
    hash !== undefined &&
    labels[HASH_LABEL] === hash &&
    container.imageId === imageId
  );
}

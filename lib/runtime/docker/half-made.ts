import { COMPOSE_LABELS, type ContainerFacts } from './container.js';

/**
 * Of the containers of a service those that were to take the place of another
 * one, which is still there, and that were never started. Compose 2 makes the
 * new one before it stops the old one, and leaves it where it is interrupted
 * between; the next `up` fails over its name. Pure.
 */
export function halfMade(
  containers: readonly ContainerFacts[]
): readonly ContainerFacts[] {
  return containers.filter(
    (container) =>
      container.status === 'created' &&
      containers.some(
        (other) =>
          other.status !== 'created' &&
          other.service === container.service &&
          placeOf(other) === placeOf(container)
      )
  );
}

/** Which of several of a service: 1, 2 and so on. */
function placeOf({ labels }: ContainerFacts): string | undefined {
  return labels[COMPOSE_LABELS.place];
}

import type { RuntimeState } from '../runtime-state.js';
import type { ContainerFacts } from './container.js';

/** What a container's state means for the index. */
export interface ContainerVerdict {
  readonly state: RuntimeState;
  /** A sentence for people. */
  readonly detail: string;
}

/**
 * Judges a container. Pure.
 *
 * @param container null: there is none
 * @param phase what was asked for last; null: nothing
 */
export function judgeContainer(
  container: ContainerFacts | null,
  phase: 'starting' | 'running' | 'stopped' | null
): ContainerVerdict {
  if (container === null) {
    return phase === null || phase === 'stopped'
      ? {
          state: phase === null ? 'absent' : 'stopped',
          detail:
            phase === null
              ? 'it was never started here'
              : 'it was stopped, its container is gone',
        }
      : { state: 'failed', detail: 'its container is gone' };
  }
  const { name, status, startedAt, finishedAt } = container;
  switch (status) {
    case 'running':
      return {
        state: 'running',
        detail: `container ${name} runs (${conditionOf(container)}) since ${startedAt}`,
      };
    case 'created':
      return {
        state: 'stopped',
        detail: `container ${name} was made, not started`,
      };
    case 'paused':
      return {
        state: 'degraded',
        detail: `container ${name} is paused: docker unpause ${name}`,
      };
    case 'restarting':
      return {
        state: 'failed',
        detail: `container ${name} ends again and again (${endOf(container)}, ${plural(container.restartCount)})`,
      };
    case 'removing':
      return {
        state: 'stopping',
        detail: `container ${name} is being removed`,
      };
    case 'exited':
    case 'dead':
      return phase === 'stopped' || phase === null
        ? {
            state: 'stopped',
            detail: `container ${name} was stopped at ${finishedAt}`,
          }
        : {
            state: 'failed',
            detail: `container ${name} ended at ${finishedAt} (${endOf(container)})`,
          };
  }
}

/** Health and restarts, for people. */
export function conditionOf({ health, restartCount }: ContainerFacts): string {
  return `${health?.status ?? 'no health check'}, ${plural(restartCount)}`;
}

function endOf({ exitCode, isOutOfMemory }: ContainerFacts): string {
  return isOutOfMemory
    ? `exit code ${exitCode}, out of memory: raise CONSTELLATION_MEMORY_LIMIT`
    : `exit code ${exitCode}`;
}

function plural(restarts: number): string {
  return `${restarts} restart${restarts === 1 ? '' : 's'}`;
}

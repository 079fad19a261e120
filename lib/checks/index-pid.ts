import type { RuntimeStatus } from '../runtime/runtime.js';

/** The pid of the index; null where it is no process of this machine. Pure. */
export function indexPid(status: RuntimeStatus | null): number | null {
  if (status?.kind !== 'embedded') return null;
  const index = status.parts.find(
    ({ name, state }) => name === 'index' && state === 'up'
  );
  return index !== undefined && /^[1-9]\d*$/.test(index.id)
    ? Number(index.id)
    : null;
}

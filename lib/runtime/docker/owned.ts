/**
 * Containers and volumes of the moment, each labelled with the process that
 * made it, so that what a killed run left is known for that and removed.
 */

import { ROLE_LABEL } from '../../compose/index.js';
import { asIdentity } from '../lock-content.js';
import { ownIdentity, presenceOf } from '../process-identity.js';
import { askEngine, type Engine } from './engine.js';

const OWNER_LABEL = 'constellation-local.owner';

/** What of the moment something is. */
export type OwnedRole = 'helper' | 'look';

/** The labels of what this process makes. */
export function ownedLabels(role: OwnedRole): Readonly<Record<string, string>> {
  return {
    [ROLE_LABEL]: role,
    [OWNER_LABEL]: JSON.stringify(ownIdentity()),
  };
}

/** Removes what dead processes of this machine have left. */
export async function sweepOwnerless(engine: Engine): Promise<void> {
  const filters = { label: [OWNER_LABEL] };
  await askEngine(engine, async (docker) => {
    for (const { Id, Labels } of await docker.listContainers({
      all: true,
      filters,
    })) {
      if (!isOwnerless(Labels)) continue;
      await docker.getContainer(Id).remove({ force: true, v: true });
    }
    const { Volumes } = await docker.listVolumes({ filters });
    // The engine says null for none.
    for (const { Name, Labels } of (Volumes as typeof Volumes | null) ?? []) {
      if (isOwnerless(Labels)) await docker.getVolume(Name).remove();
    }
  });
}

function isOwnerless(labels: Readonly<Record<string, string>>): boolean {
  try {
    const owner = asIdentity(JSON.parse(labels[OWNER_LABEL] ?? 'null'));
    return owner !== null && presenceOf(owner) === 'gone';
  } catch {
    return false; // not one of ours
  }
}

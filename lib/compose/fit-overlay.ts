import { ComposeError } from './compose-error.js';
import type { FoundService, FoundServices } from './find-services.js';
import type { NetworkDefinition } from './overlay-model.js';
import {
  OUTSIDE_NETWORK,
  type OverlayOptions,
  type OverriddenService,
} from './overlay-options.js';
import type { ComposeFacts, ServiceFacts } from './service-facts.js';

/** What decides the overlay's form besides the AppView's file. */
export interface FitOptions {
  /** See `OverlayOptions.toolkit`. */
  readonly toolkit?: string;
  /** Whether one of ours is wanted where the AppView has none. Default false. */
  readonly bridge?: boolean;
}

/**
 * The overlay that fits an AppView's file: its services' names, the networks on
 * which they can reach the index, and whether they run in the host's network.
 * Pure.
 *
 * @throws ComposeError `unsupported-network` when a service shares the network
 *   of a container, or has none
 */
export function fitOverlay(
  facts: ComposeFacts,
  found: FoundServices,
  { toolkit, bridge: isWanted = false }: FitOptions = {}
): OverlayOptions {
  const services: OverriddenService[] = [];
  const joined = new Set<string>();
  const { apps, bridge } = found;
  for (const one of bridge === null ? apps : [...apps, bridge]) {
    const place = placeOf(facts, one, new Set());
    for (const network of place.networks) joined.add(network);
    services.push({
      name: one.service.name,
      role: one.role,
      form: formOf(one.service),
      onHost: place.onHost,
    });
  }
  const networks: Record<string, NetworkDefinition> = {};
  for (const name of joined) networks[name] = facts.networks.get(name) ?? null;
  // Without a way out there is no stream, and no port on this machine.
  const isInternal = (name: string): boolean =>
    facts.networks.get(name)?.['internal'] === true;
  if (['default', ...joined].every(isInternal)) {
    networks[OUTSIDE_NETWORK] = null;
  }
  return {
    services,
    ...(toolkit === undefined ? {} : { toolkit }),
    networks,
    bridge: isWanted && bridge === null,
  };
}

/**
 * Compose 1 keeps one `extends` only, and takes the overlay's; the keeper's
 * build has no place beside an image.
 */
function formOf({
  isExtension,
  image,
  buildContext,
}: ServiceFacts): 'plain' | 'keeper' {
  const isImage = image !== null && buildContext === null;
  return isExtension || isImage ? 'plain' : 'keeper';
}

interface Place {
  readonly onHost: boolean;
  /** Of which the index has to join one; empty: the default network is shared. */
  readonly networks: readonly string[];
}

function placeOf(
  facts: ComposeFacts,
  { service }: Pick<FoundService, 'service'>,
  seen: ReadonlySet<string>
): Place {
  const { name, networkMode, networks } = service;
  if (networkMode === 'host') return { onHost: true, networks: [] };
  const shared = /^service:(.+)$/.exec(networkMode ?? '')?.[1];
  const owner = shared === undefined ? undefined : facts.services.get(shared);
  if (owner !== undefined && !seen.has(name)) {
    return placeOf(facts, { service: owner }, new Set([...seen, name]));
  }
  if (networkMode !== null && networkMode !== 'bridge') {
    throw new ComposeError(
      `${name} has network_mode: ${networkMode}, from which the index cannot be reached`,
      {
        code: 'unsupported-network',
        suggestion: 'give it a network of the project, or network_mode: host',
      }
    );
  }
  if (networkMode === 'bridge') {
    throw new ComposeError(
      `${name} has network_mode: bridge, where services have no names`,
      {
        code: 'unsupported-network',
        suggestion: 'give it a network of the project, or network_mode: host',
      }
    );
  }
  const onDefault =
    networks === null || networks.length === 0 || networks.includes('default');
  // One is enough; the index need not be seen from the others.
  return { onHost: false, networks: onDefault ? [] : networks.slice(0, 1) };
}

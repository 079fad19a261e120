import type { RuntimeUrls } from '../runtime.js';
import type { ContainerFacts } from './container.js';

const API_PORT = '6789/tcp';
const METRICS_PORT = '8765/tcp';
const BRIDGE_PORT = '3003/tcp';

type Published = Pick<ContainerFacts, 'ports'>;

/**
 * Where the index in a container is asked from this machine: any address of
 * this machine is reached by its loopback one. Pure.
 *
 * @returns null where its API is not published
 */
export function containerUrls(container: Published): RuntimeUrls | null {
  const api = publishedUrl(container, API_PORT);
  const metrics = publishedUrl(container, METRICS_PORT);
  return api === null ? null : { api, metrics };
}

/**
 * Where it is asked from a container of the same network, published or not.
 * Pure.
 *
 * @returns null where it is not in that network
 */
export function networkUrls(
  { addresses }: Pick<ContainerFacts, 'addresses'>,
  network: string
): RuntimeUrls | null {
  const address = addresses.get(network) ?? '';
  if (address === '') return null;
  const [api, metrics] = [API_PORT, METRICS_PORT].map(
    (port) => `http://${address}:${port.replace('/tcp', '')}`
  );
  return api === undefined ? null : { api, metrics: metrics ?? null };
}

/** The same of a bridge in a container. Pure. */
export function bridgeUrl(container: Published): string | null {
  return publishedUrl(container, BRIDGE_PORT);
}

function publishedUrl({ ports }: Published, port: string): string | null {
  const place = ports.get(port);
  if (place === undefined) return null;
  const host =
    place.host === '0.0.0.0' || place.host === ''
      ? '127.0.0.1'
      : place.host === '::'
        ? '[::1]'
        : place.host.includes(':')
          ? `[${place.host}]`
          : place.host;
  return `http://${host}:${place.port}`;
}

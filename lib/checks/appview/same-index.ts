import { hostname, networkInterfaces } from 'node:os';

/** Names of this machine, as URLs have them. */
const LOOPBACK = new Set(['localhost', '[::1]', '0.0.0.0', '[::]']);

/**
 * Whether a URL leads to one of our own: the same port on this machine, by
 * whatever name or address of it. Pure.
 *
 * @param hosts names and addresses of this machine besides loopback
 */
export function leadsTo(
  url: string,
  own: readonly string[],
  hosts: ReadonlySet<string>
): boolean {
  if (!URL.canParse(url)) return false;
  const wanted = new URL(url);
  if (wanted.pathname !== '/' || !/^https?:$/.test(wanted.protocol)) {
    return false;
  }
  return own.some((text) => {
    if (!URL.canParse(text)) return false;
    const ours = new URL(text);
    if (wanted.origin === ours.origin) return true;
    return (
      wanted.protocol === ours.protocol &&
      portOf(wanted) === portOf(ours) &&
      isHere(wanted.hostname, hosts) &&
      isHere(ours.hostname, hosts)
    );
  });
}

/** Names and addresses of this machine. `host.docker.internal` is it, seen from a container. */
export function ownHosts(): ReadonlySet<string> {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address, family }) =>
      family === 'IPv6' ? `[${address.split('%')[0] ?? address}]` : address
    );
  return new Set([...addresses, hostname(), 'host.docker.internal']);
}

function isHere(host: string, hosts: ReadonlySet<string>): boolean {
  return LOOPBACK.has(host) || /^127\./.test(host) || hosts.has(host);
}

function portOf(url: URL): string {
  return url.port === ''
    ? url.protocol === 'https:'
      ? '443'
      : '80'
    : url.port;
}

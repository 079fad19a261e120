import { parseServiceUrl } from './service-url.js';

/** Whether an index is one's own, on this machine or network, or not. */
export type Deployment = 'local' | 'remote';

/** Names that only resolve inside a machine, a cluster or a private network. */
const LOCAL_SUFFIXES = ['.localhost', '.local', '.internal', '.svc'] as const;

/**
 * Decides whether a URL is a local deployment, from the parsed host and never
 * from a substring: loopback, unspecified, private and link-local addresses
 * (IPv4, IPv6 and IPv4-mapped), single-label names such as compose services,
 * `*.localhost`, `.local`, `.internal` and `.svc` are local, all else remote.
 * No name is looked up.
 *
 * @param url the index's base URL
 * @param override what the operator says; wins over the host
 * @throws ConstellationError `BAD_URL` whatever the override
 */
export function detectDeployment(url: string, override?: boolean): Deployment {
  const { hostname } = parseServiceUrl(url);
  if (override !== undefined) return override ? 'local' : 'remote';
  return isLocalHost(hostname) ? 'local' : 'remote';
}

/** @param hostname as the URL parser writes it: lower case, canonical IPs */
function isLocalHost(hostname: string): boolean {
  if (hostname.startsWith('[')) return isLocalIpv6(hostname.slice(1, -1));
  const host = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  const ipv4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host);
  if (ipv4 !== null) return isLocalIpv4(Number(ipv4[1]), Number(ipv4[2]));
  if (!host.includes('.')) return true;
  return LOCAL_SUFFIXES.some((suffix) => host.endsWith(suffix));
}

/** Loopback, "this host" (RFC 1122), private (RFC 1918), link-local (RFC 3927). */
function isLocalIpv4(first: number, second: number): boolean {
  if (first === 127 || first === 0 || first === 10) return true;
  if (first === 172) return second >= 16 && second <= 31;
  if (first === 192) return second === 168;
  return first === 169 && second === 254;
}

/** Loopback, unspecified, unique local (fc00::/7), link-local (fe80::/10). */
function isLocalIpv6(address: string): boolean {
  if (address === '::1' || address === '::') return true;
  const mapped = /^::ffff:([0-9a-f]{1,4}):[0-9a-f]{1,4}$/.exec(address);
  if (mapped !== null) {
    const high = parseInt(mapped[1] ?? '', 16);
    return isLocalIpv4(high >> 8, high & 0xff);
  }
  const first = parseInt(address, 16);
  return (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80;
}

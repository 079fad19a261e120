import { normalizeIpLiteral } from './ip-literal.js';
import {
  lowerCaseExceptEscapes,
  normalizeEscapes,
} from './percent-encoding.js';
import { endOfRun, REG_NAME, USERINFO } from './uri-characters.js';

const PORT = /^(?::[0-9]*)?$/;
function consistsOf(text: string, bits: number): boolean {
  return endOfRun(text, 0, bits) === text.length;
}

/** Where the host ends and its port (with the colon) begins. */
function endOfHost(hostAndPort: string): number {
  if (hostAndPort.startsWith('[')) return hostAndPort.indexOf(']') + 1;
  const colon = hostAndPort.indexOf(':');
  return colon === -1 ? hostAndPort.length : colon;
}

function normalizeHost(host: string): string | null {
  if (!host.startsWith('[')) {
    return consistsOf(host, REG_NAME)
      ? lowerCaseExceptEscapes(normalizeEscapes(host))
      : null;
  }
  const literal = normalizeIpLiteral(host.slice(1, -1));
  return literal === null ? null : `[${literal}]`;
}

/**
 * The normal form of an authority, given without its `//`, or null when RFC
 * 3986 section 3.2 does not allow it. The host becomes lower case, an empty
 * port loses its colon, every other port stays, even the scheme's default;
 * userinfo keeps its case, and its `@` when empty.
 */
export function normalizeAuthority(authority: string): string | null {
  const at = authority.indexOf('@');
  const userinfo = at === -1 ? '' : authority.slice(0, at);
  if (!consistsOf(userinfo, USERINFO)) return null;
  const hostAndPort = authority.slice(at + 1);
  const hostEnd = endOfHost(hostAndPort);
  const port = hostAndPort.slice(hostEnd);
  if (!PORT.test(port)) return null;
  const host = normalizeHost(hostAndPort.slice(0, hostEnd));
  if (host === null) return null;
  return (
    (at === -1 ? '' : `${normalizeEscapes(userinfo)}@`) +
    host +
    (port === ':' ? '' : port)
  );
}

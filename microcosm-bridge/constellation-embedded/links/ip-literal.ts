/** IP literals: what stands between `[` and `]` (RFC 3986 section 3.2.2). */

/** No IPv6 address is longer: eight groups of four, or six and an IPv4. */
const MAX_IPV6_LENGTH = 45;
const GROUPS = 8;

const HEX_GROUP = /^[0-9A-Fa-f]{1,4}$/;
const DECIMAL_OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
const IP_FUTURE = /^v[0-9a-f]+\.[a-z0-9._~!$&'()*+,;=:-]+$/i;

/** The two 16-bit groups of a dotted IPv4 address, or null. */
function ipv4Groups(text: string): readonly number[] | null {
  const octets = text.split('.');
  if (octets.length !== 4) return null;
  const values: number[] = [];
  for (const octet of octets) {
    if (!DECIMAL_OCTET.test(octet)) return null;
    const value = Number(octet);
    if (value > 255) return null;
    values.push(value);
  }
  const [a = 0, b = 0, c = 0, d = 0] = values;
  return [a * 256 + b, c * 256 + d];
}

/** Colon-separated groups; only the address's last may be dotted. */
function groupsOf(text: string, endsAddress: boolean): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (HEX_GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    if (!endsAddress || index !== parts.length - 1) return null;
    const dotted = ipv4Groups(part);
    if (dotted === null) return null;
    groups.push(...dotted);
  }
  return groups;
}

function parseIpv6(text: string): number[] | null {
  if (text.length > MAX_IPV6_LENGTH) return null;
  const halves = text.split('::');
  const [head = '', tail] = halves;
  const before = groupsOf(head, tail === undefined);
  if (before === null || halves.length > 2) return null;
  if (tail === undefined) return before.length === GROUPS ? before : null;
  const after = groupsOf(tail, true);
  if (after === null) return null;
  const elided = GROUPS - before.length - after.length;
  if (elided < 1) return null;
  return [...before, ...new Array<number>(elided).fill(0), ...after];
}

/** The first longest run of zero groups, when it has two or more. */
function longestZeroRun(groups: readonly number[]): [number, number] | null {
  let best: [number, number] | null = null;
  let start = 0;
  for (let index = 0; index <= groups.length; index += 1) {
    if (groups[index] === 0) continue;
    const length = index - start;
    if (length > (best === null ? 1 : best[1])) best = [start, length];
    start = index + 1;
  }
  return best;
}

const hex = (groups: readonly number[]): string =>
  groups.map((group) => group.toString(16)).join(':');

/** RFC 5952 text; only IPv4-mapped addresses are written dotted. */
function formatIpv6(groups: readonly number[]): string {
  const [, , , , , marker = 0, high = 0, low = 0] = groups;
  if (marker === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return `::ffff:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const run = longestZeroRun(groups);
  if (run === null) return hex(groups);
  const [start, length] = run;
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/**
 * The normal form of an IP literal given without its brackets, or null when
 * it is none. IPv6 addresses come out as RFC 5952 has them, dotted only when
 * IPv4-mapped; IPvFuture in lower case. Zone identifiers are not RFC 3986.
 * The rules are those of the Rust crate fluent-uri 0.3 (its documentation of
 * `normalize` and its tests), which the real server uses.
 */
export function normalizeIpLiteral(literal: string): string | null {
  if (IP_FUTURE.test(literal)) return literal.toLowerCase();
  const groups = parseIpv6(literal);
  return groups === null ? null : formatIpv6(groups);
}

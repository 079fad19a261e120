import { randomBase32 } from './base32.js';
import type { Random } from './random.js';

/**
 * A DID of the PLC method: 24 base32 characters, as
 * https://web.plc.directory/spec/v0.1/did-plc defines it.
 */
export function randomDid(random: Random): string {
  return `did:plc:${randomBase32(random, 24)}`;
}

/**
 * A CIDv1 in base32 of a SHA-256 that hashes nothing. The first 32 bits (version,
 * codec, hash, length) fill six characters and two bits of the seventh; the 58th
 * character carries three bits only, so both ends are drawn from what a real
 * encoder could write there.
 */
function randomCid(random: Random, prefix: string): string {
  const first = 'abcdefgh'.charAt(random.uint32() & 7);
  const last = 'aeimquy4'.charAt(random.uint32() & 7);
  return prefix + first + randomBase32(random, 50) + last;
}

/** The CID of a record (dag-cbor, SHA-256). */
export function randomRecordCid(random: Random): string {
  return randomCid(random, 'bafyrei');
}

/** The CID of a blob (raw, SHA-256). */
export function randomBlobCid(random: Random): string {
  return randomCid(random, 'bafkrei');
}

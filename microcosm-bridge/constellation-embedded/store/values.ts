/**
 * The values of the store's trees, packed by hand: they are written twelve
 * thousand times a second and read by every request.
 */

import { ID_BYTES } from './keys.js';

/** What is counted for one (target, collection, path). */
export interface Slot {
  /** Which (collection, path), see the `sources` tree. */
  readonly sourceId: number;
  /** Key of the links, unique and growing in order of first appearance. */
  readonly slotId: number;
  /** Links now, those of deactivated accounts included. */
  records: number;
  /** Different DIDs among them. */
  dids: number;
}

/** Where a link of a record stands, so that it can be taken out again. */
export interface LinkRef {
  readonly slotId: number;
  readonly seq: number;
}

/** What is kept of a record: its revision (a TID) and its links. */
export interface RecordEntry {
  readonly rev: string;
  readonly links: readonly LinkRef[];
}

/** A DID's part of a slot: how many links, and the sequence number of the oldest. */
export interface DidEntry {
  readonly count: number;
  readonly firstSeq: number;
}

const REF_BYTES = 2 * ID_BYTES;

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

function writeVarint(buffer: Buffer, at: number, value: number): number {
  let rest = value;
  let offset = at;
  while (rest >= 0x80) {
    buffer[offset++] = (rest % 0x80) + 0x80;
    rest = Math.floor(rest / 0x80);
  }
  buffer[offset++] = rest;
  return offset;
}

/** A reading position in a value; `at` moves on with every read. */
interface Position {
  at: number;
}

function readVarint(buffer: Buffer, position: Position): number {
  let value = 0;
  let factor = 1;
  for (;;) {
    const byte = buffer[position.at++];
    if (byte === undefined) throw new RangeError('truncated value');
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 0x80;
  }
}

/** `subjects`: every slot of a target. */
export function packSlots(slots: Iterable<Slot>): Buffer {
  const list = [...slots];
  let length = 0;
  for (const { sourceId, slotId, records, dids } of list) {
    length +=
      varintLength(sourceId) +
      varintLength(slotId) +
      varintLength(records) +
      varintLength(dids);
  }
  const value = Buffer.allocUnsafe(length);
  let at = 0;
  for (const { sourceId, slotId, records, dids } of list) {
    at = writeVarint(value, at, sourceId);
    at = writeVarint(value, at, slotId);
    at = writeVarint(value, at, records);
    at = writeVarint(value, at, dids);
  }
  return value;
}

/** `subjects`: the slots in order of first appearance. */
export function unpackSlots(value: Buffer): Slot[] {
  const slots: Slot[] = [];
  const position = { at: 0 };
  while (position.at < value.length) {
    slots.push({
      sourceId: readVarint(value, position),
      slotId: readVarint(value, position),
      records: readVarint(value, position),
      dids: readVarint(value, position),
    });
  }
  return slots;
}

/**
 * The text at the end of a value. Its length is said, because the store lends
 * one long buffer with a `length` of its own, which Node 24 no longer asks.
 */
export function textFrom(value: Buffer, start: number): string {
  return value.toString('utf8', start, value.length);
}

/** `slots`: which (collection, path), and the text of the target. */
export function packSlotName(sourceId: number, target: string): Buffer {
  const value = Buffer.allocUnsafe(ID_BYTES + Buffer.byteLength(target));
  value.writeUIntBE(sourceId, 0, ID_BYTES);
  value.write(target, ID_BYTES, 'utf8');
  return value;
}

/** `slots`: the (collection, path) of a slot. */
export function sourceOfSlotName(value: Buffer): number {
  return value.readUIntBE(0, ID_BYTES);
}

/** `slots`: the target of a slot. */
export function targetOfSlotName(value: Buffer): string {
  return textFrom(value, ID_BYTES);
}

/** `links` by sequence number: who, and the rkey of the linking record. */
export function packLinker(didId: number, rkey: string): Buffer {
  const value = Buffer.allocUnsafe(ID_BYTES + Buffer.byteLength(rkey));
  value.writeUIntBE(didId, 0, ID_BYTES);
  value.write(rkey, ID_BYTES, 'utf8');
  return value;
}

/** `links` by sequence number: the DID's id. */
export function didOfLinker(value: Buffer): number {
  return value.readUIntBE(0, ID_BYTES);
}

/** `links` by sequence number: the rkey. */
export function rkeyOfLinker(value: Buffer): string {
  return textFrom(value, ID_BYTES);
}

/** `links` by DID. */
export function packDidEntry({ count, firstSeq }: DidEntry): Buffer {
  const value = Buffer.allocUnsafe(ID_BYTES + varintLength(count));
  value.writeUIntBE(firstSeq, 0, ID_BYTES);
  writeVarint(value, ID_BYTES, count);
  return value;
}

/** `links` by DID. */
export function unpackDidEntry(value: Buffer): DidEntry {
  return {
    firstSeq: value.readUIntBE(0, ID_BYTES),
    count: readVarint(value, { at: ID_BYTES }),
  };
}

/** `records`: revision and links. A revision longer than 255 bytes is not kept. */
export function packRecord(rev: string, links: readonly LinkRef[]): Buffer {
  const revBytes = Buffer.byteLength(rev);
  const kept = revBytes <= 255 ? revBytes : 0;
  const value = Buffer.allocUnsafe(1 + kept + links.length * REF_BYTES);
  value[0] = kept;
  if (kept > 0) value.write(rev, 1, 'utf8');
  let at = 1 + kept;
  for (const { slotId, seq } of links) {
    value.writeUIntBE(slotId, at, ID_BYTES);
    value.writeUIntBE(seq, at + ID_BYTES, ID_BYTES);
    at += REF_BYTES;
  }
  return value;
}

/** `records`: revision and links, in the order in which the links were added. */
export function unpackRecord(value: Buffer): RecordEntry {
  const revBytes = value[0] ?? 0;
  const links: LinkRef[] = [];
  for (let at = 1 + revBytes; at < value.length; at += REF_BYTES) {
    links.push({
      slotId: value.readUIntBE(at, ID_BYTES),
      seq: value.readUIntBE(at + ID_BYTES, ID_BYTES),
    });
  }
  return { rev: value.toString('utf8', 1, 1 + revBytes), links };
}

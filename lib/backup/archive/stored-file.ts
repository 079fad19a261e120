/** Files into a backup and out of it, streamed and summed. */

import { createReadStream, createWriteStream } from 'node:fs';
import { Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import path from 'node:path';
import { BackupError } from '../backup-error.js';
import type { BackupFile } from '../manifest/manifest.js';
import {
  COMPRESSION_SUFFIX,
  openCompressor,
  openDecompressor,
  type Compression,
} from './compression.js';
import { Meter } from './meter.js';

/** What streaming a file needs. */
export interface StreamOptions {
  readonly signal: AbortSignal;
  /** Told of bytes of the file as it was (not as it is stored). */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Few and large pieces: each passes through JavaScript (bytes). */
export const PIECE_BYTES = 1024 * 1024;

/**
 * Puts a file into a backup's folder.
 *
 * @throws what node:fs throws (`ENOSPC`); the signal's reason
 */
export async function packFile(
  {
    name,
    content: from,
  }: { readonly name: string; readonly content: Readable },
  folder: string,
  compression: Compression,
  { signal, onBytes }: StreamOptions
): Promise<BackupFile> {
  const stored = name + COMPRESSION_SUFFIX[compression];
  const content = new Meter(onBytes);
  const packed = new Meter();
  const to = createWriteStream(path.join(folder, stored), {
    flags: 'wx',
    mode: 0o600,
    flush: true,
  });
  if (compression === 'none') {
    await pipeline(from, content.through(), packed.through(), to, { signal });
  } else {
    const codec = openCompressor(compression);
    await pipeline(
      from,
      content.through(),
      codec.stream,
      packed.through(),
      to,
      {
        signal,
      }
    );
    await codec.ended;
  }
  return {
    name,
    stored,
    compression,
    sizeBytes: content.bytes,
    sha256: content.sha256(),
    storedBytes: packed.bytes,
    storedSha256: packed.sha256(),
  };
}

/**
 * Takes a file out of a backup.
 *
 * @param to gets what it was; ended when all of it has come
 *
 * @throws BackupError DAMAGED when it is not what was put in, NOT_SUPPORTED;
 *   what node:fs throws; the signal's reason
 */
export async function unpackFile(
  backup: string,
  file: BackupFile,
  to: Writable,
  { signal, onBytes }: StreamOptions
): Promise<void> {
  const { stored, compression, sizeBytes } = file;
  const packed = new Meter();
  let unpacked = 0;
  const content = new Meter((bytes) => {
    unpacked += bytes;
    // A bomb, or a file that is not ours: never more than was promised.
    if (unpacked > sizeBytes) throw isDamaged(file, 'it unpacks to more');
    onBytes?.(bytes);
  });
  const from = createReadStream(path.join(backup, stored), {
    highWaterMark: PIECE_BYTES,
  });
  try {
    if (compression === 'none') {
      await pipeline(from, packed.through(), content.through(), to, { signal });
    } else {
      const codec = openDecompressor(compression);
      await pipeline(
        from,
        packed.through(),
        codec.stream,
        content.through(),
        to,
        {
          signal,
        }
      );
      await codec.ended;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw isOurs(error)
      ? error
      : isDamaged(file, 'it cannot be unpacked', error);
  }
  if (packed.sha256() !== file.storedSha256) throw isDamaged(file, WRONG_SUM);
  if (content.sha256() !== file.sha256) throw isDamaged(file, WRONG_SUM);
}

/**
 * Compares a file's size and sum with what they were.
 *
 * @throws BackupError DAMAGED; the signal's reason
 */
export async function checkStored(
  backup: string,
  { stored, storedBytes, storedSha256 }: StoredSum,
  { signal, onBytes }: StreamOptions
): Promise<void> {
  const meter = new Meter(onBytes);
  const from = createReadStream(path.join(backup, stored), {
    highWaterMark: PIECE_BYTES,
  });
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    await pipeline(from, meter.through(), nowhere, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw isDamaged({ stored }, 'it cannot be read', error);
  }
  if (storedBytes !== meter.bytes) {
    const sizes = `${meter.bytes} bytes instead of ${storedBytes}`;
    throw isDamaged({ stored }, `it has ${sizes}`);
  }
  if (meter.sha256() !== storedSha256) throw isDamaged({ stored }, WRONG_SUM);
}

/** What is known of a stored file. */
export type StoredSum = Pick<
  BackupFile,
  'stored' | 'storedBytes' | 'storedSha256'
>;

const WRONG_SUM = 'its SHA-256 is another one';

/** No space to unpack to, no zstd: not the backup's fault. */
function isOurs(error: unknown): boolean {
  if (error instanceof BackupError) return true;
  const code: unknown =
    error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EACCES';
}

function isDamaged(
  { stored }: Pick<BackupFile, 'stored'>,
  why: string,
  cause?: unknown
): BackupError {
  return new BackupError(`${stored} is damaged: ${why}`, {
    code: 'DAMAGED',
    cause,
    suggestion: 'take another backup: npx zx scripts/backup.ts list',
  });
}

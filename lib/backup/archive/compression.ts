import { spawn, spawnSync } from 'node:child_process';
import { Duplex, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { BackupError } from '../backup-error.js';

/** How a file is stored. */
export type Compression = 'zstd' | 'gzip' | 'none';

/** What is put behind the name of a stored file. */
export const COMPRESSION_SUFFIX: Readonly<Record<Compression, string>> = {
  zstd: '.zst',
  gzip: '.gz',
  none: '',
};

/** Whether a word names a compression. */
export function isCompression(value: unknown): value is Compression {
  return value === 'zstd' || value === 'gzip' || value === 'none';
}

/**
 * The best compression there is here: zstd where Node has it (22.15 and newer)
 * or its program is installed, else gzip, which is about as small and slower.
 */
export function bestCompression(): Compression {
  return nativeZstd() !== null || hasZstdProgram() ? 'zstd' : 'gzip';
}

/** Bytes go in, others come out; `ended` settles after the last one. */
export interface Codec {
  readonly stream: Duplex;
  /** Rejects when a program behind it failed. */
  readonly ended: Promise<void>;
}

/** @throws BackupError NOT_SUPPORTED where zstd is asked for and not there */
export function openCompressor(kind: 'zstd' | 'gzip'): Codec {
  if (kind === 'gzip') {
    // Level 6 takes four times as long for a tenth less.
    return inProcess(zlib.createGzip({ level: 2 }));
  }
  const native = nativeZstd();
  if (native !== null) return inProcess(native.compress());
  return throughProgram(['-q', '-c', '-3']);
}

/** @throws BackupError NOT_SUPPORTED where zstd is asked for and not there */
export function openDecompressor(kind: 'zstd' | 'gzip'): Codec {
  if (kind === 'gzip') return inProcess(zlib.createGunzip());
  const native = nativeZstd();
  if (native !== null) return inProcess(native.decompress());
  return throughProgram(['-q', '-d', '-c']);
}

interface NativeZstd {
  readonly compress: () => Transform;
  readonly decompress: () => Transform;
}

/** What newer versions of Node have; the types are those of Node 20. */
function nativeZstd(): NativeZstd | null {
  const compress: unknown = Reflect.get(zlib, 'createZstdCompress');
  const decompress: unknown = Reflect.get(zlib, 'createZstdDecompress');
  if (typeof compress !== 'function' || typeof decompress !== 'function') {
    return null;
  }
  return {
    compress: () => asTransform(Reflect.apply(compress, zlib, [])),
    decompress: () => asTransform(Reflect.apply(decompress, zlib, [])),
  };
}

function asTransform(value: unknown): Transform {
  if (value instanceof Duplex) return value as Transform;
  throw new BackupError('node:zlib has no usable zstd', {
    code: 'NOT_SUPPORTED',
  });
}

let zstdProgram: boolean | undefined;

function hasZstdProgram(): boolean {
  zstdProgram ??=
    spawnSync('zstd', ['--version'], { stdio: 'ignore', timeout: 5000 })
      .status === 0;
  return zstdProgram;
}

function inProcess(stream: Duplex): Codec {
  return { stream, ended: Promise.resolve() };
}

function throughProgram(args: readonly string[]): Codec {
  if (!hasZstdProgram()) {
    throw new BackupError(
      'the backup is compressed with zstd, which is missing',
      {
        code: 'NOT_SUPPORTED',
        suggestion: 'install the program zstd, or use Node 22.15 or newer',
      }
    );
  }
  const child = spawn('zstd', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`zstd ended with ${String(code)}: ${said.trim()}`));
    });
  });
  ended.catch(() => undefined); // told again by whoever waits for it
  const stream = Duplex.from({ writable: child.stdin, readable: child.stdout });
  // Destroyed halfway, its pipes close, and so it ends.
  return { stream, ended };
}

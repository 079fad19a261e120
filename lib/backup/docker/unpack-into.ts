import { Writable } from 'node:stream';
import { pack, type Headers, type Pack } from 'tar-stream';
import type { DataHelper } from '../../runtime/docker/data-helper.js';
import { unpackFile } from '../archive/stored-file.js';
import type { ReadBackup } from '../backup-folder.js';
import { unpackedSize } from '../manifest/manifest.js';
import { byteCounter, type OnProgress } from '../progress.js';

/**
 * Unpacks the data of a backup into a folder that a helper has, comparing every
 * sum. Streamed: nothing is put on this machine's disk in between.
 *
 * @param folder in the helper; it is there
 * @param user `UID:GID` that the files are to belong to
 * @throws BackupError DAMAGED, NOT_SUPPORTED; the engine's error; the signal's
 *   reason. What was unpacked so far is the caller's to remove
 */
export async function unpackInto(
  helper: DataHelper,
  folder: string,
  user: string,
  { path: backup, manifest }: ReadBackup,
  signal: AbortSignal,
  onProgress: OnProgress
): Promise<void> {
  const archive = pack();
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const receiving = helper.unpack(archive, folder, stop);
  receiving.catch(() => failed.abort()); // told below
  const [uid, gid] = user.split(':').map(Number);
  const onBytes = byteCounter('unpacking', unpackedSize(manifest), onProgress);
  try {
    for (const file of manifest.files) {
      const { name, sizeBytes: size } = file;
      const to = entryOf(archive, { name, size, mode: 0o640, uid, gid });
      await unpackFile(backup, file, to, { signal: stop, onBytes });
    }
    archive.finalize();
  } catch (error) {
    archive.destroy();
    failed.abort();
    // Where the engine has refused it, its own words say more.
    const refusal = await receiving.then(
      () => null,
      (reason: unknown) => reason
    );
    signal.throwIfAborted();
    throw stop.reason === error && refusal !== null ? refusal : error;
  }
  await receiving;
  await helper.run(['sync', '-f', folder], { limitMs: 600_000 });
}

/**
 * A file of an archive. tar-stream's own stream is of an older kind, whose end
 * a pipeline with generators in it never sees.
 */
function entryOf(archive: Pack, header: Headers): Writable {
  let isIn: (error?: Error | null) => void = () => undefined;
  const entry = archive.entry(header, (error) => isIn(error));
  return new Writable({
    write: (chunk, encoding, done) => void entry.write(chunk, encoding, done),
    final: (done) => {
      isIn = done;
      entry.end();
    },
  });
}

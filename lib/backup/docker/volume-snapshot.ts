import path from 'node:path';
import { extract } from 'tar-stream';
import { pipeline } from 'node:stream/promises';
import { DATA, type DataHelper } from '../../runtime/docker/data-helper.js';
import type { ExecOptions } from '../../runtime/docker/container-output.js';
import { BackupError } from '../backup-error.js';
import type { SnapshotFile } from '../snapshotter.js';

/** What snapshots are called in a volume. */
const PREFIX = '.snapshot-';

/** Makes an empty folder for a snapshot, and removes what killed runs left. */
export async function makeSnapshotFolder(
  helper: DataHelper,
  id: string
): Promise<string> {
  const folder = `${DATA}/${PREFIX}${id}`;
  await helper.run([
    ...['find', DATA, '-maxdepth', '1', '-name', `${PREFIX}*`],
    ...['-exec', 'rm', '-rf', '{}', '+'],
  ]);
  await helper.run(['mkdir', '-m', '700', folder]);
  return folder;
}

/** Whether hard links can be made in a folder. */
export async function canLink(
  helper: DataHelper,
  folder: string
): Promise<boolean> {
  const script =
    'cd "$1" && : >probe && ln probe linked; code=$?; rm -f probe linked; exit $code';
  return await helper.run(['sh', '-c', script, 'sh', folder]).then(
    () => true,
    () => false
  );
}

/** Never read again, or made anew at each start. */
const LEFT_OUT = ['LOCK', 'LOG', 'LOG.old.*', '*.lock', '*-lock', '.*'];

/**
 * Links a RocksDB folder's immutable files into another folder and copies the
 * few that change (MANIFEST, CURRENT, OPTIONS, IDENTITY, the write-ahead log).
 * For a moment in which nobody writes.
 */
export async function linkRocks(
  helper: DataHelper,
  from: string,
  to: string
): Promise<void> {
  const immutable = ['(', '-name', '*.sst', '-o', '-name', '*.blob', ')'];
  await helper.run([
    ...['find', from, '-maxdepth', '1', '-type', 'f', '('],
    ...[...immutable, '-exec', 'ln', '-t', to, '{}', '+', ','],
    ...['!', ...immutable, ...leftOut()],
    ...['-exec', 'cp', '--reflink=auto', '-t', to, '{}', '+', ')'],
  ]);
}

/**
 * Copies all files of a folder, whatever they are. For one that nobody writes
 * to. An archive has no folders, so a store that has is refused, not cut.
 *
 * @throws BackupError SNAPSHOT_FAILED where there are folders in it; the
 *   signal's reason, the copying itself ending with the helper
 */
export async function copyAll(
  helper: DataHelper,
  from: string,
  to: string,
  { limitMs, signal }: Pick<ExecOptions, 'limitMs' | 'signal'>
): Promise<void> {
  const folders = await helper.run([
    ...['find', from, '-mindepth', '1', '-maxdepth', '1', '-type', 'd'],
    ...['!', '-name', '.*', '!', '-name', 'generation-*'],
    ...['!', '-name', 'lost+found'],
  ]);
  const [folder = ''] = folders.split('\n');
  if (folder !== '') {
    throw new BackupError(
      `there is a folder in the data, ${folder}, and only files can be backed up`,
      {
        code: 'SNAPSHOT_FAILED',
        suggestion: 'use an image whose label says which server is in it',
      }
    );
  }
  await helper.run(
    [
      ...['find', from, '-maxdepth', '1', '-type', 'f', ...leftOut()],
      ...['-exec', 'cp', '--reflink=auto', '-t', to, '{}', '+'],
    ],
    { limitMs, signal }
  );
}

function leftOut(): readonly string[] {
  return LEFT_OUT.flatMap((name) => ['!', '-name', name]);
}

/** Hands over the files of a folder, streamed, one after the other. */
export async function eachFileOf(
  helper: DataHelper,
  folder: string,
  take: (file: SnapshotFile) => Promise<void>
): Promise<void> {
  const files = extract();
  files.on('entry', (header, content, next) => {
    if (header.type !== 'file') {
      content.on('end', next).resume();
      return;
    }
    const name = path.basename(header.name);
    take({ name, sizeBytes: header.size ?? 0, content }).then(
      () => next(),
      (error: unknown) => next(error)
    );
  });
  await pipeline(await helper.archive(folder), files);
}

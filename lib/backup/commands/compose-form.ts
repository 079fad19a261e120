import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  BACKUP_COMPOSE_FILE,
  makeBackupFile,
  overlayText,
} from '../../compose/index.js';
import { shellWord, type FlagValues } from '../../cli/index.js';
import { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import type { Engine } from '../../runtime/docker/engine.js';
import { findImage, type ImageFacts } from '../../runtime/docker/image.js';
import { PROJECT_FOLDER } from '../../runtime/index.js';
import { BackupError } from '../backup-error.js';
import { makeBackupFolder } from '../backup-folder.js';
import { findDockerIndex } from '../docker/docker-index.js';
import { scheduleFlags, type Schedule } from '../schedule/schedule.js';
import type { BackupScene } from './backup-scene.js';
import type { ScheduleFlags, ScheduleForm } from './schedule-command.js';

/** What an image's label has to say that scripts/backup.ts is in it. */
const BACKUPS_LABEL = 'constellation-local.backups';

/** What the image is called where it has to be built. */
const BUILT_IMAGE = 'constellation-local-backup:latest';

/**
 * A Compose service that makes backups of an index in a container. It has the
 * engine's socket, which is root on the machine: only where that was said.
 *
 * @throws BackupError NOT_SUPPORTED with another way, NOTHING_FOUND;
 *   RuntimeError
 */
export async function composeForm(
  flags: FlagValues<ScheduleFlags>,
  schedule: Schedule,
  { folder, backups, runtime, envFile }: BackupScene
): Promise<ScheduleForm> {
  if (!(runtime instanceof DockerRuntime)) {
    throw refusal('the index is a process of this machine, not a container');
  }
  if (flags.hook !== undefined) {
    throw refusal(
      'the programs that a hook needs are not in the image of the Compose service'
    );
  }
  if (!flags.engineSocket) {
    throw new BackupError(
      'a Compose service that makes backups needs the socket of the Docker engine, and that is root on this machine for whoever gets into it',
      {
        code: 'NOT_SUPPORTED',
        suggestion:
          'without it, on this machine itself: npx zx scripts/backup.ts schedule --as systemd (or --as cron); with it: --engine-socket',
      }
    );
  }
  const index = await findDockerIndex(runtime);
  const { socket } = index.engine.address;
  const network = networkOf(flags.fromNetwork, [
    ...(index.container?.addresses.keys() ?? []),
  ]);
  if (socket === null) {
    throw refusal(
      `the engine is reached at ${index.engine.address.url}, which is no socket of this machine`
    );
  }
  const isOwn = flags.image === undefined && makesBackups(index.image);
  await assertMakesBackups(index.engine, flags.image);
  const { project } = await runtime.stack();
  await makeBackupFolder(backups);
  const [owner, group] = [await stat(folder.path), await stat(socket)];
  const writes = uncovered([folder.path, backups], []);
  const builds = flags.image === undefined && !isOwn;
  const file = makeBackupFile({
    project: PROJECT_FOLDER,
    image: flags.image ?? (isOwn ? index.imageName : BUILT_IMAGE),
    builds,
    command: [
      ...['schedule', '--run'],
      ...scheduleFlags(schedule),
      ...(flags.fromNetwork === undefined ? ['--from-network', network] : []),
    ],
    user: `${owner.uid}:${owner.gid}`,
    socket,
    socketGroup: group.gid,
    writes,
    reads: uncovered([path.dirname(envFile)], writes),
    network,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  return {
    files: [{ name: BACKUP_COMPOSE_FILE, text: overlayText(file) }],
    folder: folder.path,
    next: (where) => {
      const composeFile = shellWord(path.join(where, BACKUP_COMPOSE_FILE));
      const compose = `docker compose -p ${project}-backup -f ${composeFile}`;
      return [
        // One that was built before an upgrade is an old one.
        `${compose} up -d${builds ? ' --build' : ''}`,
        `${compose} logs -f   # it makes the first one at once`,
        `${compose} down   # ends it`,
      ];
    },
  };
}

/** Whether an image has this project's backups in it. */
function makesBackups({ labels }: ImageFacts): boolean {
  return labels[BACKUPS_LABEL] === '1';
}

/** @throws BackupError NOT_SUPPORTED; one that is not there yet is believed */
async function assertMakesBackups(
  engine: Engine,
  name: string | undefined
): Promise<void> {
  const image = name === undefined ? null : await findImage(engine, name);
  if (image === null || makesBackups(image)) return;
  throw new BackupError(`the image ${name} cannot make backups`, {
    code: 'NOT_SUPPORTED',
    suggestion:
      'leave --image out: one is built from this project, or that of an embedded index taken',
  });
}

/** The one that is named, else the project's own, else the first. Pure. */
export function networkOf(
  wanted: string | undefined,
  networks: readonly string[]
): string {
  const found =
    wanted ?? networks.find((name) => name.endsWith('_default')) ?? networks[0];
  if (found !== undefined) return found;
  throw new BackupError('the index is in no network, so it cannot be asked', {
    code: 'NOTHING_FOUND',
    suggestion: 'start it first: npx zx scripts/setup.ts --runtime docker',
  });
}

/** Those folders that are in none of the others. Pure. */
export function uncovered(
  folders: readonly string[],
  by: readonly string[]
): readonly string[] {
  const isIn = (folder: string, outer: string): boolean =>
    folder === outer || folder.startsWith(`${outer}${path.sep}`);
  return folders.filter(
    (folder, at) =>
      !by.some((outer) => isIn(folder, outer)) &&
      !folders.some(
        (outer, other) =>
          other !== at &&
          isIn(folder, outer) &&
          (folder !== outer || other < at)
      )
  );
}

function refusal(why: string): BackupError {
  return new BackupError(`${why}, so it is not for a Compose service`, {
    code: 'NOT_SUPPORTED',
    suggestion:
      'npx zx scripts/backup.ts schedule --as systemd (or --as cron) makes them on this machine',
  });
}

import { ROLE_LABEL } from './index-service.js';
import type { CommentedOverlay } from './overlay.js';

/** Name of the service that makes backups. */
export const BACKUP_SERVICE = 'constellation-backup';

/** Name of the file that it is in. */
export const BACKUP_COMPOSE_FILE = 'docker-compose.constellation-backup.yml';

/** What the service needs to know. */
export interface BackupServiceOptions {
  /** This project's folder, absolute: what the image is built from. */
  readonly project: string;
  readonly image: string;
  /** Whether the image is made here; else it is there already. */
  readonly builds: boolean;
  /** What it runs, below the image's own copy of this project. */
  readonly command: readonly string[];
  /** `UID:GID`: whoever owns the state folder. */
  readonly user: string;
  /** Group of the engine's socket. */
  readonly socketGroup: number;
  /** The socket on the engine's machine. */
  readonly socket: string;
  /** Folders it writes to, and those it reads, absolute; same path inside. */
  readonly writes: readonly string[];
  readonly reads: readonly string[];
  /** Network in which the index is. */
  readonly network: string;
  /** Such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** Where the image has this project. */
const HOME = '/opt/constellation';

/**
 * The Compose file of a service that makes backups. It is a project of its own,
 * so nothing in the AppView's stack is merged, made anew or stopped with it.
 * Pure.
 */
export function makeBackupFile({
  project,
  image,
  builds,
  command,
  user,
  socketGroup,
  socket,
  writes,
  reads,
  network,
  timeZone,
}: BackupServiceOptions): Omit<CommentedOverlay, 'overlay'> & {
  readonly overlay: object;
} {
  const service = ['services', BACKUP_SERVICE];
  const bind = (source: string, readOnly: boolean): object => ({
    type: 'bind',
    source: plain(source),
    target: plain(source),
    ...(readOnly ? { read_only: true } : {}),
  });
  return {
    overlay: {
      services: {
        [BACKUP_SERVICE]: {
          ...(builds
            ? {
                build: {
                  context: plain(project),
                  dockerfile:
                    'microcosm-bridge/constellation-embedded/Dockerfile',
                },
              }
            : {}),
          image: plain(image),
          entrypoint: ['node', '--import', 'tsx', 'scripts/backup.ts'],
          command: command.map(plain),
          working_dir: HOME,
          user,
          group_add: [String(socketGroup)],
          pid: 'host',
          environment: { TZ: timeZone },
          volumes: [
            ...reads.map((folder) => bind(folder, true)),
            ...writes.map((folder) => bind(folder, false)),
            {
              type: 'bind',
              source: plain(socket),
              target: '/var/run/docker.sock',
            },
          ],
          read_only: true,
          // The image's volume would be a new one, left over, each time.
          tmpfs: ['/tmp:size=64m,mode=1777', '/data:size=1m'],
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          mem_limit: '1g',
          mem_reservation: '128m',
          cpus: '1',
          pids_limit: 100,
          healthcheck: { disable: true },
          restart: 'unless-stopped',
          stop_signal: 'SIGTERM',
          stop_grace_period: '150s',
          logging: {
            driver: 'json-file',
            options: { 'max-size': '10m', 'max-file': '3' },
          },
          labels: { [ROLE_LABEL]: 'backup' },
        },
      },
      networks: { default: { external: true, name: plain(network) } },
    },
    header: HEADER,
    comments: [
      {
        path: service,
        text: 'No port is published. How the last run ended: backup.ts status, test.ts --strict.',
      },
      {
        path: [...service, 'user'],
        text: 'Whoever owns the state folder, and the group of the socket.',
      },
      {
        path: [...service, 'pid'],
        text: 'So that a lock, and what a killed run has left, is judged by its process.',
      },
      {
        path: [...service, 'volumes'],
        text: 'THE SOCKET IS ROOT ON THIS MACHINE for whoever gets into this container. Freezing\nthe index, and looking at a backup in a container of its own, needs the engine.',
      },
    ],
  };
}

const HEADER = `Backups of the local Constellation by a service of its own. Written by
backup.ts schedule --as compose --engine-socket --write: run that again, rather
than editing this. For Compose 1.29 and 2. Only for the machine it was written on.`;

/** Compose would put a variable in the place of `$NAME`. */
function plain(text: string): string {
  return text.replaceAll('$', '$$$$');
}

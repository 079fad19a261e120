import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder this project is in. */
export const PROJECT_FOLDER = fileURLToPath(
  new URL('../..', import.meta.url)
).replace(/(?<=.)\/$/, '');

/** Where the scripts keep what they know, unless told otherwise. */
export const DEFAULT_STATE_FOLDER = path.join(
  PROJECT_FOLDER,
  '.constellation-local'
);

/** The files of a state folder, with absolute paths. */
export interface StateFolder {
  readonly path: string;
  /** Keeps two scripts from working on it at once. */
  readonly lock: string;
  /** What setup did, for teardown. */
  readonly setupRecord: string;
  /** How large the data was, and when: JSON lines, for days to full. */
  readonly growth: string;
  /** The processes of the embedded runtime. */
  readonly embedded: string;
  /** What the last backup came to. */
  readonly backup: string;
  /** What was restored last. */
  readonly restore: string;
  /** The container that a backup is holding up at this moment. */
  readonly held: string;
  /** Default folder of backups. */
  readonly backups: string;
  /** The container of the Docker runtime and the stack it belongs to. */
  readonly docker: string;
  /** The overlay that fits the AppView, where the checked-in one does not. */
  readonly overlay: string;
  /** All that the last build of the image said. */
  readonly buildLog: string;
  readonly logs: string;
  /** The index's log, rotated. */
  readonly indexLog: string;
  /** What the index said before its log was open, or when it crashed. */
  readonly indexOut: string;
  readonly simulatorOut: string;
  /** The bridge's log, rotated, and what it said besides. */
  readonly bridgeLog: string;
  readonly bridgeOut: string;
  /** Default data folder; sample data never shares one with the network's. */
  readonly data: string;
  readonly sampleData: string;
}

/** Names everything in a state folder; nothing is made. */
export function stateFolder(folder: string): StateFolder {
  const root = path.resolve(folder);
  const logs = path.join(root, 'logs');
  return {
    path: root,
    lock: path.join(root, 'lock'),
    setupRecord: path.join(root, 'setup.json'),
    growth: path.join(root, 'growth.jsonl'),
    embedded: path.join(root, 'embedded.json'),
    backup: path.join(root, 'backup.json'),
    restore: path.join(root, 'restore.json'),
    held: path.join(root, 'held.json'),
    backups: path.join(root, 'backups'),
    docker: path.join(root, 'docker.json'),
    overlay: path.join(root, 'docker-compose.constellation-local.yml'),
    buildLog: path.join(logs, 'build.log'),
    logs,
    indexLog: path.join(logs, 'embedded.log'),
    indexOut: path.join(logs, 'embedded.out'),
    simulatorOut: path.join(logs, 'simulator.out'),
    bridgeLog: path.join(logs, 'bridge.log'),
    bridgeOut: path.join(logs, 'bridge.out'),
    data: path.join(root, 'data'),
    sampleData: path.join(root, 'sample-data'),
  };
}

import { BackupError } from '../backup-error.js';
import type { SnapshotFacts } from '../snapshotter.js';
import { isCompression } from '../archive/compression.js';
import {
  BACKUP_FORMAT,
  type BackupFile,
  type BackupManifest,
  type IndexFacts,
  type Sentinel,
  type ServerFacts,
  type SnapshotMethod,
  type Totals,
} from './manifest.js';

/** What a backup's file may be called: never a path out of its folder. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const MAX_FILES = 100_000;
const MAX_SENTINELS = 1000;
const MAX_WARNINGS = 100;

/**
 * Reads `manifest.json`. Pure.
 *
 * @throws BackupError WRONG_VERSION for one of a newer format, DAMAGED for what
 *   is none
 */
export function parseManifest(text: string): BackupManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged('it is no JSON', cause);
  }
  const version = field(value, 'formatVersion');
  if (typeof version === 'number' && version > BACKUP_FORMAT) {
    throw new BackupError(
      `the backup has format ${version}, this version reads format ${BACKUP_FORMAT} and older`,
      {
        code: 'WRONG_VERSION',
        suggestion: `use the version that made it: ${text200(field(value, 'madeBy'))}`,
      }
    );
  }
  if (version !== BACKUP_FORMAT) throw damaged('formatVersion is missing');
  const snapshot = field(value, 'snapshot');
  return {
    formatVersion: BACKUP_FORMAT,
    id: textOf(value, 'id'),
    createdAt: timeOf(value, 'createdAt'),
    madeBy: textOf(value, 'madeBy'),
    runtime: runtimeOf(field(value, 'runtime')),
    ...parseSnapshotFacts(value),
    snapshot: {
      method: methodOf(field(snapshot, 'method')),
      pauseMs: countOf(snapshot, 'pauseMs'),
    },
    warnings: warningsIn(value),
    files: listOf(value, 'files', MAX_FILES).map(parseFile),
    envFile: parseEnvFile(field(value, 'envFile')),
  };
}

/**
 * Reads what is known of the data in a snapshot.
 *
 * @throws BackupError DAMAGED
 */
export function parseSnapshotFacts(value: unknown): SnapshotFacts {
  const server = field(value, 'server');
  return {
    server: {
      // Backups of the first version, of embedded indexes, do not say.
      kind:
        field(server, 'kind') === undefined
          ? 'embedded'
          : serverKindOf(field(server, 'kind')),
      version: orNull(server, 'version', textOf),
      image:
        field(server, 'image') === undefined
          ? null
          : orNull(server, 'image', textOf),
      imageDigest: orNull(server, 'imageDigest', textOf),
      storeFormat: orNull(server, 'storeFormat', countOf),
    },
    sample: booleanOf(value, 'sample'),
    index: parseFacts(field(value, 'index')),
    sentinels: listOf(value, 'sentinels', MAX_SENTINELS).map(parseSentinel),
  };
}

function parseFacts(value: unknown): IndexFacts {
  const after = field(value, 'totalsAfter');
  return {
    cursorUs: orNull(value, 'cursorUs', countOf),
    endpoint: orNull(value, 'endpoint', textOf),
    startedAt: orNull(value, 'startedAt', timeOf),
    completeSince: orNull(value, 'completeSince', timeOf),
    ...totalsIn(value),
    ...(after === undefined ? {} : { totalsAfter: totalsIn(after) }),
  };
}

function totalsIn(value: unknown): Totals {
  return {
    dids: countOf(value, 'dids'),
    targetables: countOf(value, 'targetables'),
    linkingRecords: countOf(value, 'linkingRecords'),
  };
}

function parseSentinel(value: unknown): Sentinel {
  return {
    target: textOf(value, 'target'),
    collection: textOf(value, 'collection'),
    path: textOf(value, 'path'),
    records: countOf(value, 'records'),
    dids: countOf(value, 'dids'),
  };
}

function parseFile(value: unknown): BackupFile {
  const compression = field(value, 'compression');
  if (!isCompression(compression)) throw damaged('unknown compression');
  return {
    name: nameOf(value, 'name'),
    stored: nameOf(value, 'stored'),
    compression,
    sizeBytes: countOf(value, 'sizeBytes'),
    sha256: sumOf(value, 'sha256'),
    storedBytes: countOf(value, 'storedBytes'),
    storedSha256: sumOf(value, 'storedSha256'),
  };
}

/** Backups of the first version have none. */
function warningsIn(value: unknown): readonly string[] {
  if (field(value, 'warnings') === undefined) return [];
  return listOf(value, 'warnings', MAX_WARNINGS).map((warning) => {
    if (typeof warning !== 'string') throw damaged('warnings');
    return warning;
  });
}

function parseEnvFile(value: unknown): BackupManifest['envFile'] {
  if (value === null) return null;
  return {
    stored: nameOf(value, 'stored'),
    sizeBytes: countOf(value, 'sizeBytes'),
    sha256: sumOf(value, 'sha256'),
    secretsLeftOut: listOf(value, 'secretsLeftOut', 1000).map((key) => {
      if (typeof key !== 'string') throw damaged('secretsLeftOut');
      return key;
    }),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function textOf(value: unknown, name: string): string {
  const text = field(value, name);
  if (typeof text !== 'string') throw damaged(`${name} is no text`);
  return text;
}

function matching(value: unknown, name: string, form: RegExp): string {
  const text = textOf(value, name);
  if (!form.test(text)) throw damaged(`${name} is malformed`);
  return text;
}

function nameOf(value: unknown, name: string): string {
  return matching(value, name, FILE_NAME);
}

function sumOf(value: unknown, name: string): string {
  return matching(value, name, SHA256);
}

function timeOf(value: unknown, name: string): string {
  const text = textOf(value, name);
  if (Number.isNaN(Date.parse(text))) throw damaged(`${name} is no time`);
  return text;
}

function countOf(value: unknown, name: string): number {
  const count = field(value, name);
  if (typeof count === 'number' && Number.isFinite(count) && count >= 0) {
    return count;
  }
  throw damaged(`${name} is no number`);
}

function booleanOf(value: unknown, name: string): boolean {
  const flag = field(value, name);
  if (typeof flag !== 'boolean') throw damaged(`${name} is no boolean`);
  return flag;
}

function listOf(value: unknown, name: string, max: number): unknown[] {
  const list: unknown = field(value, name);
  if (!Array.isArray(list) || list.length > max) {
    throw damaged(`${name} is no list of at most ${max}`);
  }
  return list;
}

function orNull<T>(
  value: unknown,
  name: string,
  read: (value: unknown, name: string) => T
): T | null {
  return field(value, name) === null ? null : read(value, name);
}

function runtimeOf(value: unknown): BackupManifest['runtime'] {
  if (value === 'embedded' || value === 'docker') return value;
  throw damaged('unknown runtime');
}

function serverKindOf(value: unknown): ServerFacts['kind'] {
  if (value === 'constellation' || value === 'embedded' || value === null) {
    return value;
  }
  throw damaged('unknown server');
}

function methodOf(value: unknown): SnapshotMethod {
  if (value === 'hot-copy' || value === 'freeze' || value === 'stop') {
    return value;
  }
  throw damaged('unknown snapshot method');
}

function text200(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 200) : 'unknown';
}

function damaged(what: string, cause?: unknown): BackupError {
  return new BackupError(`manifest.json is damaged: ${what}`, {
    code: 'DAMAGED',
    cause,
    suggestion: 'take another backup: npx zx scripts/backup.ts list',
  });
}

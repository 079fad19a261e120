import { randomBytes } from 'node:crypto';

/** `constellation-20261124T140423Z-1f9ac2`: when it was begun (UTC), and an id. */
const NAME = /^constellation-(\d{8}T\d{6}Z)-([0-9a-f]{6})$/;

/** What a folder is called while it is written, or taken away. */
const UNFINISHED =
  /^\.(?:constellation-\d{8}T\d{6}Z-[0-9a-f]{6}\.(?:partial|removing)|verify-[0-9a-f]{12})$/;

/** The name of a new backup. */
export function newBackupName(now: Date): string {
  return `constellation-${compactTime(now)}-${randomBytes(3).toString('hex')}`;
}

/** Whether a folder of that name is a backup; half-written ones are not. */
export function isBackupName(name: string): boolean {
  return NAME.test(name);
}

/** Whether a name is one that only a run under way, or a dead one, has. */
export function isUnfinishedName(name: string): boolean {
  return UNFINISHED.test(name);
}

/** The folder a backup is written into before it counts. */
export function partialName(name: string): string {
  return `.${name}.partial`;
}

/** What a backup is called while it is taken away. */
export function removingName(name: string): string {
  return `.${name}.removing`;
}

/** A folder that a backup is unpacked into to be looked at. */
export function newVerifyName(): string {
  return `.verify-${randomBytes(6).toString('hex')}`;
}

/** `20261124T140423Z`, in UTC. */
export function compactTime(time: Date): string {
  return time
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
}

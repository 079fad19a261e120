import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ComposeProgram } from './compose-program.js';
import type { Command } from './run-program.js';

/** The compose project that the index belongs to. */
export interface ComposeStack {
  readonly project: string;
  /** Folder of the first file: relative paths are of there. */
  readonly folder: string;
  /** Folder of the `.env` that counts; mostly the same. */
  readonly envFolder: string;
  /** The AppView's own files, absolute; none: the index is alone. */
  readonly baseFiles: readonly string[];
  /** Ours, absolute. */
  readonly overlayFile: string;
  /** Names images by their id, for one call; comes last. */
  readonly keptFile?: string;
  /** Services that are switched to the index. */
  readonly switched: readonly string[];
  /** Those of them that are the AppView itself, not its bridge. */
  readonly apps: readonly string[];
  /** What somebody named of it, which later runs go on with. */
  readonly named?: NamedStack | undefined;
}

/** What of an AppView's stack was named, not found. */
export interface NamedStack {
  /** The AppView's folder that it was said of. */
  readonly appview: string;
  /** Absolute; empty: none was named. */
  readonly composeFiles: readonly string[];
  readonly projectName: string | null;
  readonly apps: readonly string[] | null;
  readonly bridge: string | null;
}

/** The files of a stack; without a project Compose names it itself. */
export type StackFiles = Pick<
  ComposeStack,
  'folder' | 'envFolder' | 'baseFiles' | 'overlayFile' | 'keptFile'
> & { readonly project: string | null };

/** Which files a call sees. */
export type StackView = 'base' | 'with-overlay';

/**
 * Compose's command line on a stack. An operator's own call finds the files in
 * the `.env` of the folder it is made in; with `-f` Compose reads the one beside
 * the first file instead, and has to be told. Compose 2 reads that one besides,
 * and the last one named wins.
 */
export function composeCommand(
  { command, generation }: Pick<ComposeProgram, 'command' | 'generation'>,
  stack: StackFiles,
  view: StackView,
  args: readonly string[],
  exists: (file: string) => boolean = existsSync
): Command {
  const { project, folder, envFolder } = stack;
  const beside = path.join(folder, '.env');
  const envFiles =
    envFolder === folder
      ? []
      : [
          ...(generation === 2 && exists(beside) ? [beside] : []),
          path.join(envFolder, '.env'),
        ];
  return [
    ...command,
    ...(project === null ? [] : ['--project-name', project]),
    ...['--project-directory', folder],
    ...envFiles.flatMap((file) => ['--env-file', file]),
    ...filesOf(stack, view).flatMap((file) => ['-f', file]),
    ...args,
  ];
}

/** The files that a call sees, in their order. Pure. */
export function filesOf(
  { baseFiles, overlayFile, keptFile }: StackFiles,
  view: StackView
): readonly string[] {
  return [
    ...baseFiles,
    ...(view === 'base' ? [] : [overlayFile]),
    ...(keptFile === undefined ? [] : [keptFile]),
  ];
}

/** What Compose makes of a folder's name when nobody names the project. Pure. */
export function projectNameOf(
  folderName: string,
  generation: 1 | 2 = 2
): string {
  const name = folderName.toLowerCase().replaceAll(/[^-_a-z0-9]/g, '');
  if (generation === 1) return name;
  return name.replace(/^[-_]+/, '') || 'default';
}

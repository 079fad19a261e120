import type { ComposeProgram } from './compose-program.js';
import type { Command } from './run-program.js';

/** The compose project that the index belongs to. */
export interface ComposeStack {
  readonly project: string;
  /** Folder of the first file: `.env` and relative paths are of there. */
  readonly folder: string;
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
}

/** Which files a call sees. */
export type StackView = 'base' | 'with-overlay';

/** Compose's command line on a stack. Pure. */
export function composeCommand(
  { command }: Pick<ComposeProgram, 'command'>,
  stack: ComposeStack,
  view: StackView,
  args: readonly string[]
): Command {
  const { project, folder, baseFiles, overlayFile, keptFile } = stack;
  const files = [
    ...baseFiles,
    ...(view === 'base' ? [] : [overlayFile]),
    ...(keptFile === undefined ? [] : [keptFile]),
  ];
  return [
    ...command,
    ...['--project-name', project, '--project-directory', folder],
    ...files.flatMap((file) => ['-f', file]),
    ...args,
  ];
}

/** What Compose makes of a folder's name when nobody names the project. Pure. */
export function projectNameOf(folderName: string): string {
  const name = folderName.toLowerCase().replaceAll(/[^-_a-z0-9]/g, '');
  return name.replace(/^[-_]+/, '') || 'default';
}

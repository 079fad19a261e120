import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError, type UndoStack } from '../../cli/index.js';
import {
  assignments,
  readEnvFile,
  readEnvText,
  writeEnvFile,
} from '../../env/index.js';
import { UndoableEnvFile } from '../undoable-env-file.js';
import { appviewSettings, type PresentSettings } from './appview-settings.js';
import type {
  AppViewConnection,
  AppViewPlan,
  AppViewSwitch,
  AppViewTarget,
} from './appview-switch.js';

/** Connects an AppView by the keys of its `.env` and nothing else. */
export class EnvFileSwitch implements AppViewSwitch {
  async plan(target: AppViewTarget): Promise<AppViewPlan> {
    await assertFolder(target.folder);
    const file = envFileOf(target);
    const wishes = appviewSettings(target, await presentIn(file));
    const { changes, diff } = await writeEnvFile(file, wishes, {
      dryRun: true,
    });
    const keys = changes.map(({ key }) => key);
    return keys.length === 0
      ? {
          needed: false,
          text: `${file} is as wished, nothing to do`,
          diff: '',
          isImmediate: false,
        }
      : {
          needed: true,
          text: `set ${keys.join(', ')} in ${file}`,
          diff,
          // It reads the file at its next start.
          isImmediate: false,
        };
  }

  async connect(
    target: AppViewTarget,
    undo: UndoStack,
    signal: AbortSignal
  ): Promise<AppViewConnection> {
    await assertFolder(target.folder);
    signal.throwIfAborted();
    const file = new UndoableEnvFile(envFileOf(target), undo);
    const wishes = appviewSettings(target, await presentIn(file.path));
    const { changes, created } = await file.write(wishes);
    const isChanged = changes.length > 0;
    return {
      env: file.done,
      switched: [],
      keys: changes.map(({ key }) => key),
      url: wishes['CONSTELLATION_URL'] ?? target.indexUrl,
      warnings: created ? [`there was no ${file.path}; it was made`] : [],
      next: isChanged
        ? 'restart the AppView: it reads its .env at start'
        : null,
    };
  }
}

/** @throws UsageError naming the flag */
async function assertFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch(() => null);
  if (stats?.isDirectory() === true) return;
  const what = stats === null ? 'there is nothing' : 'it is no folder';
  const message = `--appview ${folder}: ${what}; give the folder that holds the AppView's .env`;
  throw new UsageError([{ code: 'bad-value', flag: '--appview', message }]);
}

function envFileOf({ folder }: AppViewTarget): string {
  return path.join(folder, '.env');
}

async function presentIn(file: string): Promise<PresentSettings> {
  const content = await readEnvFile(file);
  if (content === undefined) return new Map();
  try {
    const written = assignments(readEnvText(content.text));
    return new Map([...written].map(([key, { value }]) => [key, value]));
  } catch {
    return new Map(); // what is wrong with it is said where it is edited
  }
}

import path from 'node:path';
import type { UndoStack } from '../../cli/index.js';
import type { DockerRuntime } from '../../runtime/docker/docker-runtime.js';
import {
  recreateServices,
  runningServices,
} from '../../runtime/docker/recreate-services.js';
import type { RecordKeeper } from '../record-keeper.js';
import { recordFileChange } from '../recorded-file.js';
import { UndoableEnvFile } from '../undoable-env-file.js';

/** What an AppView is told in. */
export interface ForgetRun {
  readonly undo: UndoStack;
  readonly signal: AbortSignal;
  readonly record: RecordKeeper;
}

/**
 * Takes from an AppView in containers, and from the bridge, the time since when
 * the index is complete: from then on they ask the remote about everything. An
 * index that is about to begin anew knows next to nothing, and its answers
 * would pass for whole ones until setup has told the new time.
 */
export async function forgetSince(
  runtime: DockerRuntime,
  { undo, signal, record }: ForgetRun
): Promise<void> {
  const stack = await runtime.stack();
  const appview = record.current?.appview ?? null;
  if (appview !== null && stack.baseFiles.length > 0) {
    const services = await runningServices(runtime, stack, stack.switched);
    const anew = { stack, view: 'with-overlay', services } as const;
    // Added first, so that it runs last: with the .env as it was before.
    undo.add('time told to the AppView', async (undoSignal) => {
      await recreateServices(runtime, { ...anew, signal: undoSignal });
    });
    const file = new UndoableEnvFile(path.join(stack.envFolder, '.env'), undo);
    await file.write({ CONSTELLATION_LOCAL_SINCE: null });
    if (file.done !== null) {
      const env = recordFileChange(appview.env, file.done);
      await record.note('docker', { appview: { ...appview, env } });
    }
    await recreateServices(runtime, { ...anew, signal });
  }
  const since = await runtime.completeSince();
  if (since === null) return;
  undo.add('time told to the bridge', () => runtime.moveComplete(since), {
    quiet: true,
  });
  await runtime.moveComplete(null);
}

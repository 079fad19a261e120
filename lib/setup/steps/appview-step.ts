import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { AppViewTarget } from '../appview/appview-switch.js';
import { connectBeforeFresh } from '../appview/connect-before-fresh.js';
import { recordFileChange } from '../recorded-file.js';
import { SetupError } from '../setup-error.js';
import type { RecordedAppView } from '../setup-record.js';
import { configOf, type SetupRun } from '../setup-run.js';
import type { ActStep } from './setup-step.js';

/** 8: the AppView asks the index. */
export const appviewStep: ActStep = {
  id: 'appview',
  title: 'AppView',
  kind: 'act',
  ask: async (run) => {
    if (run.findings.find('appviewFolder') !== undefined) return;
    run.findings.set('appviewFolder', await folderOf(run));
  },
  preview: async (run) => {
    const target = targetOf(run);
    if (target === null) return { needed: false, text: noneText(run) };
    return await run.findings.get('runtime').appview.plan(target);
  },
  run: async (run) => {
    const { findings, undo, signal, record, warnings } = run;
    const target = targetOf(run);
    if (target === null) {
      findings.set('connection', null);
      return { status: 'skipped', text: noneText(run) };
    }
    const { runtime, appview } = findings.get('runtime');
    const connection = findings.get('isFresh')
      ? await appview.connect(target, undo, signal)
      : await connectBeforeFresh(appview, target, undo, signal);
    findings.set('connection', connection);
    warnings.push(...connection.warnings);
    if (connection.env === null) {
      const { switched } = connection;
      return switched.length === 0
        ? { status: 'already', text: `${target.folder} asks it already` }
        : { status: 'done', text: `${switched.join(' and ')} made anew` };
    }
    const before = record.earlier?.appview?.env ?? null;
    const env = recordFileChange(before, connection.env);
    const connected: RecordedAppView = { folder: target.folder, env };
    await record.note(runtime.kind, { appview: connected });
    const keys = connection.keys.join(', ');
    return { status: 'done', text: `${connection.env.path}: ${keys}` };
  },
};

/** Given, as before, or asked for. @throws SetupError OTHER_APPVIEW */
export async function folderOf({
  options,
  record,
  prompts,
}: SetupRun): Promise<string | null> {
  if (options.sample) return null;
  const earlier = record.earlier?.appview?.folder ?? null;
  if (options.appview === null && earlier !== null) return earlier;
  const typed =
    options.appview ??
    (await prompts.askOptional(
      'appview',
      'Folder of the AppView to connect (leave it empty to connect none)'
    ));
  if (typed === undefined) return null;
  const folder = path.resolve(typed);
  if (earlier === null) return folder;
  if ((await real(earlier)) === (await real(folder))) return earlier;
  throw new SetupError(`another AppView is connected: ${earlier}`, {
    code: 'OTHER_APPVIEW',
    suggestion: `put that one back first: npx zx scripts/teardown.ts --appview ${JSON.stringify(earlier)}, or use another --state for this one`,
  });
}

function targetOf(run: SetupRun): AppViewTarget | null {
  const { findings, options } = run;
  const folder = findings.get('appviewFolder');
  if (folder === null) return null;
  return {
    folder,
    indexUrl: findings.get('runtime').apiUrl(configOf(run)),
    givenUrl: options.appviewUrl,
    cacheTtlSeconds: options.cacheTtlSeconds,
    timeoutMs: options.timeoutMs,
    isNewIndex: !findings.get('data').exists,
  };
}

function noneText({ options }: SetupRun): string {
  return options.sample
    ? 'none: sample data must not reach an AppView'
    : 'none given; --appview DIR connects one';
}

async function real(folder: string): Promise<string> {
  return await realpath(folder).catch(() => folder);
}

import {
  assignments,
  readEnvFile,
  readEnvText,
  settingsText,
  writeEnvFile,
  type SettingTexts,
} from '../../env/index.js';
import {
  readSettingsFile,
  unreadableText,
} from '../../runtime/docker/settings-file.js';
import { envSettings } from '../env-settings.js';
import { localSince } from '../local-since.js';
import { recordFileChange } from '../recorded-file.js';
import { configOf, type SetupRun } from '../setup-run.js';
import type { ActStep } from './setup-step.js';

/** 5: the environment file. */
export const envFileStep: ActStep = {
  id: 'env-file',
  title: 'Environment file',
  kind: 'act',
  preview: async (run) => {
    const { path } = run.envFile;
    const wishes = await wishesFor(run);
    const { created, changes, diff } = await writeEnvFile(path, wishes, {
      dryRun: true,
      template: settingsText(wishes),
    });
    if (created) return { needed: true, text: `write ${path}` };
    if (changes.length === 0) {
      return { needed: false, text: `${path} is as wished, nothing to do` };
    }
    const keys = changes.map(({ key }) => key).join(', ');
    return { needed: true, text: `set ${keys} in ${path}`, diff };
  },
  run: async (run) => {
    const { path } = run.envFile;
    const wishes = await wishesFor(run);
    const change = await run.envFile.write(wishes, settingsText(wishes));
    await noteEnvFile(run);
    await warnIfUnreadable(run);
    const { created, changes, backupPath } = change;
    if (created) return { status: 'done', text: `${path} written` };
    if (changes.length === 0) {
      return { status: 'already', text: `${path} is as wished` };
    }
    const keys = changes.map(({ key }) => key).join(', ');
    const backup = backupPath === null ? '' : `; before: ${backupPath}`;
    return { status: 'done', text: `${path}: ${keys}${backup}` };
  },
};

/** A container reads it itself, where it may. */
async function warnIfUnreadable({
  envFile,
  findings,
  warnings,
}: SetupRun): Promise<void> {
  if (findings.get('runtime').runtime.kind !== 'docker') return;
  const file = await readSettingsFile(envFile.path);
  if (file === null || file.isReadableInside) return;
  warnings.push(unreadableText(envFile.path));
}

/** Adds what this run did to the environment file to the record. */
export async function noteEnvFile(run: SetupRun): Promise<void> {
  const { done } = run.envFile;
  if (done === null) return;
  const earlier = run.record.earlier?.envFile ?? null;
  await run.record.note(run.findings.get('runtime').runtime.kind, {
    envFile: recordFileChange(earlier, done),
  });
}

/**
 * Writes since when the index is complete, once it says so.
 *
 * @returns what is set now; null: nothing
 */
export async function writeLocalSince(run: SetupRun): Promise<string | null> {
  const { present } = await presentIn(run);
  const since = localSince(
    present.get('CONSTELLATION_LOCAL_SINCE'),
    run.findings.get('completeSince'),
    !run.findings.get('data').exists
  );
  await run.envFile.write({ CONSTELLATION_LOCAL_SINCE: since });
  await noteEnvFile(run);
  return since;
}

async function wishesFor(run: SetupRun): Promise<SettingTexts> {
  const { findings, options } = run;
  const { runtime } = findings.get('runtime');
  const config = configOf(run);
  const { exists, present } = await presentIn(run);
  return envSettings({
    kind: runtime.kind,
    config,
    options,
    apiUrl: findings.get('runtime').apiUrl(config),
    since: localSince(
      present.get('CONSTELLATION_LOCAL_SINCE'),
      null,
      !findings.get('data').exists
    ),
    exists,
  });
}

async function presentIn({ envFile }: SetupRun): Promise<{
  readonly exists: boolean;
  readonly present: ReadonlyMap<string, string>;
}> {
  const content = await readEnvFile(envFile.path);
  const written = assignments(readEnvText(content?.text ?? ''));
  return {
    exists: content !== undefined,
    present: new Map([...written].map(([key, { value }]) => [key, value])),
  };
}

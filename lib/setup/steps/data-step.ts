import path from 'node:path';
import { formatBytes } from '../../cli/index.js';
import { growthRate } from '../disk/growth.js';
import { readGrowth } from '../disk/growth-history.js';
import type { Space } from '../disk/space-warning.js';
import { judgeDisk } from '../prerequisites/disk.js';
import type { FoundData } from '../runtimes/setup-runtime.js';
import { SetupError } from '../setup-error.js';
import type { SetupRun } from '../setup-run.js';
import type { LookStep, LiveStep } from './setup-step.js';

/** 3: where the index is kept. */
export const dataStep: LookStep = {
  id: 'data',
  title: 'Data folder',
  kind: 'look',
  run: async (run, live) => {
    const dataPath = await answer(run, live);
    const runtime = run.findings.get('runtime');
    const data = await runtime.findData(dataPath, run.options.sample);
    run.findings.set('dataPath', dataPath);
    run.findings.set('data', data);
    assertSpace(data);
    const state = data.exists
      ? `an index of ${formatBytes(data.sizeBytes ?? 0)} is there`
      : 'new';
    const text = `${data.name} (${state})`;
    const space = spaceOf(data);
    // The prerequisites have looked at the disk of the embedded runtime.
    if (space === null || runtime.runtime.kind !== 'docker') {
      return { status: 'done', text };
    }
    const rate = growthRate(await readGrowth(run.folder.growth), data.name);
    const { status, detail } = judgeDisk(space, rate);
    const details = [['disk', detail]] as const;
    if (status === 'good') return { status: 'done', text, details };
    run.warnings.push(`disk: ${detail}`);
    return { status: 'warned', text: `${text}, look at its disk`, details };
  },
};

/** Given, as before, or asked for. @returns null for the runtime's own place */
async function answer(run: SetupRun, live: LiveStep): Promise<string | null> {
  const { options, prompts, folder, findings } = run;
  // A named volume unless a folder is given.
  if (findings.get('runtime').runtime.kind === 'docker') {
    assertNotEmbedded(run);
    return options.data;
  }
  const known = options.data ?? (options.sample ? null : earlierData(run));
  if (known === null && options.sample) return null;
  const chosen =
    known ??
    (await live.ask(() =>
      prompts.ask('data', {
        message: 'Where shall the index keep its data?',
        initial: folder.data,
        whenYes: folder.data,
      })
    ));
  const resolved = path.resolve(chosen);
  return resolved === folder.data ? null : resolved;
}

/** The data folder that an earlier run used for the network's events. */
export function earlierData({ record, folder }: SetupRun): string | null {
  const used = record.earlier?.data.filter(
    (one) => one.path !== folder.sampleData
  );
  return used?.at(-1)?.path ?? null;
}

/**
 * The folder of an embedded index may still stand in the environment file.
 *
 * @throws SetupError PREREQUISITE
 */
function assertNotEmbedded({ options, record, envFile }: SetupRun): void {
  const { data } = options;
  const ofEmbedded = record.earlier?.data.some(({ path }) => path === data);
  if (data === null || ofEmbedded !== true) return;
  throw new SetupError(
    `${data} holds the data of the embedded index, which the server in Docker cannot read`,
    {
      code: 'PREREQUISITE',
      suggestion: `give another folder with --data DIR, or take CONSTELLATION_DATA_PATH out of ${envFile.path}: then it is a volume`,
    }
  );
}

/** @throws SetupError PREREQUISITE */
function assertSpace(data: FoundData): void {
  const { status, detail, suggestion } = judgeDisk(spaceOf(data), null);
  if (status !== 'fail') return;
  throw new SetupError(`the disk of ${data.name} is full: ${detail}`, {
    code: 'PREREQUISITE',
    suggestion,
  });
}

function spaceOf({ freeBytes, diskBytes }: FoundData): Space | null {
  return freeBytes === null ? null : { freeBytes, totalBytes: diskBytes };
}

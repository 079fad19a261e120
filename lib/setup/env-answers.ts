import path from 'node:path';
import {
  UsageError,
  type EnvFileAnswers,
  type GivenValue,
  type UsageProblem,
} from '../cli/index.js';
import {
  assignments,
  EnvError,
  isSettingName,
  parseSettings,
  problemText,
  readEnvFile,
  readEnvText,
} from '../env/index.js';
import { DEFAULT_STATE_FOLDER } from '../runtime/state-folder.js';
import { settingsFileOf } from './settings-file.js';

/**
 * The answers that an earlier run, or somebody, wrote to the environment file.
 *
 * @returns undefined where there is none
 * @throws UsageError with file, line and key of all that is wrong in it
 */
export async function readEnvAnswers(
  given: ReadonlyMap<string, GivenValue>,
  env: Readonly<Record<string, string | undefined>>
): Promise<EnvFileAnswers | undefined> {
  const told = (key: string, name: string): string | undefined => {
    const value = given.get(key) ?? env[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const state = told('state', 'CONSTELLATION_STATE') ?? DEFAULT_STATE_FOLDER;
  const file = path.resolve(
    told('settings', 'CONSTELLATION_ENV_FILE') ??
      (await settingsFileOf(path.resolve(state)))
  );
  const name = path.basename(file);
  try {
    const content = await readEnvFile(file);
    if (content === undefined) return undefined;
    parseSettings(content.text);
    const record: Record<string, string> = {};
    for (const [key, { value }] of assignments(readEnvText(content.text))) {
      if (isSettingName(key)) record[key] = value;
    }
    return { name, record };
  } catch (error) {
    if (!(error instanceof EnvError) || error.problems.length === 0) {
      throw error;
    }
    const problems = error.problems.map((problem): UsageProblem => {
      const message = `${file}: ${problemText(problem)}`;
      return { code: 'bad-value', flag: problem.key, message };
    });
    throw new UsageError(problems, `mend ${file}, then run it again`);
  }
}

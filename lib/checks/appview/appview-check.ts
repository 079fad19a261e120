import path from 'node:path';
import { withoutCredentials } from '../../cli/index.js';
import { assignments, readEnvFile, readEnvText } from '../../env/index.js';
import type { Check, CheckOutcome } from '../check.js';
import type { CheckContext } from '../check-context.js';
import type { AppViewSubject, RunningAppView } from './appview-subject.js';
import { leadsTo, ownHosts } from './same-index.js';

/** 7: the AppView asks this index. */
export const appviewCheck: Check<CheckContext> = {
  id: 'appview',
  name: 'AppView integration',
  needs: [],
  run: async ({ appview, ownUrls, identity }) => {
    if (appview === null) {
      return {
        status: 'skip',
        message: 'no AppView is configured',
        suggestion: 'npx zx scripts/setup.ts --appview DIR',
      };
    }
    const file = path.join(appview.envFolder, '.env');
    const content = await readEnvFile(file);
    const fix = setupCommand(appview);
    if (content === undefined) {
      return {
        status: 'fail',
        message: 'the AppView has no .env',
        seen: `there is no ${file} (${appview.knownBy})`,
        expected: 'CONSTELLATION_ENABLED=true and our CONSTELLATION_URL in it',
        suggestion: fix,
      };
    }
    const written = assignments(readEnvText(content.text));
    const values = Object.fromEntries(
      [...written].map(([key, { value }]) => [key, value])
    );
    const running = await appview.running();
    const sample = (await identity())?.sample === true;
    return judgeAppView(
      { file, values, running },
      { own: ownUrls, hosts: ownHosts(), sample, fix }
    );
  },
};

/** What an AppView is told. */
export interface AppViewFacts {
  /** Its .env file. */
  readonly file: string;
  /** What stands in it. */
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly running: readonly RunningAppView[];
}

/** What it should be told. */
export interface AppViewExpectation {
  readonly own: readonly string[];
  /** Names and addresses of this machine. */
  readonly hosts: ReadonlySet<string>;
  /** The index holds invented data. */
  readonly sample: boolean;
  /** The command that mends it. */
  readonly fix: string;
}

/** Judges what an AppView is told, by its file and by what runs. Pure. */
export function judgeAppView(
  { file, values, running }: AppViewFacts,
  { own, hosts, sample, fix }: AppViewExpectation
): CheckOutcome {
  const places = [
    { name: file, values },
    // dotenv never overrides what a process was started with.
    ...running.map(({ name, environment }) => ({
      name: `the environment of ${name}`,
      values: { ...values, ...environment },
    })),
  ];
  const wrong = places.flatMap((place) =>
    wrongSettings(place.values, own, hosts).map(({ key, seen, expected }) => ({
      seen: `${key}=${seen} in ${place.name}`,
      expected: `${key}=${expected}`,
    }))
  );
  const names = running.map(({ name }) => name).join(' and ');
  const facts = { file, running: names === '' ? null : names, sample };
  if (wrong.length > 0) {
    return {
      status: 'fail',
      message: 'the AppView does not use this index',
      seen: [...new Set(wrong.map(({ seen }) => seen))].join('; '),
      expected: [...new Set(wrong.map(({ expected }) => expected))].join('; '),
      suggestion: `${fix}, then restart the AppView`,
      facts,
    };
  }
  const url = values['CONSTELLATION_URL'] ?? '';
  const seen = names === '' ? 'no running process of it is seen' : names;
  const warning = sample ? '; SAMPLE DATA: its counts will be invented' : '';
  return {
    status: 'pass',
    message: `${file} names ${url}; ${seen}${warning}`,
    facts,
  };
}

interface WrongSetting {
  readonly key: string;
  readonly seen: string;
  readonly expected: string;
}

function wrongSettings(
  values: Readonly<Record<string, string | undefined>>,
  own: readonly string[],
  hosts: ReadonlySet<string>
): readonly WrongSetting[] {
  const text = (key: string): string => values[key] ?? '';
  const wrong: WrongSetting[] = [];
  const expect = (key: string, isRight: boolean, expected: string): void => {
    if (isRight) return;
    const value = withoutCredentials(text(key));
    const seen = values[key] === undefined ? '(not set)' : value.slice(0, 200);
    wrong.push({ key, seen, expected });
  };
  const enabled = text('CONSTELLATION_ENABLED');
  expect('CONSTELLATION_ENABLED', enabled === 'true', 'true');
  const url = text('CONSTELLATION_URL');
  expect('CONSTELLATION_URL', leadsTo(url, own, hosts), own[0] ?? '');
  const local = text('CONSTELLATION_LOCAL');
  const isLocal = local === 'true' || local === '';
  expect('CONSTELLATION_LOCAL', isLocal, 'true (or not set)');
  return wrong;
}

function setupCommand({ folder }: AppViewSubject): string {
  return `npx zx scripts/setup.ts --appview ${JSON.stringify(folder)}`;
}

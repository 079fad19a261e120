import { shellWord } from './shell-words.js';

/** Places of a run that the next one needs, too. */
export interface CommandAim {
  /** `--state`. */
  readonly state?: string | undefined;
  /** `--backups`; of `backup.ts` alone. */
  readonly backups?: string | undefined;
}

/** One of the scripts in a text, and its flags as far as they are there. */
const COMMAND =
  /npx zx scripts\/(?<script>backup\.ts(?: [a-z]+)?|(?:setup|test|teardown)\.ts)(?<flags>(?: --[^\n;,&()]*)?)/g;

/**
 * A text whose commands go to the same places as the run that shows it: pasted
 * as they were they would begin a second index in the usual folder. Pure, and
 * nothing is said twice.
 */
export function aimCommands(
  text: string,
  { state, backups }: CommandAim
): string {
  return text.replace(COMMAND, (whole, script: string, flags: string) => {
    const aims = [
      ['--state', state],
      ['--backups', script.startsWith('backup.ts') ? backups : undefined],
    ] as const;
    const missing = aims.flatMap(([flag, place]) =>
      place === undefined || flags.includes(`${flag} `)
        ? []
        : [` ${flag} ${shellWord(place)}`]
    );
    const at = whole.length - flags.length;
    return whole.slice(0, at) + missing.join('') + whole.slice(at);
  });
}

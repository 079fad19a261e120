import type { SetupOptions } from '../setup-options.js';

/** What one prerequisite came to. */
export interface PrerequisiteFinding {
  /** `info`: worth knowing, needed by nobody. */
  readonly status: 'good' | 'info' | 'warn' | 'fail';
  /** A sentence for people. */
  readonly detail: string;
  /** What to do, where something is to be done. */
  readonly suggestion?: string | undefined;
  /** What `fail` throws when it is alone. */
  readonly error?: Error | undefined;
}

/** What prerequisites are checked against. */
export interface PrerequisiteSubject {
  readonly options: SetupOptions;
  /** Where the data would be, as far as that is answered already. */
  readonly dataPath: string;
  /** Ports that an index of ours listens on now: no conflict. */
  readonly ownPorts: ReadonlySet<number>;
  /** The API of an index of ours that runs on that data; null: none does. */
  readonly ownApi: string | null;
  /** The history of the data's size. */
  readonly growthFile: string;
  readonly signal: AbortSignal;
}

/** Something that the machine must have, or that is worth knowing of it. */
export interface Prerequisite {
  readonly id: string;
  /** In a word, for the list: `disk`. */
  readonly name: string;
  readonly check: (
    subject: PrerequisiteSubject
  ) => Promise<PrerequisiteFinding> | PrerequisiteFinding;
}

/** A prerequisite with what it came to. */
export interface CheckedPrerequisite extends PrerequisiteFinding {
  readonly id: string;
  readonly name: string;
}

/**
 * Checks them all at once.
 *
 * @throws what a check throws, such as the signal's reason
 */
export async function checkPrerequisites(
  list: readonly Prerequisite[],
  subject: PrerequisiteSubject
): Promise<readonly CheckedPrerequisite[]> {
  return await Promise.all(
    list.map(async ({ id, name, check }) => ({
      id,
      name,
      ...(await check(subject)),
    }))
  );
}

/** One thing a run did that can be taken back. */
export interface UndoAction {
  /** What was done, such as `changes to /srv/app/.env`. */
  readonly label: string;
  /**
   * Takes it back; must stop when the signal fires. May return what is worth
   * saying about it, such as what stays.
   */
  readonly run: (signal: AbortSignal) => UndoNote | Promise<UndoNote>;
  /** Not worth a line when it works. */
  readonly quiet: boolean;
}

/** What is worth saying about an action that was taken back, if anything. */
export type UndoNote = string | void;

/** What became of one action. */
export type UndoOutcome =
  | {
      readonly label: string;
      readonly state: 'undone';
      readonly note?: string;
      readonly quiet?: boolean;
    }
  | {
      readonly label: string;
      readonly state: 'failed' | 'too-late';
      readonly error?: unknown;
    };

/**
 * What this run did so far, taken back in reverse order when it fails or is
 * interrupted.
 */
export class UndoStack {
  #actions: UndoAction[] = [];

  /** Labels of what would be taken back, newest first. */
  get labels(): readonly string[] {
    return this.#actions
      .filter(({ quiet }) => !quiet)
      .map(({ label }) => label)
      .reverse();
  }

  /** Notes something that was done. Returns a function that forgets it. */
  add(
    label: string,
    run: UndoAction['run'],
    options: { readonly quiet?: boolean } = {}
  ): () => void {
    const action: UndoAction = { label, run, quiet: options.quiet === true };
    this.#actions.push(action);
    return () => {
      this.#actions = this.#actions.filter((other) => other !== action);
    };
  }

  /** Forgets everything: from here on what was done stays. */
  commit(): void {
    this.#actions = [];
  }

  /**
   * Takes everything back, newest first; a failure does not stop the others.
   *
   * @param timeoutMs deadline for all of it together
   * @param onOutcome told of each action as it ends
   */
  async run(
    timeoutMs: number,
    onOutcome: (outcome: UndoOutcome) => void = () => undefined
  ): Promise<readonly UndoOutcome[]> {
    const outcomes: UndoOutcome[] = [];
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      deadline.abort(new Error(`not undone within ${timeoutMs} ms`));
    }, timeoutMs);
    try {
      for (;;) {
        const action = this.#actions.at(-1);
        if (action === undefined) break;
        const outcome = await attempt(action, deadline.signal);
        this.#actions = this.#actions.filter((other) => other !== action);
        outcomes.push(outcome);
        onOutcome(outcome);
      }
    } finally {
      clearTimeout(timer);
    }
    return outcomes;
  }
}

async function attempt(
  { label, run, quiet }: UndoAction,
  signal: AbortSignal
): Promise<UndoOutcome> {
  if (signal.aborted) return { label, state: 'too-late', error: signal.reason };
  let late = (): void => undefined;
  const tooLate = new Promise<'too-late'>((resolve) => {
    late = () => resolve('too-late');
    signal.addEventListener('abort', late, { once: true });
  });
  try {
    const work = Promise.resolve().then(() => run(signal));
    const undone = work.then((note) => ({ note }));
    const ended = await Promise.race([undone, tooLate]);
    if (ended !== 'too-late') {
      const { note } = ended;
      return {
        label,
        state: 'undone',
        ...(typeof note === 'string' ? { note } : {}),
        ...(quiet ? { quiet } : {}),
      };
    }
    work.catch(() => undefined); // its end no longer matters
    return { label, state: 'too-late', error: signal.reason };
  } catch (error) {
    return { label, state: 'failed', error };
  } finally {
    signal.removeEventListener('abort', late);
  }
}

/** An AppView that uses this index. Docker's joins by finding its container. */
export interface AppViewSubject {
  /** Its folder. */
  readonly folder: string;
  /** How it is known, for people: `--appview` or `setup.json`. */
  readonly knownBy: string;
  /** The AppView as it runs; null where none is found. */
  readonly running: () => Promise<RunningAppView | null>;
}

/** A running AppView. */
export interface RunningAppView {
  /** For people: `process 4242`. */
  readonly name: string;
  /**
   * The environment it was started with; what is set there wins over its .env
   * (dotenv never overrides).
   */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** An AppView that uses this index. Docker's joins by finding its container. */
export interface AppViewSubject {
  /** Its folder. */
  readonly folder: string;
  /** The folder of the `.env` that it is told by; mostly the same. */
  readonly envFolder: string;
  /** How it is known, for people: `--appview` or `setup.json`. */
  readonly knownBy: string;
  /** The AppView as it runs; empty where none is found. */
  readonly running: () => Promise<readonly RunningAppView[]>;
}

/** A process or a container of a running AppView. */
export interface RunningAppView {
  /** For people: `process 4242`. */
  readonly name: string;
  /**
   * The environment it was started with; what is set there wins over its .env
   * (dotenv never overrides).
   */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

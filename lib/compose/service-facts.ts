/** What an AppView's compose file says of a service, as far as it matters here. */
export interface ServiceFacts {
  readonly name: string;
  readonly image: string | null;
  /** Folder of its build, null when it has none. */
  readonly buildContext: string | null;
  /** Variables written out; null: taken from the environment of the call. */
  readonly environment: ReadonlyMap<string, string | null>;
  /** Networks it names, null when it names none (the default one). */
  readonly networks: readonly string[] | null;
  readonly networkMode: string | null;
  readonly dependsOn: readonly string[];
  /** Started only with one of these profiles, when there are any. */
  readonly profiles: readonly string[];
  /** Files from which its variables are read, as they are written. */
  readonly envFiles: readonly string[];
  /** Whether it extends another service. */
  readonly isExtension: boolean;
}

/** A compose file's services, and its networks as they are written. */
export interface ComposeFacts {
  readonly services: ReadonlyMap<string, ServiceFacts>;
  readonly networks: ReadonlyMap<
    string,
    Readonly<Record<string, unknown>> | null
  >;
}

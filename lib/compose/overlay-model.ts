/** The part of Compose's model that the overlay uses, as both generations take it. */

/** `extends` as a mapping. */
export interface ComposeExtends {
  readonly file: string;
  readonly service: string;
}

/** A service of the overlay. */
export interface ComposeService {
  readonly extends?: ComposeExtends;
  readonly build?: {
    readonly context: string;
    readonly args: Readonly<Record<string, string>>;
  };
  readonly image?: string;
  readonly user?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly mem_reservation?: string;
  readonly cpus?: string;
  readonly pids_limit?: number;
  readonly healthcheck?: {
    readonly test: readonly string[];
    readonly interval: string;
    readonly timeout: string;
    readonly start_period: string;
    readonly retries: number;
  };
  readonly restart?: string;
  readonly stop_signal?: string;
  readonly stop_grace_period?: string;
  readonly logging?: {
    readonly driver: string;
    readonly options: Readonly<Record<string, string>>;
  };
  readonly labels?: Readonly<Record<string, string>>;
}

/** A whole overlay. */
export interface ComposeOverlay {
  readonly services: Readonly<Record<string, ComposeService>>;
  /** Networks of the AppView's file that the index has to join, repeated. */
  readonly networks?: Readonly<Record<string, NetworkDefinition>>;
  readonly volumes: Readonly<
    Record<string, { readonly labels: Readonly<Record<string, string>> }>
  >;
}

/** A network as the AppView's file defines it; null: with nothing said. */
export type NetworkDefinition = Readonly<Record<string, unknown>> | null;

/** What a comment stands in front of, from the top: `['services', 'app']`. */
export interface OverlayComment {
  readonly path: readonly string[];
  /** Lines without `#`. */
  readonly text: string;
}

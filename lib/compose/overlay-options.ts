import { ComposeError } from './compose-error.js';
import type { NetworkDefinition } from './overlay-model.js';

/** What a service of the AppView's file is to the overlay. */
export type AppViewRole = 'app' | 'bridge';

/** A service of the AppView's file that is switched to the local instance. */
export interface OverriddenService {
  /** Its name in the AppView's file. */
  readonly name: string;
  readonly role: AppViewRole;
  /**
   * `keeper`: the overlay loads alone as well (see `keeper.ts`). `plain`: only
   * together with the AppView's file, for a service that has an `extends` of
   * its own, which Compose 1 would lose, or an image, beside which the keeper
   * would put a build. Default `keeper`.
   */
  readonly form?: 'keeper' | 'plain';
  /** Whether it runs in the host's network. Default false. */
  readonly onHost?: boolean;
}

/** What an overlay is made for. */
export interface OverlayOptions {
  /** Default: `app` and `constellation-bridge`. */
  readonly services?: readonly OverriddenService[];
  /**
   * The toolkit's folder as seen from the first compose file's folder: `.` or
   * an absolute path. Default `.`.
   */
  readonly toolkit?: string;
  /**
   * Networks that the index joins besides the default one, with what the
   * AppView's file says of them. Default none.
   */
  readonly networks?: Readonly<Record<string, NetworkDefinition>>;
  /** Whether a bridge of ours stands beside the index. Default false. */
  readonly bridge?: boolean;
}

/** The overlay that is checked in: for an AppView with the usual names. */
export const DEFAULT_OVERLAY_OPTIONS: Required<OverlayOptions> = {
  services: [
    { name: 'app', role: 'app' },
    { name: 'constellation-bridge', role: 'bridge' },
  ],
  toolkit: '.',
  networks: {},
  bridge: false,
};

/** Name of the index's service, on every network of the project. */
export const INDEX_SERVICE = 'constellation-local';

/** Name of our bridge's service; an AppView's own is `constellation-bridge`. */
export const BRIDGE_SERVICE = 'constellation-local-bridge';

/** A network of ours, where those of the AppView have no way out. */
export const OUTSIDE_NETWORK = 'constellation-outside';

/** What Compose takes for a service's name. */
const SERVICE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

const KNOWN: ReadonlySet<string> = new Set(
  Object.keys(DEFAULT_OVERLAY_OPTIONS)
);

/**
 * Fills in the defaults.
 *
 * @throws ComposeError `bad-options` with the option, the value and the rule
 */
export function resolveOverlayOptions(
  options: OverlayOptions = {}
): Required<OverlayOptions> {
  const unknown = Object.keys(options).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) throw bad(`there is no option ${unknown}`);
  const resolved = { ...DEFAULT_OVERLAY_OPTIONS, ...options };
  const names = new Set<string>([
    INDEX_SERVICE,
    ...(resolved.bridge ? [BRIDGE_SERVICE] : []),
  ]);
  for (const { name } of resolved.services) {
    if (!SERVICE_NAME.test(name)) {
      throw bad(`services: ${JSON.stringify(name)} is no name of a service`);
    }
    if (names.has(name)) throw bad(`services: ${name} is there twice`);
    names.add(name);
  }
  const { toolkit } = resolved;
  if (toolkit !== '.' && !toolkit.startsWith('/')) {
    throw bad(`toolkit: ${JSON.stringify(toolkit)} is neither . nor absolute`);
  }
  // Compose would replace it, and a colon would split a mount.
  if (/[$:\0\r\n]/.test(toolkit)) {
    throw bad(`toolkit: a path with $, : or a line break cannot be used`);
  }
  return resolved;
}

function bad(message: string): ComposeError {
  return new ComposeError(`overlay options: ${message}`, {
    code: 'bad-options',
  });
}

import { ComposeError } from './compose-error.js';
import type { ComposeFacts, ServiceFacts } from './service-facts.js';
import { INDEX_SERVICE, type AppViewRole } from './overlay-options.js';

/** Names given by flag. */
export interface NamedServices {
  /** One, or several that run the same AppView. */
  readonly apps?: readonly string[] | undefined;
  readonly bridge?: string | undefined;
}

/** A service that was found, and why it is taken for that. */
export interface FoundService {
  readonly role: AppViewRole;
  readonly service: ServiceFacts;
  /** In words: `named by flag`, `is called app`, `sets CONSTELLATION_URL`. */
  readonly because: string;
}

/** The AppView's services. A bridge need not be there. */
export interface FoundServices {
  /** At least one. */
  readonly apps: readonly FoundService[];
  readonly bridge: FoundService | null;
  /** Others that set what these do: perhaps of the AppView, and left alone. */
  readonly left: readonly string[];
  /** Every service of the file, but ours. */
  readonly all: readonly ServiceFacts[];
}

/**
 * Finds the services of an AppView that ask Constellation. What a flag names is
 * taken; else the service with the usual name; else the only one that shows by
 * its environment or build what it is. Guesses between several are not made.
 * Pure.
 *
 * @throws ComposeError `service-not-found`, `ambiguous-service`, both with the
 *   names there are
 */
export function findServices(
  { services }: ComposeFacts,
  named: NamedServices = {}
): FoundServices {
  const others = [...services.values()].filter(
    ({ name }) => name !== INDEX_SERVICE
  );
  const bridge =
    byFlag(others, 'bridge', named.bridge) ??
    find(others, 'bridge', BRIDGE_SIGNS);
  const rest = others.filter(({ name }) => name !== bridge?.service.name);
  const apps = named.apps?.map((name) => byFlag(others, 'app', name)) ?? [
    find(rest, 'app', APP_SIGNS),
  ];
  const found = apps.filter((one) => one !== null);
  if (found.length === 0) {
    throw new ComposeError(
      'no service of the compose file is the AppView: none is called app, none sets CONSTELLATION_URL',
      {
        code: 'service-not-found',
        candidates: others.map(({ name }) => name),
        suggestion: `name it with --app-service ${others.map(({ name }) => name).join('|')}`,
      }
    );
  }
  const both = found.find(({ service }) => service === bridge?.service);
  if (both !== undefined) {
    throw new ComposeError(
      `${both.service.name} cannot be both the AppView and its bridge`,
      { code: 'ambiguous-service', candidates: [both.service.name] }
    );
  }
  const taken = new Set([...found, bridge].map((one) => one?.service.name));
  const left = others.filter(
    (service) => !taken.has(service.name) && sets(...APP_KEYS)(service)
  );
  return {
    apps: found,
    bridge,
    left: left.map(({ name }) => name),
    all: others,
  };
}

/** A sign by which a service shows what it is, the surest first. */
interface Sign {
  readonly because: string;
  readonly fits: (service: ServiceFacts) => boolean;
}

const sets =
  (...keys: readonly string[]) =>
  ({ environment }: ServiceFacts): boolean =>
    keys.some((key) => environment.has(key));

/** Set by what asks Constellation itself. */
const APP_KEYS = ['CONSTELLATION_ENABLED', 'CONSTELLATION_URL'];

const BRIDGE_SIGNS: readonly Sign[] = [
  {
    because: 'is called constellation-bridge',
    fits: ({ name }) => name === 'constellation-bridge',
  },
  {
    because: 'is built from constellation-client',
    fits: ({ buildContext }) =>
      /(^|\/)constellation-client\/?$/.test(buildContext ?? ''),
  },
  {
    because: 'sets CONSTELLATION_URL and MAX_REQUESTS_PER_SECOND',
    fits: (service) =>
      sets('CONSTELLATION_URL')(service) &&
      sets('MAX_REQUESTS_PER_SECOND')(service),
  },
];

const APP_SIGNS: readonly Sign[] = [
  { because: 'is called app', fits: ({ name }) => name === 'app' },
  {
    because: 'sets CONSTELLATION_ENABLED or CONSTELLATION_URL',
    fits: sets(...APP_KEYS),
  },
  {
    because: 'is called appview',
    fits: ({ name }) => /^(?:bsky-?)?app-?view$/.test(name),
  },
];

function find(
  services: readonly ServiceFacts[],
  role: AppViewRole,
  signs: readonly Sign[]
): FoundService | null {
  for (const { because, fits } of signs) {
    const found = services.filter(fits);
    const [service] = found;
    if (service === undefined) continue;
    if (found.length === 1) return { role, service, because };
    const names = found.map(({ name }) => name);
    throw new ComposeError(
      `several services may be the ${WORDS[role]}: ${names.join(', ')}`,
      {
        code: 'ambiguous-service',
        candidates: names,
        suggestion:
          role === 'app'
            ? `name it with --app-service ${names.join('|')}, or all of them: --app-service ${names.join(',')}`
            : `name it with --bridge-service ${names.join('|')}`,
      }
    );
  }
  return null;
}

function byFlag(
  services: readonly ServiceFacts[],
  role: AppViewRole,
  name: string | undefined
): FoundService | null {
  if (name === undefined) return null;
  const service = services.find((one) => one.name === name);
  if (service !== undefined) return { role, service, because: 'named by flag' };
  const names = services.map((one) => one.name);
  throw new ComposeError(`the compose file has no service ${name}`, {
    code: 'service-not-found',
    candidates: names,
    suggestion: `its services are ${names.join(', ')}`,
  });
}

const WORDS = { app: 'AppView', bridge: 'bridge' } as const;

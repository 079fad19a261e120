import type { ComposeFacts, ServiceFacts } from './service-facts.js';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Reads what matters from a parsed compose file, which is foreign data: parts
 * that Compose itself would refuse are left out, not guessed at. Pure.
 */
export function composeFacts(parsed: unknown): ComposeFacts {
  const root = mapping(parsed) ?? {};
  const services = new Map<string, ServiceFacts>();
  for (const [name, value] of Object.entries(mapping(root['services']) ?? {})) {
    services.set(name, serviceFacts(name, mapping(value) ?? {}));
  }
  const networks = new Map<string, Mapping | null>();
  for (const [name, value] of Object.entries(mapping(root['networks']) ?? {})) {
    networks.set(name, mapping(value));
  }
  return { services, networks };
}

/**
 * Several files together, the later ones over the earlier ones, as Compose
 * merges them. Pure.
 */
export function mergeFacts(files: readonly ComposeFacts[]): ComposeFacts {
  const services = new Map<string, ServiceFacts>();
  const networks = new Map<string, Mapping | null>();
  for (const file of files) {
    for (const [name, over] of file.services) {
      const base = services.get(name);
      services.set(name, base === undefined ? over : mergeService(base, over));
    }
    for (const [name, over] of file.networks) {
      networks.set(name, over ?? networks.get(name) ?? null);
    }
  }
  return { services, networks };
}

/**
 * What is written in files, corrected by what Compose makes of them: services
 * that it includes, and all that it knows of each. Only the files say which
 * services extend others or read which files, what no profile of now starts,
 * and how a network is defined. Pure.
 */
export function withModel(
  written: ComposeFacts,
  model: ComposeFacts
): ComposeFacts {
  const services = new Map(written.services);
  for (const [name, service] of model.services) {
    const { isExtension = false, envFiles = [] } =
      written.services.get(name) ?? {};
    services.set(name, { ...service, isExtension, envFiles });
  }
  const networks = new Map<string, Mapping | null>(written.networks);
  for (const name of model.networks.keys()) {
    if (!networks.has(name)) networks.set(name, null);
  }
  return { services, networks };
}

function mergeService(base: ServiceFacts, over: ServiceFacts): ServiceFacts {
  return {
    name: base.name,
    image: over.image ?? base.image,
    buildContext: over.buildContext ?? base.buildContext,
    environment: new Map([...base.environment, ...over.environment]),
    networks:
      over.networks === null && base.networks === null
        ? null
        : union(base.networks ?? [], over.networks ?? []),
    networkMode: over.networkMode ?? base.networkMode,
    dependsOn: union(base.dependsOn, over.dependsOn),
    profiles: union(base.profiles, over.profiles),
    envFiles: union(base.envFiles, over.envFiles),
    isExtension: base.isExtension || over.isExtension,
  };
}

function serviceFacts(name: string, service: Mapping): ServiceFacts {
  const { build } = service;
  return {
    name,
    image: text(service['image']),
    buildContext:
      text(build) ??
      (mapping(build) === null
        ? null
        : (text(mapping(build)?.['context']) ?? '.')),
    environment: environmentOf(service['environment']),
    networks:
      service['networks'] === undefined ? null : names(service['networks']),
    networkMode: text(service['network_mode']),
    dependsOn: names(service['depends_on']),
    profiles: names(service['profiles']),
    envFiles: envFilesOf(service['env_file']),
    isExtension: service['extends'] !== undefined,
  };
}

/** Both forms: a mapping, or a list of `KEY=value` and `KEY`. */
function environmentOf(value: unknown): ReadonlyMap<string, string | null> {
  if (Array.isArray(value)) {
    return new Map(
      value.filter(isText).map((entry) => {
        const at = entry.indexOf('=');
        return at === -1
          ? [entry, null]
          : [entry.slice(0, at), entry.slice(at + 1)];
      })
    );
  }
  return new Map(
    Object.entries(mapping(value) ?? {}).map(([key, entry]) => [
      key,
      scalar(entry),
    ])
  );
}

/** All forms: one, or a list of names and of mappings with a `path`. */
function envFilesOf(value: unknown): readonly string[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  return entries.flatMap((entry) => {
    const file = text(entry) ?? text(mapping(entry)?.['path']);
    return file === null ? [] : [file];
  });
}

/** Both forms of a set of names: a list, or a mapping's keys. */
function names(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.filter(isText);
  return Object.keys(mapping(value) ?? {});
}

function mapping(value: unknown): Mapping | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return null;
  }
  // A plain object, whose values stay unknown.
  return value as Mapping;
}

function text(value: unknown): string | null {
  return isText(value) && value !== '' ? value : null;
}

function scalar(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return null;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function union(
  one: readonly string[],
  other: readonly string[]
): readonly string[] {
  return [...new Set([...one, ...other])];
}

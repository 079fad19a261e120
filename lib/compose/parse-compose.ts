import { parseDocument } from 'yaml';
import { ComposeError } from './compose-error.js';
import { composeFacts } from './compose-facts.js';
import type { ComposeFacts } from './service-facts.js';

/** Larger files are no compose files. */
export const MAX_COMPOSE_CHARACTERS = 1024 * 1024;

/** Aliases that may be followed: refuses a file that grows when it is read. */
const MAX_ALIASES = 1000;

/**
 * Reads the text of a compose file.
 *
 * @param path - for messages
 * @param isPart - one of several: the services may be in the others
 * @throws ComposeError `too-large`, `broken-yaml` with the line,
 *   `not-a-compose-file`
 */
export function parseCompose(
  text: string,
  path: string,
  isPart = false
): ComposeFacts {
  if (text.length > MAX_COMPOSE_CHARACTERS) {
    throw new ComposeError(
      `${path}: larger than ${MAX_COMPOSE_CHARACTERS} characters`,
      { code: 'too-large', path }
    );
  }
  // Compose reads YAML 1.1 with merge keys; its own tags (!reset) are no error.
  const document = parseDocument(text, {
    version: '1.1',
    merge: true,
    logLevel: 'error',
    prettyErrors: true,
  });
  const [problem] = document.errors;
  if (problem !== undefined) throw broken(path, problem.message, problem);
  let parsed: unknown;
  try {
    parsed = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw broken(path, reason, error);
  }
  const facts = composeFacts(parsed);
  if (!isPart) assertServices(facts, path);
  return facts;
}

/**
 * @param path - for the message
 * @throws ComposeError `not-a-compose-file` where there are none
 */
export function assertServices({ services }: ComposeFacts, path: string): void {
  if (services.size > 0) return;
  throw new ComposeError(`${path}: has no services`, {
    code: 'not-a-compose-file',
    path,
    suggestion: 'give the compose file of the AppView with --compose-file',
  });
}

function broken(path: string, reason: string, cause: unknown): ComposeError {
  const first = reason.split('\n')[0] ?? reason;
  return new ComposeError(`${path}: ${first.replace(/:$/, '')}`, {
    code: 'broken-yaml',
    path,
    cause,
    suggestion: 'mend the file; docker-compose config must accept it',
  });
}

import { parse } from 'yaml';
import { composeFacts, type ComposeFacts } from '../../compose/index.js';
import type { ComposeProgram } from './compose-program.js';
import type { StackFiles, StackView } from './compose-stack.js';
import { runCompose } from './run-compose.js';

/** What is asked about. */
export interface ModelQuestion {
  readonly view: StackView;
  readonly signal?: AbortSignal | undefined;
}

/** A stack as Compose sees it. */
export interface ComposeModel {
  readonly facts: ComposeFacts;
  /** Name of the project; null: it does not say (Compose 1). */
  readonly project: string | null;
}

/** Nothing is contacted for it (ms). */
const ASK_MS = 60_000;

/**
 * What Compose itself makes of a stack's files: with variables replaced, and
 * what `include`, `extends` and `env_file` bring in. Services that no profile
 * of now starts are not in it.
 *
 * @throws RuntimeError COMPOSE_FAILED where it does not accept them
 */
export async function askModel(
  program: ComposeProgram,
  stack: StackFiles,
  { view, signal }: ModelQuestion
): Promise<ComposeModel> {
  const isFirst = program.generation === 1;
  const text = await runCompose(program, stack, {
    view,
    args: isFirst ? ['config'] : ['config', '--format', 'json'],
    variables: {},
    signal,
    deadlineMs: ASK_MS,
  });
  const model: unknown = isFirst ? parse(text) : JSON.parse(text);
  const name: unknown =
    typeof model === 'object' && model !== null
      ? Reflect.get(model, 'name')
      : undefined;
  return {
    facts: composeFacts(model),
    project: typeof name === 'string' && name !== '' ? name : null,
  };
}

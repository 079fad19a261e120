import picocolors from 'picocolors';
import { isTerminal, type TerminalTarget } from './terminal.js';

/** Functions that colour a text, or return it as it is. */
export type Paint = ReturnType<typeof picocolors.createColors>;

/**
 * Whether a stream gets colours. FORCE_COLOR (0 and false mean never) is asked
 * before NO_COLOR, as Node's own tty module does; then the stream must be a
 * terminal that is not `dumb`. Pure. Source: https://no-color.org,
 * https://force-color.org.
 */
export function wantsColour(
  target: TerminalTarget,
  env: Readonly<Record<string, string | undefined>>
): boolean {
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  const none = env['NO_COLOR'];
  if (none !== undefined && none !== '') return false;
  return isTerminal(target, env);
}

/** Colours for a stream, or none. */
export function paintFor(
  target: TerminalTarget,
  env: Readonly<Record<string, string | undefined>>
): Paint {
  return picocolors.createColors(wantsColour(target, env));
}

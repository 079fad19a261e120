/** The part of a stream that decides whether somebody sees and types. */
export interface TerminalTarget {
  readonly isTTY?: boolean | undefined;
}

/**
 * Whether a stream is a terminal that can move its cursor: TERM `dumb` (an
 * editor's shell, some CI) says that it cannot. Pure.
 */
export function isTerminal(
  target: TerminalTarget,
  env: Readonly<Record<string, string | undefined>>
): boolean {
  return target.isTTY === true && env['TERM'] !== 'dumb';
}

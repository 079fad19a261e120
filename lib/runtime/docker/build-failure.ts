/** Why a build has failed, as far as its last lines tell. Pure. */

/** A likely reason, and what to do. */
export interface BuildReason {
  readonly reason: 'memory' | 'disk' | 'network' | 'source';
  readonly text: string;
  readonly suggestion: string;
}

const SIGNS: ReadonlyArray<{ readonly sign: RegExp } & BuildReason> = [
  {
    reason: 'disk',
    sign: /no space left on device|disk quota exceeded/i,
    text: 'the disk of the engine is full',
    suggestion: 'free some: docker system df shows what takes it',
  },
  {
    reason: 'memory',
    sign: /signal: 9|SIGKILL|\bKilled\b|out of memory|cannot allocate memory|exit code: 137|returned a non-zero code: 137/i,
    text: 'the engine ran out of memory while compiling',
    suggestion: 'compile with fewer compilers at once: CARGO_BUILD_JOBS=1',
  },
  {
    reason: 'source',
    sign: /\*\*\* .*(has no revision|is no microcosm-rs|is no revision|is no address)/,
    text: 'there is no such source',
    suggestion: 'give another CONSTELLATION_VERSION or MICROCOSM_REPO',
  },
  {
    reason: 'network',
    sign: /could not resolve|temporary failure (in name resolution|resolving)|connection (timed out|refused|reset)|network is unreachable|failed to (fetch|download)|cannot be fetched|i\/o timeout|TLS handshake|spurious network error|failed to resolve source metadata|pull access denied/i,
    text: 'something could not be fetched',
    suggestion:
      'check the network; behind a proxy set HTTPS_PROXY for the engine’s builds (~/.docker/config.json)',
  },
];

/** @returns null where the lines tell nothing */
export function buildReason(lines: readonly string[]): BuildReason | null {
  const text = lines.join('\n');
  const found = SIGNS.find(({ sign }) => sign.test(text));
  if (found === undefined) return null;
  const { reason, text: words, suggestion } = found;
  return { reason, text: words, suggestion };
}

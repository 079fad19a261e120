/** What a build is doing, read from what the builders print. Pure. */

/** How far a build is. */
export interface BuildStage {
  /** The step's name: `build 4/7 RUN cargo build …`. */
  readonly step: string;
  /** Crates compiled so far, and how many there are where that was said. */
  readonly crates: number;
  readonly cratesInAll: number | null;
}

/** Before the first line. */
export const BUILD_BEGIN: BuildStage = {
  step: 'begins',
  crates: 0,
  cratesInAll: null,
};

/** BuildKit: `#12 [build 4/7] RUN …`; classic: `Step 21/44 : RUN …`. */
const BUILDKIT = /^#\d+ \[([^\]]+)\] (.+)$/;
const CLASSIC = /^Step (\d+\/\d+) : (.+)$/;
/** cargo, behind BuildKit's `#12 34.5 ` or bare. */
const COMPILING = /^(?:#\d+ [\d.]+ )?\s*Compiling \S+ v/;
const DOWNLOADED = /^(?:#\d+ [\d.]+ )?\s*Downloaded (\d+) crates/;

/** The stage after one more line. */
export function afterLine(stage: BuildStage, line: string): BuildStage {
  const [, place, what] = BUILDKIT.exec(line) ?? CLASSIC.exec(line) ?? [];
  if (place !== undefined && what !== undefined) {
    const step = `${place.replace(/^constellation-local /, '')} ${what}`;
    return { ...stage, step: step.slice(0, 100) };
  }
  if (COMPILING.test(line)) return { ...stage, crates: stage.crates + 1 };
  const total = DOWNLOADED.exec(line)?.[1];
  return total === undefined ? stage : { ...stage, cratesInAll: Number(total) };
}

/** How far, 0 to 1, where it can be told. */
export function fractionOf({
  crates,
  cratesInAll,
}: BuildStage): number | undefined {
  if (cratesInAll === null || cratesInAll === 0) return undefined;
  // The server itself and what it brings along come on top.
  return Math.min(0.99, crates / (cratesInAll + 3));
}

/** In words. @param elapsed such as `3 m 5 s` */
export function stageText(stage: BuildStage, elapsed: string): string {
  const { step, crates, cratesInAll } = stage;
  const fraction = fractionOf(stage);
  const percent =
    fraction === undefined ? '' : ` ${Math.round(fraction * 100)} %,`;
  const counted =
    crates === 0
      ? ''
      : `${percent} ${crates}${cratesInAll === null ? '' : ` of ${cratesInAll}`} crates,`;
  return `${step}:${counted} ${elapsed}`;
}

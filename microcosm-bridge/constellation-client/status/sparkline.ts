import { html, type Html } from '../../../lib/api-server/index.js';

/** How a sparkline is drawn. */
export interface SparklineOptions {
  /** What it shows, for those who do not see it. */
  readonly label: string;
  /** Samples it has room for; newer ones are at the right. */
  readonly capacity: number;
  /** The value of the upper edge where no sample is higher. */
  readonly least?: number;
}

const WIDTH = 240;
const HEIGHT = 40;
const PAD = 2;

/**
 * A line with the area below it as inline SVG; null makes a gap. Positions are
 * attributes, since the page allows no inline styles.
 */
export function sparkline(
  values: readonly (number | null)[],
  { label, capacity, least = 0 }: SparklineOptions
): Html {
  const shown = values.slice(-capacity);
  const known = shown.filter((value) => value !== null);
  const most = Math.max(least, ...known);
  const x = (index: number): number =>
    WIDTH - ((shown.length - 1 - index) * WIDTH) / Math.max(1, capacity - 1);
  const y = (value: number): number =>
    HEIGHT - PAD - (most === 0 ? 0 : (value / most) * (HEIGHT - 2 * PAD));
  const runs = runsOf(shown);
  const lines = runs.map((run) =>
    run
      .map(({ index, value }, at) =>
        [at === 0 ? 'M' : 'L', fixed(x(index)), fixed(y(value))].join(' ')
      )
      .join(' ')
  );
  const areas = runs.map((run, at) => {
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) return '';
    return `${lines[at] ?? ''} L ${fixed(x(last.index))} ${HEIGHT} L ${fixed(x(first.index))} ${HEIGHT} Z`;
  });
  return html`<svg
    class="spark"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    <path class="base" d="M 0 ${HEIGHT} H ${WIDTH}" />
    <path class="area" d="${areas.join(' ')}" />
    <path class="line" d="${lines.join(' ')}" />
  </svg>`;
}

interface Point {
  readonly index: number;
  readonly value: number;
}

/** Samples in a row without a gap; one alone is drawn as a short line. */
function runsOf(values: readonly (number | null)[]): readonly Point[][] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  for (const [index, value] of values.entries()) {
    if (value === null) {
      if (run.length > 0) runs.push(run);
      run = [];
    } else {
      run.push({ index, value });
    }
  }
  if (run.length > 0) runs.push(run);
  return runs.map((points) => {
    const [only] = points;
    return points.length === 1 && only !== undefined
      ? [{ ...only, index: only.index - 0.5 }, only]
      : points;
  });
}

function fixed(value: number): string {
  return value.toFixed(1);
}

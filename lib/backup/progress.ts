import { formatBytes, formatDuration } from '../cli/index.js';

/** Work whose size is known about. */
export interface Progress {
  /** What is being done: `compressing index.mdb`. */
  readonly what: string;
  readonly doneBytes: number;
  /** An estimate may turn out too small. */
  readonly totalBytes: number;
}

/** Told how far things are; never more often than is useful. */
export type OnProgress = (progress: Progress) => void;

/** Between two reports (ms). */
const REPORT_MS = 200;

/** Adds bytes up and passes them on now and then. */
export function byteCounter(
  what: string,
  totalBytes: number,
  onProgress: OnProgress
): (bytes: number) => void {
  let doneBytes = 0;
  let nextMs = 0;
  return (bytes) => {
    doneBytes += bytes;
    const nowMs = performance.now();
    if (nowMs < nextMs && doneBytes < totalBytes) return;
    nextMs = nowMs + REPORT_MS;
    onProgress({ what, doneBytes, totalBytes });
  };
}

/** A line with how long it will still take, by the speed so far. */
export class ProgressText {
  readonly #now: () => number;
  #what = '';
  #startMs = 0;

  /** @param now a monotonic clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** `compressing index.mdb: 40 % of 1.2 GiB, 12 s left`. */
  text({ what, doneBytes, totalBytes }: Progress): string {
    if (what !== this.#what) {
      this.#what = what;
      this.#startMs = this.#now();
    }
    const share = totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes);
    const size = formatBytes(totalBytes);
    const head = `${what}: ${Math.floor(share * 100)} % of ${size}`;
    const elapsedMs = this.#now() - this.#startMs;
    if (elapsedMs < 500 || share === 0) return head;
    const leftMs = (elapsedMs / share) * (1 - share);
    return `${head}, ${formatDuration(Math.round(leftMs / 1000) * 1000)} left`;
  }
}

import { isUtf8 } from 'node:buffer';
import type { JetstreamEvent } from '../event.js';
import type { BatchBuffer } from './batch-buffer.js';
import { printable } from './connection.js';
import type { ResolvedConsumerOptions } from './consumer-options.js';
import type { ConsumerCounts } from './consumer-state.js';
import { MeanSpacing, detectGap } from './gap.js';
import type { Gap } from './gap.js';
import { isFuture } from './resume-points.js';
import type { ResumePoints } from './resume-points.js';
import { Throttle } from './throttle.js';

/** Least time between two reports of the same kind, ms. */
const REPORT_MS = 10_000;

/** What the intake works with. */
export interface IntakeParts {
  readonly options: ResolvedConsumerOptions;
  readonly counts: ConsumerCounts;
  readonly points: ResumePoints;
  readonly buffer: BatchBuffer;
}

/** From a frame to an event in the buffer: parsed, placed in time, counted. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #spacing = new MeanSpacing();
  readonly #malformedReports: Throttle;
  readonly #futureReports: Throttle;
  #endpoint = '';
  #coveredUs: number | null = null;
  #isFirst = true;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    const { clock } = parts.options;
    this.#malformedReports = new Throttle(clock, REPORT_MS);
    this.#futureReports = new Throttle(clock, REPORT_MS);
  }

  /**
   * A connection begins.
   *
   * @param coveredUs - up to where all has been read, µs
   */
  begin(endpoint: string, coveredUs: number | null): void {
    this.#endpoint = endpoint;
    this.#coveredUs = coveredUs;
    this.#isFirst = true;
    this.#spacing.interrupt();
  }

  /** Takes a frame in. @returns whether it was an event */
  frame(data: Buffer, isBinary: boolean): boolean {
    const { counts, options } = this.#parts;
    counts.frames++;
    counts.bytes += data.length;
    counts.lastFrameAtMs = options.clock.now();
    // Binary frames are zstd, which was not asked for.
    const text = isBinary || !isUtf8(data) ? null : data.toString('utf8');
    const event = text === null ? null : options.parse(text);
    if (event === null) {
      this.#malformed(data);
      return false;
    }
    this.#event(event, data.length, counts.lastFrameAtMs * 1000);
    return true;
  }

  #event(event: JetstreamEvent, bytes: number, nowUs: number): void {
    const { counts, points, buffer } = this.#parts;
    const { timeUs } = event;
    const endpoint = this.#endpoint;
    counts.events++;
    counts.lastError = null;
    let gap: Gap | null = null;
    if (isFuture(timeUs, nowUs)) {
      this.#future(timeUs);
    } else {
      if (this.#isFirst) gap = this.#gapBefore(timeUs);
      this.#spacing.add(timeUs);
      if (counts.newestTimeUs === null || timeUs > counts.newestTimeUs) {
        counts.newestTimeUs = timeUs;
      }
    }
    const cursorUs = points.advance(endpoint, timeUs, nowUs);
    buffer.add({ event, bytes, cursorUs, endpoint, gap });
  }

  #gapBefore(firstUs: number): Gap | null {
    const { counts, options } = this.#parts;
    this.#isFirst = false;
    const gap = detectGap({
      coveredUs: this.#coveredUs,
      firstUs,
      meanSpacingUs: this.#spacing.valueUs,
    });
    if (gap === null) return null;
    counts.gaps++;
    options.onEvent({ type: 'gap', endpoint: this.#endpoint, gap });
    return gap;
  }

  #malformed(data: Buffer): void {
    const { counts, buffer, options } = this.#parts;
    counts.malformed++;
    buffer.addMalformed();
    const count = this.#malformedReports.hit();
    if (count === null) return;
    const endpoint = this.#endpoint;
    const sample = printable(data, 120);
    options.onEvent({ type: 'malformed', endpoint, count, sample });
  }

  #future(timeUs: number): void {
    const { counts, options } = this.#parts;
    counts.future++;
    const count = this.#futureReports.hit();
    if (count === null) return;
    const endpoint = this.#endpoint;
    options.onEvent({ type: 'future', endpoint, count, timeUs });
  }
}

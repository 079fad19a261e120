import type { Output } from './output.js';
import { columnsOf, fitLine } from './text-width.js';

/**
 * Frames of the spinner. @clack/prompts has one too, but it takes the keyboard
 * into raw mode and leaves with exit code 0 at Ctrl-C or Esc, before anything
 * is undone.
 */
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const FRAME_MS = 100;
const WIPE = '\r\u001b[2K';

/** A line on stderr that moves while something runs. For terminals only. */
export class Spinner {
  readonly #output: Output;
  #timer: NodeJS.Timeout | undefined;
  #release: () => void = () => undefined;
  #text: string;
  #frame = 0;
  #drawn = false;

  constructor(output: Output, text: string) {
    this.#output = output;
    this.#text = text;
    this.resume();
  }

  /** Changes the text beside it. */
  update(text: string): void {
    this.#text = text;
  }

  /** Wipes the line; nothing is drawn any more, unless {@link resume} comes. */
  stop(): void {
    clearInterval(this.#timer);
    this.#wipe();
    this.#release();
  }

  /** Draws again. */
  resume(): void {
    this.#release = this.#output.interruptedBy(() => this.#wipe());
    this.#timer = setInterval(() => this.#draw(), FRAME_MS);
    this.#timer.unref();
    this.#draw();
  }

  #draw(): void {
    const { stderr, paint } = this.#output;
    const frame = FRAMES[this.#frame % FRAMES.length] ?? '';
    this.#frame += 1;
    const text = fitLine(this.#text, columnsOf(stderr) - 3);
    stderr.write(`${WIPE}${paint.cyan(frame)} ${text}`);
    this.#drawn = true;
  }

  #wipe(): void {
    if (this.#drawn) this.#output.stderr.write(WIPE);
    this.#drawn = false;
  }
}

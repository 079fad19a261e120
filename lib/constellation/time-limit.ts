import type { CancelTimer, Clock } from './clock.js';
import { Ending, type EndListener } from './ending.js';

/** Ends after a time, or when its parent does. */
export class TimeLimit extends Ending implements EndListener {
  readonly #parent: Ending;
  readonly #cancel: CancelTimer;

  /**
   * @param limitMs milliseconds until it ends
   * @param reason what it ends with
   * @param parent ends it as well, with the parent's reason
   */
  constructor(
    clock: Clock,
    limitMs: number,
    reason: () => Error,
    parent: Ending
  ) {
    super();
    this.#parent = parent;
    this.#cancel = clock.afterIdle(limitMs, () => this.end(reason()));
    if (parent.reason === null) parent.listen(this);
    else this.end(parent.reason);
  }

  onEnded(reason: Error): void {
    this.end(reason);
  }

  /** Removes the timer and stops listening; always to be called. */
  clear(): void {
    this.#cancel();
    this.#parent.unlisten(this);
  }
}

/** Waits, unless the ending comes first: then throws its reason. */
export function pause(
  clock: Clock,
  delayMs: number,
  ending: Ending
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (ending.reason !== null) {
      reject(ending.reason);
      return;
    }
    const listener: EndListener = {
      onEnded: (reason) => {
        cancel();
        reject(reason);
      },
    };
    const cancel = clock.afterIdle(delayMs, () => {
      ending.unlisten(listener);
      resolve();
    });
    ending.listen(listener);
  });
}

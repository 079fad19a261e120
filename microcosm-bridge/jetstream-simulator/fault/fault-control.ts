import type { Fault } from './fault.js';

/** How long to wait after a recovery that failed. */
const retryMs = 200;

/** The fault of the moment: how long it lasts and how often it still strikes. */
export class FaultControl {
  private readonly apply: (fault: Fault) => Promise<void>;
  private fault: Fault = { fault: 'none' };
  private strikesLeft = 0;
  private strikes = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param apply makes the server behave so; called after `current` has changed */
  constructor(apply: (fault: Fault) => Promise<void>) {
    this.apply = apply;
  }

  /** What is wrong now. */
  get current(): Fault {
    return this.fault;
  }

  /** How often a fault has struck a connection so far. */
  get struck(): number {
    return this.strikes;
  }

  /** Replaces the fault; `none` is how to recover. */
  async set(fault: Fault): Promise<void> {
    clearTimeout(this.timer);
    this.fault = fault;
    const times = 'times' in fault ? fault.times : undefined;
    this.strikesLeft = times ?? Number.POSITIVE_INFINITY;
    if ('forMs' in fault && fault.forMs !== undefined) {
      this.timer = setTimeout(() => this.recover(), fault.forMs);
    }
    await this.apply(fault);
  }

  /**
   * Asks to strike a connection. The last of the allowed strikes ends the fault.
   * @returns whether to strike
   */
  strike(): boolean {
    if (this.strikesLeft <= 0) return false;
    this.strikesLeft--;
    this.strikes++;
    if (this.strikesLeft === 0) this.fault = { fault: 'none' };
    return true;
  }

  private recover(): void {
    this.set({ fault: 'none' }).catch(() => {
      // Somebody else has taken the port; they may give it back.
      this.timer = setTimeout(() => this.recover(), retryMs);
    });
  }

  /** Ends the timer; nothing changes any more. */
  close(): void {
    clearTimeout(this.timer);
  }
}

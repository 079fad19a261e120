/**
 * A seeded source of random numbers: the same seed gives the same numbers on
 * every machine and every Node, which is what makes generated files comparable
 * byte for byte.
 *
 * The algorithm is sfc32 (Chris Doty-Humphrey, PractRand, public domain): four
 * words of state, a period of about 2^128, no multiplication.
 */
export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 1;

  /** @param seed a whole number from 0 to 2^53 - 1 */
  constructor(seed: number) {
    this.reseed(seed);
  }

  /** Starts over with another seed. */
  reseed(seed: number): void {
    this.a = 0;
    this.d = 1;
    this.b = seed >>> 0;
    this.c = Math.floor(seed / 2 ** 32) >>> 0;
    // The first outputs of seeds that differ in one bit are still alike.
    for (let i = 0; i < 16; i++) this.uint32();
  }

  /** A whole number from 0 to 2^32 - 1. */
  uint32(): number {
    const sum = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** A number from 0 (inclusive) to 1 (exclusive). */
  fraction(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** True in `share` (0 to 1) of all calls. */
  chance(share: number): boolean {
    return this.fraction() < share;
  }

  /**
   * One of the items, each as likely as the others.
   * @throws RangeError when there is none
   */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('Nothing to pick from');
    return item;
  }
}

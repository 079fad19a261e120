/** Beyond this many pairs the memory starts anew; a repeat is rare after that. */
const capacity = 500_000;

/**
 * Remembers who did something to what: nobody likes a post or follows an account
 * twice.
 */
export class Once {
  private readonly pairs = new Set<number>();

  /**
   * True the first time.
   * @param actor 0 to 2^18 - 1
   * @param target 0 to 2^35 - 1
   */
  claim(actor: number, target: number): boolean {
    const pair = target * 2 ** 18 + actor;
    if (this.pairs.has(pair)) return false;
    if (this.pairs.size >= capacity) this.pairs.clear();
    this.pairs.add(pair);
    return true;
  }
}

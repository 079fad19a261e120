/** Size and speed of a {@link TokenBucket}. */
export interface TokenBucketOptions {
  /** Tokens that come back each second; more than 0. */
  readonly perSecond: number;
  /** Most tokens it holds, so how many requests may leave at once; 1 or more. */
  readonly burst: number;
}

/**
 * A rate limit that lets a page of posts leave at once and then keeps to a
 * rate, where a pause between calls would slow even the first page. Starts
 * full. Takes the time as an argument and holds no timer.
 */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  #tokens: number;
  #atMs: number;

  constructor(options: TokenBucketOptions, nowMs: number) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#atMs = nowMs;
  }

  /** Takes a token if there is one. */
  take(nowMs: number): boolean {
    if (this.delayMs(nowMs) > 0) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Milliseconds until a token can be taken; 0 is now. */
  delayMs(nowMs: number): number {
    this.#refill(nowMs);
    if (this.#tokens >= 1) return 0;
    return ((1 - this.#tokens) * 1000) / this.#options.perSecond;
  }

  /** Spends all but one token: what waits has to keep to the rate from here. */
  drain(nowMs: number): void {
    this.#refill(nowMs);
    this.#tokens = Math.min(this.#tokens, 1);
  }

  #refill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = Math.max(this.#atMs, nowMs);
    this.#tokens = Math.min(
      this.#options.burst,
      this.#tokens + (elapsedMs * this.#options.perSecond) / 1000
    );
  }
}

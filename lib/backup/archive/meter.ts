import { createHash, type Hash } from 'node:crypto';

/** Counts and sums what passes through. */
export class Meter {
  readonly #hash: Hash = createHash('sha256');
  readonly #onBytes: (bytes: number) => void;
  #bytes = 0;

  /** @param onBytes told of each piece, with its size */
  constructor(onBytes: (bytes: number) => void = () => undefined) {
    this.#onBytes = onBytes;
  }

  /** How much has passed. */
  get bytes(): number {
    return this.#bytes;
  }

  /** SHA-256 of all of it, in hexadecimal; once, at the end. */
  sha256(): string {
    return this.#hash.digest('hex');
  }

  /** A step of `pipeline` of node:stream. */
  through(): (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
    return (source) => this.#pass(source);
  }

  async *#pass(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.#hash.update(chunk);
      this.#bytes += chunk.length;
      this.#onBytes(chunk.length);
      yield chunk;
    }
  }
}

/**
 * How often the writer has committed: memory that the threads share, so that
 * a reader sees with one load whether its snapshot is old.
 */

/** One number; the writer adds to it, the readers look at it. */
export type CommitCounter = Int32Array<SharedArrayBuffer>;

/** Makes one, to be handed to every thread. */
export function newCommitCounter(): CommitCounter {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Says that something was committed. */
export function countCommit(counter: CommitCounter): void {
  Atomics.add(counter, 0, 1);
}

/** How often something was committed; wraps around. */
export function commitsOf(counter: CommitCounter): number {
  return Atomics.load(counter, 0);
}

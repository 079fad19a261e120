import type { Random } from './random.js';
import type { StrongRef } from './record-shapes.js';
import { zipfRank } from './zipf.js';

/** A post that can be liked, reposted, quoted and answered. */
export interface Post {
  /** Counted from 0 in order of appearance. */
  readonly number: number;
  readonly ref: StrongRef;
  /** The first post of its thread, itself when it started one. */
  readonly root: StrongRef;
}

/** Beyond this many posts an endless stream forgets an old one for each new one. */
const maxPosts = 100_000;

/**
 * The posts that attract likes, reposts, quotes and replies, in order of
 * popularity. The first is the post of the day: it is never deleted.
 */
export class Posts {
  private readonly random: Random;
  private readonly ranked: Post[] = [];
  private readonly ranks = new Map<string, number>();
  private added = 0;

  constructor(random: Random) {
    this.random = random;
  }

  /** The post of the day, undefined until there is a post. */
  get hottest(): Post | undefined {
    return this.ranked[0];
  }

  /** Any post but the hottest, Zipf-distributed; the hottest where it is alone. */
  ordinary(): Post | undefined {
    const others = this.ranked.length - 1;
    if (others < 1) return this.ranked[0];
    return this.ranked[1 + zipfRank(others, this.random.fraction())];
  }

  /** Any post, Zipf-distributed with the hottest first. */
  any(): Post | undefined {
    const count = this.ranked.length;
    if (count === 0) return undefined;
    return this.ranked[zipfRank(count, this.random.fraction())];
  }

  /** Adds a post at the end, or in the place of an old one when all are taken. */
  add(ref: StrongRef, root: StrongRef): void {
    const post = { number: this.added++, ref, root };
    const count = this.ranked.length;
    this.put(count < maxPosts ? count : 1 + this.random.below(count - 1), post);
  }

  /** Forgets a deleted post: the least popular one takes its place. */
  remove(uri: string): void {
    const rank = this.ranks.get(uri);
    const last = this.ranked.at(-1);
    if (rank === undefined || last === undefined) return;
    this.ranked.pop();
    this.ranks.delete(uri);
    if (rank < this.ranked.length) this.put(rank, last);
  }

  private put(rank: number, post: Post): void {
    const before = this.ranked[rank];
    if (before !== undefined) this.ranks.delete(before.ref.uri);
    this.ranked[rank] = post;
    this.ranks.set(post.ref.uri, rank);
  }
}

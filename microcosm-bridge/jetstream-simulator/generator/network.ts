import { Accounts, type Account } from './accounts.js';
import { randomCard, randomImages, randomQuote } from './embeds.js';
import { randomRecordCid } from './identifiers.js';
import { LivingRecords } from './living-records.js';
import { Once } from './once.js';
import { Posts, type Post } from './posts.js';
import { randomProse } from './prose.js';
import { Random } from './random.js';
import type { Embed, NetworkRecord, StrongRef } from './record-shapes.js';
import { encodeTid } from './tid.js';

/** Upper ends of the shares, out of 1: 64 % likes, 14, 10, 7 and 5 % deletes. */
const shares = { like: 0.64, follow: 0.78, post: 0.88, repost: 0.95 };

/** Share of the likes that the hottest post takes. */
const hottestShare = 0.1;

/** How often somebody else is drawn when somebody has done it already. */
const redraws = 16;

/** How many reposts are remembered as ways to find a post. */
const recentReposts = 256;

/**
 * How long before `time_us` a commit was made (its `rev`) and its record was
 * written (its key and `createdAt`), in microseconds: what relay and client take.
 */
const lag = { revUs: 180_000, keyUs: 184_000 };

const languages = ['en', 'en', 'en', 'ja', 'pt', 'de', 'es', 'fr'];

/**
 * An invented network that acts one event at a time. Everything refers to what
 * happened before it, nothing is deleted twice and memory is bounded, so it can
 * go on for ever.
 */
export class Network {
  private readonly random: Random;
  private readonly accounts: Accounts;
  private readonly posts: Posts;
  private readonly living: LivingRecords;
  private readonly likes = new Once();
  private readonly follows = new Once();
  private readonly sharers = new Once();
  private readonly reposts: { ref: StrongRef; post: Post }[] = [];
  private reposted = 0;
  private hottestFans = 0;

  /** @param seed a whole number from 0 to 2^53 - 1 */
  constructor(seed: number) {
    this.random = new Random(seed);
    this.accounts = new Accounts(this.random);
    this.posts = new Posts(this.random);
    this.living = new LivingRecords(this.random);
  }

  /**
   * The next event as one line of JSON without a line end.
   * @param timeUs its `time_us`; greater than that of the event before
   */
  next(timeUs: number): string {
    const draw = this.random.fraction();
    if (draw < shares.like) return this.like(timeUs);
    if (draw < shares.follow) return this.follow(timeUs);
    if (draw < shares.post) return this.post(timeUs);
    if (draw < shares.repost) return this.repost(timeUs);
    return this.delete(timeUs);
  }

  /**
   * Goes on with another seed, and without ever deleting what exists now: what
   * was so far stays true however often it is replayed.
   */
  continueWith(seed: number): void {
    this.living.clear();
    this.random.reseed(seed);
  }

  private like(timeUs: number): string {
    const { random, posts } = this;
    const createdAt = createdAtOf(timeUs);
    const $type = 'app.bsky.feed.like';
    const hottest = posts.hottest;
    if (hottest !== undefined && random.chance(hottestShare)) {
      // Its fans come in order of appearance, so that none comes twice.
      const fan = this.accounts.nth(this.hottestFans);
      if (fan !== undefined) {
        this.hottestFans++;
        const subject = hottest.ref;
        return this.create(timeUs, fan, { $type, createdAt, subject }).line;
      }
    }
    const way = random.chance(0.12)
      ? this.reposts[random.below(this.reposts.length)]
      : undefined;
    const seen = way?.post === hottest ? undefined : way;
    const post = seen?.post ?? posts.ordinary();
    const fan = post && this.someoneNew(this.likes, post.number);
    if (post === undefined || fan === undefined) return this.post(timeUs);
    const subject = post.ref;
    const via = seen && { via: seen.ref };
    return this.create(timeUs, fan, { $type, createdAt, subject, ...via }).line;
  }

  private follow(timeUs: number): string {
    const followed = this.accounts.popular();
    const follower = this.someoneNew(this.follows, followed.number, followed);
    if (follower === undefined) return this.post(timeUs);
    return this.create(timeUs, follower, {
      $type: 'app.bsky.graph.follow',
      createdAt: createdAtOf(timeUs),
      subject: followed.did,
    }).line;
  }

  private repost(timeUs: number): string {
    const post = this.posts.any();
    const account = post && this.someoneNew(this.sharers, post.number);
    if (post === undefined || account === undefined) return this.post(timeUs);
    const { line, ref } = this.create(timeUs, account, {
      $type: 'app.bsky.feed.repost',
      createdAt: createdAtOf(timeUs),
      subject: post.ref,
    });
    this.reposts[this.reposted++ % recentReposts] = { ref, post };
    return line;
  }

  private post(timeUs: number): string {
    const { random, posts } = this;
    const author = this.accounts.actor();
    const { text, facets } = randomProse(
      random,
      () => this.accounts.popular().did
    );
    const parent = random.chance(0.45) ? posts.any() : undefined;
    const embed = this.embed();
    const { line, ref } = this.create(timeUs, author, {
      $type: 'app.bsky.feed.post',
      createdAt: createdAtOf(timeUs),
      ...(embed && { embed }),
      ...(facets.length > 0 && { facets }),
      langs: [random.pick(languages)],
      ...(parent && { reply: { parent: parent.ref, root: parent.root } }),
      text,
    });
    posts.add(ref, parent?.root ?? ref);
    return line;
  }

  private embed(): Embed | undefined {
    const { random } = this;
    const draw = random.fraction();
    if (draw < 0.12) {
      const quoted = this.posts.any();
      return quoted && randomQuote(random, quoted.ref);
    }
    if (draw < 0.26) return randomImages(random);
    if (draw < 0.36) return randomCard(random);
    return undefined;
  }

  private delete(timeUs: number): string {
    const place = this.living.take();
    if (place === undefined) return this.post(timeUs);
    const { account, collection, rkey } = place;
    this.posts.remove(`at://${account.did}/${collection}/${rkey}`);
    const rev = encodeTid(timeUs - lag.revUs, account.clockId);
    return JSON.stringify({
      did: account.did,
      time_us: timeUs,
      kind: 'commit',
      commit: { rev, operation: 'delete', collection, rkey },
    });
  }

  private create(
    timeUs: number,
    account: Account,
    record: NetworkRecord
  ): { line: string; ref: StrongRef } {
    const { did, clockId } = account;
    const collection = record.$type;
    const rev = encodeTid(timeUs - lag.revUs, clockId);
    const rkey = encodeTid(timeUs - lag.keyUs, clockId);
    const cid = randomRecordCid(this.random);
    const uri = `at://${did}/${collection}/${rkey}`;
    // The hottest post, the first one of all, stays.
    if (this.posts.hottest !== undefined) {
      this.living.add({ account, collection, rkey });
    }
    const commit = { rev, operation: 'create', collection, rkey, record, cid };
    const event = { did, time_us: timeUs, kind: 'commit', commit };
    return { line: JSON.stringify(event), ref: { cid, uri } };
  }

  /** An account that has not done this to the target yet. */
  private someoneNew(
    done: Once,
    target: number,
    except?: Account
  ): Account | undefined {
    for (let i = 0; i < redraws; i++) {
      const account = this.accounts.actor();
      if (account !== except && done.claim(account.number, target)) {
        return account;
      }
    }
    return undefined;
  }
}

function createdAtOf(timeUs: number): string {
  return new Date(Math.floor((timeUs - lag.keyUs) / 1000)).toISOString();
}

import { randomDid } from './identifiers.js';
import type { Random } from './random.js';
import { zipfRank } from './zipf.js';

/** An account: its number, its DID and the clock id its record keys carry. */
export interface Account {
  readonly number: number;
  readonly did: string;
  readonly clockId: number;
}

/** Beyond this many accounts an endless stream brings no new ones. */
const maxAccounts = 200_000;

/** Share of actions that come from an account never seen before. */
const newcomerShare = 0.1;

/**
 * The accounts seen so far. Their number grows with the stream: about 50,000 in
 * 500,000 events.
 */
export class Accounts {
  private readonly random: Random;
  private readonly known: Account[] = [];

  constructor(random: Random) {
    this.random = random;
  }

  /** Who acts next: a newcomer, or a known account, the older ones more often. */
  actor(): Account {
    const { random } = this;
    const newcomer = random.chance(newcomerShare) ? this.add() : undefined;
    const fraction = random.fraction();
    const position = Math.floor(this.known.length * fraction * fraction);
    return newcomer ?? this.known[position] ?? this.get(0);
  }

  /** Who is followed or mentioned: Zipf-distributed, the oldest most of all. */
  popular(): Account {
    return this.get(zipfRank(this.known.length || 1, this.random.fraction()));
  }

  /**
   * The account of a number counted from 0 in order of appearance; those up to it
   * appear now. Undefined where the limit of accounts is reached.
   */
  nth(number: number): Account | undefined {
    while (number >= this.known.length && this.add() !== undefined);
    return this.known[number];
  }

  private get(number: number): Account {
    const account = this.nth(number);
    if (account === undefined) throw new RangeError(`No account ${number}`);
    return account;
  }

  private add(): Account | undefined {
    const count = this.known.length;
    if (count >= maxAccounts) return undefined;
    const did = randomDid(this.random);
    const clockId = this.random.below(1024);
    const account = { number: count, did, clockId };
    this.known.push(account);
    return account;
  }
}

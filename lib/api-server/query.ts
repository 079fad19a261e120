/** The query of a request of Constellation's API, read as strictly as the real server reads it. */

import { BadRequestError } from './bad-request.js';

/** `GET /robots.txt`, as the real server has it. */
export const ROBOTS =
  'User-agent: *\nDisallow: /links\nDisallow: /links/\nDisallow: /xrpc/\n    ';

/** Items of a page when nothing is asked for. */
export const DEFAULT_LIMIT = 100;

/** Most items of a page. */
export const MAX_LIMIT = 1000;

const NONE: readonly string[] = [];

/** Parameters by name. Those that nobody reads are ignored. */
export class Query {
  readonly #values = new Map<string, string[]>();

  /** @param text - what follows the `?`, undecoded */
  constructor(text: string) {
    if (text === '') return;
    for (const [name, value] of new URLSearchParams(text)) {
      const values = this.#values.get(name);
      if (values === undefined) this.#values.set(name, [value]);
      else values.push(value);
    }
  }

  /** A parameter that must be there once. @throws BadRequestError */
  required(name: string): string {
    const value = this.optional(name);
    if (value === null) throw new BadRequestError(`missing field \`${name}\``);
    return value;
  }

  /** A parameter that may be there once. @throws BadRequestError */
  optional(name: string): string | null {
    const values = this.#values.get(name);
    if (values === undefined) return null;
    if (values.length > 1) {
      throw new BadRequestError(`duplicate field \`${name}\``);
    }
    return values[0] ?? null;
  }

  /**
   * As {@link optional}, where an empty value is none: so the real server has it
   * at those endpoints that take a parameter many times. @throws BadRequestError
   */
  filled(name: string): string | null {
    const value = this.optional(name);
    return value === '' ? null : value;
  }

  /** The values of a parameter that may be repeated, trimmed, without empty ones. */
  many(name: string): readonly string[] {
    const values = this.#values.get(name) ?? NONE;
    return values.map((value) => value.trim()).filter((value) => value !== '');
  }

  /** `limit`, 0 to {@link MAX_LIMIT}. @throws BadRequestError */
  limit(): number {
    const text = this.optional('limit');
    if (text === null) return DEFAULT_LIMIT;
    if (!/^\+?[0-9]+$/.test(text)) {
      throw new BadRequestError('limit: not a whole number');
    }
    const limit = Number(text);
    if (limit > MAX_LIMIT) {
      throw new BadRequestError(`limit: at most ${MAX_LIMIT}`);
    }
    return limit;
  }

  /** A parameter that is `true` or `false`. @throws BadRequestError */
  flag(name: string): boolean {
    const text = this.optional(name);
    if (text === null || text === 'false') return false;
    if (text === 'true') return true;
    throw new BadRequestError(`${name}: neither true nor false`);
  }
}

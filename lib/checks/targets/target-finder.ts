import { parseEndpoints } from '../../../microcosm-bridge/constellation-embedded/jetstream/index.js';
import type { HealthDocument } from '../../health/index.js';
import type { RuntimeStatus } from '../../runtime/runtime.js';
import { readOverview } from '../api-check.js';
import { readCounts } from '../endpoints/answers.js';
import type { IndexApi } from '../index-api.js';
import { choosePlaces, type CountedPlace } from './choose-places.js';
import { openStorePlaces, type StorePlaces } from './store-places.js';
import { streamPlaces } from './stream-places.js';
import type { FoundPlace, TargetSearch } from './target.js';

/** Where targets are looked for. */
export interface TargetFinderOptions {
  readonly api: IndexApi;
  /** `--target`: only this one. */
  readonly target: string | null;
  readonly identity: () => Promise<HealthDocument | null>;
  readonly status: () => Promise<RuntimeStatus | null>;
  /** Whether the store in a folder is the one the index has open. */
  readonly isItsStore: (folder: string) => Promise<boolean>;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
}

/** How many places are compared. */
const PLACES = 3;
/** Candidates of a stream that are asked about at most. */
const ASKED = 30;
const STREAM_MS = 4000;
/** How far back in the stream (µs): events enough, and all of them indexed. */
const BACK_US = 120_000_000;

const NAME_ONE = 'name one that it has: npx zx scripts/test.ts --target AT-URI';

/**
 * Finds targets that the index really has; its API lists none. In turn: the one
 * that is named, the store of an embedded index on this machine, the stream.
 */
export class TargetFinder {
  readonly #options: TargetFinderOptions;
  #store: StorePlaces | null = null;

  constructor(options: TargetFinderOptions) {
    this.#options = options;
  }

  /** @throws HealthError, CheckError where the index does not answer */
  async find(signal: AbortSignal): Promise<TargetSearch> {
    const { api, target } = this.#options;
    if (target !== null) return await this.#named(target, signal);
    const { linkingRecords } = readOverview(await api.json('/', [], signal));
    if (linkingRecords === 0) {
      return {
        kind: 'none',
        reason: 'nothing is indexed yet',
        suggestion: 'wait until events have come in, then run this again',
      };
    }
    const identity = await this.#options.identity();
    const stored = await this.#fromStore(identity);
    if (stored.length > 0) {
      return { kind: 'found', from: 'its store', places: stored };
    }
    return await this.#fromStream(identity, signal);
  }

  /** Frees what recounting needs. */
  async close(): Promise<void> {
    await this.#store?.close();
    this.#store = null;
  }

  async #named(target: string, signal: AbortSignal): Promise<TargetSearch> {
    const places = choosePlaces(await this.#placesOf(target, signal), PLACES);
    return places.length > 0
      ? { kind: 'found', from: '--target', places }
      : {
          kind: 'none',
          reason: `the index has no links to ${target}`,
          suggestion: NAME_ONE,
        };
  }

  async #fromStore(
    identity: HealthDocument | null
  ): Promise<readonly FoundPlace[]> {
    if (identity === null) return [];
    const folder = identity.dataPath;
    try {
      if (!(await this.#options.isItsStore(folder))) return [];
      this.#store = openStorePlaces(folder, PLACES);
      return this.#store?.places ?? [];
    } catch {
      return []; // another machine's, another user's: the stream is next
    }
  }

  async #fromStream(
    identity: HealthDocument | null,
    signal: AbortSignal
  ): Promise<TargetSearch> {
    const urls = await this.#streams(identity);
    const toUs = identity?.cursorUs ?? this.#options.wallMs() * 1000;
    let heard = 0;
    for (const url of urls.slice(0, 2)) {
      const fromUs = toUs - BACK_US;
      const options = { fromUs, toUs, timeoutMs: STREAM_MS, signal };
      const candidates = await streamPlaces(url, options);
      heard += candidates.length;
      const known: CountedPlace[] = [];
      for (const { target } of candidates.slice(0, ASKED)) {
        known.push(...(await this.#placesOf(target, signal)));
        if (known.length >= 3 * PLACES) break;
      }
      const places = choosePlaces(known, PLACES);
      if (places.length > 0) {
        return { kind: 'found', from: 'its stream', places };
      }
    }
    const reason =
      urls.length === 0
        ? 'no target of it is known, and no stream to learn one from'
        : heard === 0
          ? 'no target of it is known, and its stream brought none'
          : `it knows none of ${Math.min(heard, ASKED)} targets that its stream brought`;
    return { kind: 'none', reason, suggestion: NAME_ONE };
  }

  async #streams(identity: HealthDocument | null): Promise<readonly string[]> {
    const config = (await this.#options.status())?.config;
    const texts = [identity?.endpoint ?? '', ...(config?.jetstream ?? [])];
    return texts.flatMap((text) => {
      try {
        return parseEndpoints(text).map(({ url }) => url);
      } catch {
        return []; // a file, or nothing: no stream
      }
    });
  }

  async #placesOf(
    target: string,
    signal: AbortSignal
  ): Promise<readonly CountedPlace[]> {
    const params = [['target', target]] as const;
    const body = await this.#options.api.json('/links/all', params, signal);
    return readCounts(body).map(({ collection, path, records, dids }) => ({
      place: { target, collection, path },
      records,
      dids,
    }));
  }
}

/** The index against a model of a few lines, with events that nobody thought of. */

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import {
  LIKE,
  LIKES,
  account,
  commit,
  openTestIndex,
  tid,
} from '../../../fixtures/index-store.js';
import type { TestIndex } from '../../../fixtures/index-store.js';
import { tidTimeUs } from '../../../../lib/constellation/tid.js';
import type { JetstreamEvent } from '../../../../microcosm-bridge/constellation-embedded/event.js';
import { findExpired } from '../../../../microcosm-bridge/constellation-embedded/store/expiry.js';
import {
  didPage,
  linkPage,
  linkPageOf,
} from '../../../../microcosm-bridge/constellation-embedded/store/link-pages.js';
import type {
  Page,
  PageRequest,
} from '../../../../microcosm-bridge/constellation-embedded/store/link-pages.js';

const DIDS = ['did:plc:a', 'did:plc:b', 'did:plc:c'] as const;
const TARGETS = ['at://did:plc:x/p/1', 'at://did:plc:x/p/2'] as const;

/** Random histories to try. */
const RUNS = 50;

/** When the records that can be written were made, in hours since some day. */
const HOURS = [1, 2, 3, 4] as const;
const DAY_US = Date.UTC(2026, 0, 1) * 1000;

/** An hour after that day, µs since 1970. */
function hourUs(hour: number): number {
  return DAY_US + hour * 3_600_000_000;
}

type Step =
  | { readonly do: 'put'; did: string; rkey: string; target: string }
  | { readonly do: 'delete'; did: string; rkey: string }
  | { readonly do: 'hide' | 'show'; did: string }
  | { readonly do: 'expire'; hour: number };

const did = fc.constantFrom(...DIDS);
/** Keys with a time, and one without. */
const rkey = fc.constantFrom(
  ...HOURS.map((hour) => tid(hourUs(hour) * 1024)),
  'self'
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      did,
      rkey,
      target: fc.constantFrom(...TARGETS),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('delete' as const), did, rkey }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('hide', 'show'), did }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('expire' as const),
      hour: fc.constantFrom(...HOURS),
    }),
  }
);

/** Records in the order in which they were last written. */
class Model {
  readonly records = new Map<
    string,
    { did: string; rkey: string; target: string }
  >();
  readonly hidden = new Set<string>();

  run(s: Step): void {
    if (s.do === 'expire') this.#expire(hourUs(s.hour));
    if (s.do === 'hide') this.hidden.add(s.did);
    if (s.do === 'show') this.hidden.delete(s.did);
    if (s.do === 'put' || s.do === 'delete') {
      const key = `${s.did} ${s.rkey}`;
      this.records.delete(key);
      if (s.do === 'put') this.records.set(key, s);
    }
  }

  #expire(beforeUs: number): void {
    for (const [key, { rkey }] of this.records) {
      const timeUs = tidTimeUs(rkey);
      if (timeUs !== null && timeUs < beforeUs) this.records.delete(key);
    }
  }

  /** Newest first. */
  of(target: string): { did: string; rkey: string }[] {
    return [...this.records.values()]
      .filter((record) => record.target === target)
      .map(({ did, rkey }) => ({ did, rkey }))
      .reverse();
  }

  /** By the oldest link of each, newest first. */
  didsOf(target: string): string[] {
    const oldestFirst = this.of(target).reverse();
    return [...new Set(oldestFirst.map(({ did }) => did))].reverse();
  }

  /** Whether the account exists for the index: it has linked to something once. */
  visible = (one: { did: string } | string): boolean =>
    !this.hidden.has(typeof one === 'string' ? one : one.did);
}

/** Drops what is older, in steps as small as can be. */
function expire({ writer, reader }: TestIndex, beforeUs: number): void {
  const bounds = { beforeUs, maxScanned: 5, maxFound: 2 };
  let next: Buffer | null = null;
  do {
    const step = findExpired(reader.store, next, bounds);
    writer.expire(step.links);
    next = step.next;
  } while (next !== null);
  reader.refresh();
}

/** Runs a batch, in which what is too old may be dropped somewhere. */
function run(index: TestIndex, batch: readonly Step[]): void {
  let events: JetstreamEvent[] = [];
  for (const s of batch) {
    if (s.do !== 'expire') {
      events.push(eventOf(s));
      continue;
    }
    index.apply(...events);
    events = [];
    expire(index, hourUs(s.hour));
  }
  index.apply(...events);
}

function eventOf(s: Exclude<Step, { do: 'expire' }>): JetstreamEvent {
  switch (s.do) {
    case 'put':
      return commit('update', s.did, LIKE, s.rkey, {
        subject: { uri: s.target },
      });
    case 'delete':
      return commit('delete', s.did, LIKE, s.rkey);
    case 'hide':
      return account(s.did, false, 'deactivated');
    case 'show':
      return account(s.did, true);
  }
}

/** Every page of a list, joined. */
function all<Item>(
  page: (request: PageRequest) => Page<Item>,
  limit: number,
  reverse = false
): Item[] {
  const items: Item[] = [];
  let from: number | null = null;
  do {
    const request: PageRequest = { limit, from, reverse };
    const found: Page<Item> = page(request);
    assert.ok(found.items.length <= limit);
    items.push(...found.items);
    from = found.next;
  } while (from !== null);
  return items;
}

function check({ reader }: TestIndex, model: Model, limit: number): void {
  for (const target of TARGETS) {
    const links = model.of(target);
    const dids = model.didsOf(target);
    const slot = reader.slot(target, LIKES);
    assert.equal(slot?.records ?? 0, links.length);
    assert.equal(slot?.dids ?? 0, dids.length);
    if (slot === null) continue;
    const { slotId } = slot;
    const shown = links.filter(model.visible);
    const list = (request: PageRequest) => linkPage(reader, slotId, request);
    assert.deepEqual(all(list, limit), shown);
    assert.deepEqual(all(list, limit, true), shown.toReversed());
    assert.deepEqual(
      all((request) => didPage(reader, slotId, request), limit),
      dids.filter(model.visible)
    );
    const wanted = new Set<string>([DIDS[0], DIDS[2]]);
    const some = links.filter((link) => wanted.has(link.did));
    const listSome = (request: PageRequest) =>
      linkPageOf(reader, slotId, wanted, request);
    const visible = some.filter(model.visible);
    assert.deepEqual(all(listSome, limit), visible);
    assert.deepEqual(all(listSome, limit, true), visible.toReversed());
    const first = listSome({ limit, from: null, reverse: false });
    assert.equal(first.total, visible.length);
  }
}

t.test(
  'counts, lists and pages are those of a model, whatever happened',
  async (t) => {
    const folder = t.testdir();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 12 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (batches, limit, forgetsUnlinked) => {
          const made = mkdtempSync(join(folder, 'index-'));
          const index = openTestIndex(made, forgetsUnlinked);
          try {
            const model = new Model();
            // An account that never linked to anything cannot be hidden.
            const known = new Set<string>();
            for (const batch of batches) {
              run(index, batch);
              for (const s of batch) {
                if (s.do === 'put') known.add(s.did);
                if (s.do === 'expire' || known.has(s.did)) model.run(s);
              }
            }
            check(index, model, limit);
          } finally {
            await index.close();
          }
        }
      ),
      { numRuns: RUNS }
    );
    t.pass(`${RUNS} random histories`);
  }
);

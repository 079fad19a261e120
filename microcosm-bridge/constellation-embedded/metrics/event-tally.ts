import type { JetstreamEvent } from '../event.js';

/** Different collections that get a label of their own; the rest is `other`. */
export const MAX_COLLECTIONS = 50;

/** The labels of an event. */
export interface EventLabels {
  readonly kind: string;
  readonly operation: string;
  readonly collection: string;
}

/**
 * Counts events by their labels. Anybody can make up a collection, so only the
 * first {@link MAX_COLLECTIONS} get a label.
 */
export class EventTally {
  readonly #collections = new Set<string>();

  /** The counts of one batch. */
  count(
    events: readonly JetstreamEvent[]
  ): Iterable<{ labels: EventLabels; count: number }> {
    const counts = new Map<string, { labels: EventLabels; count: number }>();
    for (const event of events) {
      const labels = this.#labels(event);
      const key = `${labels.kind} ${labels.operation} ${labels.collection}`;
      const entry = counts.get(key);
      if (entry === undefined) counts.set(key, { labels, count: 1 });
      else entry.count++;
    }
    return counts.values();
  }

  #labels(event: JetstreamEvent): EventLabels {
    switch (event.kind) {
      case 'commit':
        return {
          kind: 'commit',
          operation: event.operation,
          collection: this.#collection(event.collection),
        };
      case 'account':
        return { kind: 'account', operation: '', collection: '' };
      case 'other':
        return { kind: 'other', operation: '', collection: '' };
    }
  }

  #collection(collection: string): string {
    if (this.#collections.has(collection)) return collection;
    if (this.#collections.size >= MAX_COLLECTIONS) return 'other';
    this.#collections.add(collection);
    return collection;
  }
}

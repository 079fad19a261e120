import type { IndexReader } from '../../store/index-reader.js';
import { NO_LINK_YET } from './question.js';
import type { ExampleLink } from './question.js';

/** Longest target that is an example, characters: it stands in every form. */
const MOST_CHARACTERS = 200;

/** A link that the examples of this index find something about. */
export function exampleLink(reader: IndexReader | null): ExampleLink {
  const slot = reader?.oldestSlotName() ?? null;
  if (reader === null || slot === null) return NO_LINK_YET;
  const { sourceId, target } = slot;
  if (target.length > MOST_CHARACTERS) return NO_LINK_YET;
  const { collection, path } = reader.sourceName(sourceId);
  return { target, collection, path };
}

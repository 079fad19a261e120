import { createHash } from 'node:crypto';
import { COMPOSE_VARIABLES, PINNED_SOURCE } from '../../compose/index.js';

/** An image that is to be run. */
export interface ImageTarget {
  readonly name: string;
  /** Revision it is built from; null: it is an image that exists. */
  readonly revision: string | null;
}

/** Repository of the images that are built here. */
const BUILT = 'constellation-local';
/** What may stand in a tag besides letters and digits, and how much. */
const NOT_IN_TAG = /[^A-Za-z0-9_.-]/g;
const MAX_TAG = 128;

/**
 * The image of a revision: a tag for each, so that a build never takes away
 * the tag of one that runs. Pure.
 *
 * @param revision null: the one this toolkit pins
 */
export function imageOfRevision(revision: string | null): ImageTarget {
  const wanted = revision ?? PINNED_SOURCE.revision;
  const tag = wanted.replaceAll(NOT_IN_TAG, '-').replace(/^[.-]+/, '');
  const isPlain = tag === wanted && tag.length <= MAX_TAG;
  const mark = createHash('sha256').update(wanted).digest('hex').slice(0, 8);
  return {
    name: isPlain
      ? `${BUILT}:${tag}`
      : `${BUILT}:${tag.slice(0, MAX_TAG - 9)}-${mark}`,
    revision: wanted,
  };
}

/**
 * Whether an image was built here from another revision than this one. The
 * overlay's own name, where none is named, stands for the pinned one. Pure.
 */
export function isOfOtherRevision(image: string, revision: string): boolean {
  if (!image.startsWith(`${BUILT}:`)) return false;
  const isPinned =
    image === COMPOSE_VARIABLES.CONSTELLATION_IMAGE.default &&
    revision === PINNED_SOURCE.revision;
  return !isPinned && image !== imageOfRevision(revision).name;
}

/** A name for an image whose own name was given to another one since. Pure. */
export function keptName(imageId: string): string {
  return `${BUILT}:kept-${imageId.replace(/^sha256:/, '').slice(0, 12)}`;
}

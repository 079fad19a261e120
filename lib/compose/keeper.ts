import type { ComposeExtends } from './overlay-model.js';

/** Must never be set: what Compose makes of its absence tells which one it is. */
export const NEVER_SET = 'CONSTELLATION_NEVER_SET';

/**
 * What an override of a service needs so that the overlay can be read alone
 * (where a service with neither image nor build is an error) and still says
 * nothing about the image or the build of the AppView's own service.
 *
 * No single form does that. An image in an overlay replaces the one of the
 * AppView's file, or renames what it builds, on both; so it has to be a build.
 * Compose 2 extends each file by itself, so what is extended lands *over* the
 * base: there an empty build counts as one and adds nothing to any. Compose 1
 * refuses an empty one, but it merges the files first and puts what is extended
 * *beneath* the result: there a build gives way to the base's.
 *
 * What is left: a service that names an image has a build besides, which only
 * `build` without names and `up --build` look at. For such a service
 * `fitOverlay` takes the plain form, which says nothing.
 *
 * The path finds the right one of the two files. Compose 1 does not expand a
 * default inside a default: for it the part between the slashes is a name, and
 * `..` cancels it. In Compose 2 that part is empty, and `..` goes up a folder.
 * Compose 1 is not developed any more, and the nested default is in the Compose
 * specification, so neither will change.
 *
 * @param toolkit - see `OverlayOptions.toolkit`
 */
export function keeper(toolkit: string): ComposeExtends {
  const nothing = `\${${NEVER_SET}:-\${${NEVER_SET}:-}}`;
  return {
    file: `${toolkit}/microcosm-bridge/constellation/compose/v1/${nothing}/../keep.yml`,
    service: 'keep',
  };
}

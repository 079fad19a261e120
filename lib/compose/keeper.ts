import type { ComposeExtends } from './overlay-model.js';

/** Must never be set: what Compose makes of its absence tells which one it is. */
export const NEVER_SET = 'CONSTELLATION_NEVER_SET';

/**
 * What an override of a service needs so that the overlay can be read alone
 * (where a service with neither image nor build is an error) and still says
 * nothing about the image or the build of the AppView's own service.
 *
 * No single form does that: whatever Compose 2 takes for an image or a build
 * in an overlay, Compose 1 either refuses alone or puts over the base's. But
 * `extends` differs. Compose 1 merges the files first and puts what is extended
 * *beneath* the result: there an empty image counts as one and gives way to
 * anything. Compose 2 extends each file by itself, so what is extended lands
 * *over* the base: there an empty build counts as one and adds nothing to any.
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

/** When nothing was taken in, as the container's own health check has noted it. */

import { execIn } from '../../runtime/docker/container-output.js';
import type { Engine } from '../../runtime/docker/engine.js';

/** A time in which nothing moved. */
export interface Gap {
  readonly from: Date;
  readonly to: Date;
}

/** Written by `constellation-health`, in the volume. */
const FILE = '/data/.movement';

/** What is noted in a container; none where it notes nothing. */
export async function readGaps(
  engine: Engine,
  container: string
): Promise<readonly Gap[]> {
  const { code, stdout } = await execIn(engine, container, ['cat', FILE]);
  return code === 0 ? parseGaps(stdout) : [];
}

/** Lines of `gap FROM TO`, in seconds since 1970. Pure. */
export function parseGaps(text: string): readonly Gap[] {
  return text.split('\n').flatMap((line) => {
    const match = /^gap ([1-9]\d{0,11}) ([1-9]\d{0,11})$/.exec(line);
    if (match === null) return [];
    const [from, to] = [Number(match[1]) * 1000, Number(match[2]) * 1000];
    return from < to ? [{ from: new Date(from), to: new Date(to) }] : [];
  });
}

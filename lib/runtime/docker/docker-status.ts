import type { RuntimePart, RuntimeStatus } from '../runtime.js';
import { withBridge } from './bridge-plan.js';
import { bridgeUrl, containerUrls } from './container-urls.js';
import type { ContainerFacts } from './container.js';
import { conditionOf } from './describe-container.js';
import { isUp, type Sighting } from './index-container.js';

/** How it is, from what was seen on the engine. Pure. */
export function dockerStatus({
  record,
  container,
  bridge,
  verdict,
}: Sighting): RuntimeStatus {
  const { state, detail } = withBridge(verdict, record, bridge);
  const urls = container === null ? null : containerUrls(container);
  return {
    kind: 'docker',
    state,
    detail,
    parts: [...partOf('index', container), ...partOf('bridge', bridge)],
    urls:
      urls === null || bridge === null
        ? urls
        : { ...urls, bridge: bridgeUrl(bridge) },
    config: record?.config ?? null,
    version:
      container === null
        ? null
        : `${container.image} ${container.imageId.slice(7, 19)}`,
  };
}

function partOf(
  name: string,
  container: ContainerFacts | null
): readonly RuntimePart[] {
  if (container === null) return [];
  const { id, startedAt } = container;
  return [
    {
      name,
      id: id.slice(0, 12),
      state: isUp(container) ? 'up' : 'gone',
      startedAt,
      note: conditionOf(container),
    },
  ];
}

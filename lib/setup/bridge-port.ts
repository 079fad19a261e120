import { assertPortFree } from '../runtime/port-check.js';
import { RuntimeError } from '../runtime/runtime-error.js';
import type { SetupOptions } from './setup-options.js';

/** Where the bridge is to listen. */
export interface BridgePort {
  /** Null: without a bridge. */
  readonly port: number | null;
  /** Why it is left out although nobody said so. */
  readonly warning: string | null;
}

/**
 * The bridge's port. Where nobody named one and the default is taken, setup
 * goes on without a bridge and says so: the index does not need it.
 *
 * @param ownPorts what our own processes listen on now
 * @throws RuntimeError PORT_IN_USE where somebody named it
 */
export async function chooseBridgePort(
  options: Pick<SetupOptions, 'bind' | 'bridgePort' | 'bridgePortGiven'>,
  ownPorts: ReadonlySet<number>
): Promise<BridgePort> {
  const { bind, bridgePort: port, bridgePortGiven } = options;
  if (port === null || ownPorts.has(port)) return { port, warning: null };
  try {
    await assertPortFree(bind, port, '--bridge-port');
    return { port, warning: null };
  } catch (error) {
    if (bridgePortGiven || !(error instanceof RuntimeError)) throw error;
    const warning = `no bridge: ${error.message}; --bridge-port PORT gives it another`;
    return { port: null, warning };
  }
}

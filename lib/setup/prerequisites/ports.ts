import { hostPort } from '../../runtime/embedded/embedded-command.js';
import { assertPortFree } from '../../runtime/port-check.js';
import { RuntimeError } from '../../runtime/runtime-error.js';
import type { Prerequisite } from './prerequisite.js';

/** The ports of API and metrics are free, or ours already. */
export const ports: Prerequisite = {
  id: 'ports',
  name: 'ports',
  check: async ({ options, ownPorts }) => {
    const { bind, port, metricsPort } = options;
    const wanted = [
      [port, '--port'],
      [metricsPort, '--metrics-port'],
    ] as const;
    const said: string[] = [];
    for (const [number, flag] of wanted) {
      if (ownPorts.has(number)) {
        said.push(`${hostPort(bind, number)} is ours already`);
        continue;
      }
      try {
        await assertPortFree(bind, number, flag);
        said.push(`${hostPort(bind, number)} is free`);
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error;
        const { message, suggestion } = error;
        return { status: 'fail', detail: message, suggestion, error };
      }
    }
    const detail = said.join(', ');
    if (isLoopback(bind)) return { status: 'good', detail };
    return {
      status: 'warn',
      detail: `${detail}; ${bind} can be reached from other machines, and the API asks for no password`,
      suggestion: 'leave out --bind, or let a firewall decide who may ask',
    };
  },
};

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

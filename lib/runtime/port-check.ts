import { createServer } from 'node:net';
import { readHealth } from '../health/index.js';
import { findPortHolder } from './port-holder.js';
import { RuntimeError } from './runtime-error.js';

/** Why a port cannot be taken. */
export type PortProblem =
  'in-use' | 'not-allowed' | 'no-such-address' | 'unusable';

/**
 * Tries to listen on a port, and lets it go again.
 *
 * @returns null when it is free
 */
export async function tryPort(
  host: string,
  port: number
): Promise<{ readonly problem: PortProblem; readonly cause: unknown } | null> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, resolve);
    });
    return null;
  } catch (cause) {
    return { problem: problemOf(cause), cause };
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

/**
 * @param flag the flag that names the port, for the suggestion
 * @throws RuntimeError PORT_IN_USE with who holds it, as far as can be seen
 */
export async function assertPortFree(
  host: string,
  port: number,
  flag: string
): Promise<void> {
  const refusal = await tryPort(host, port);
  if (refusal === null) return;
  const { problem, cause } = refusal;
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  switch (problem) {
    case 'in-use': {
      const holder = await findPortHolder(port);
      const who =
        holder === null ? 'another process' : `${holder.name} (${holder.pid})`;
      const about = await describeIndex(host, port);
      throw new RuntimeError(`${place} is in use by ${who}${about}`, {
        code: 'PORT_IN_USE',
        cause,
        suggestion: `stop it, or take another port with ${flag} PORT`,
      });
    }
    case 'not-allowed':
      throw new RuntimeError(`this user must not listen on ${place}`, {
        code: 'PORT_IN_USE',
        cause,
        suggestion: `take a port above 1023 with ${flag} PORT`,
      });
    case 'no-such-address':
      throw new RuntimeError(`this machine has no address ${host}`, {
        code: 'PORT_IN_USE',
        cause,
        suggestion: 'set CONSTELLATION_BIND to 127.0.0.1 or an address it has',
      });
    case 'unusable':
      throw new RuntimeError(`${place} cannot be listened on`, {
        code: 'PORT_IN_USE',
        cause,
        suggestion: `take another port with ${flag} PORT`,
      });
  }
}

function problemOf(error: unknown): PortProblem {
  const code: unknown =
    error instanceof Error ? Reflect.get(error, 'code') : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return 'in-use';
    case 'EACCES':
    case 'EPERM':
      return 'not-allowed';
    case 'EADDRNOTAVAIL':
      return 'no-such-address';
    default:
      return 'unusable';
  }
}

/** Whether it is an index of ours, of another state folder. */
async function describeIndex(host: string, port: number): Promise<string> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const authority = `${name.includes(':') ? `[${name}]` : name}:${port}`;
  try {
    const { dataPath } = await readHealth(
      `http://${authority}`,
      AbortSignal.timeout(1000)
    );
    return `, an embedded index on the data in ${dataPath}`;
  } catch {
    return '';
  }
}

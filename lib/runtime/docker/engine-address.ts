import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DockerOptions } from 'dockerode';
import { RuntimeError } from '../runtime-error.js';

/** Where the engine is asked. */
export interface EngineAddress {
  /** For people: `unix:///var/run/docker.sock`. */
  readonly url: string;
  /** Why there, for people. */
  readonly from: 'DOCKER_HOST' | 'the default';
  /** Path of a socket on this machine; null: over a network. */
  readonly socket: string | null;
  readonly options: DockerOptions;
}

const DEFAULT_SOCKET = '/var/run/docker.sock';

/**
 * Where the engine is: `DOCKER_HOST`, else the usual socket, else the one of a
 * rootless engine.
 *
 * @throws RuntimeError NOT_AVAILABLE for an address that cannot be used
 */
export function engineAddress(
  env: Readonly<Record<string, string | undefined>>,
  exists: (file: string) => boolean = existsSync
): EngineAddress {
  const host = env['DOCKER_HOST'] ?? '';
  if (host !== '') return fromHost(host, env);
  const rootless = path.join(
    env['XDG_RUNTIME_DIR'] ?? '/nowhere',
    'docker.sock'
  );
  const socket =
    !exists(DEFAULT_SOCKET) && exists(rootless) ? rootless : DEFAULT_SOCKET;
  return onSocket(socket, 'the default');
}

function fromHost(
  host: string,
  env: Readonly<Record<string, string | undefined>>
): EngineAddress {
  const socket = /^unix:\/\/(\/.+)$/.exec(host)?.[1];
  if (socket !== undefined) return onSocket(socket, 'DOCKER_HOST');
  const tcp = /^tcp:\/\/(\[[0-9a-f:.]+\]|[^:/\s]+):(\d{1,5})\/?$/i.exec(host);
  if (tcp === null) {
    throw new RuntimeError(
      `DOCKER_HOST=${host.slice(0, 100)} is no address of an engine that can be used`,
      {
        code: 'NOT_AVAILABLE',
        suggestion:
          'take unix:///PATH or tcp://HOST:PORT (ssh:// is not supported)',
      }
    );
  }
  const [, name = '', port = ''] = tcp;
  const certificates = env['DOCKER_CERT_PATH'] ?? '';
  const isTls = (env['DOCKER_TLS_VERIFY'] ?? '') !== '' && certificates !== '';
  const read = (file: string): Buffer =>
    readFileSync(path.join(certificates, file));
  return {
    url: host,
    from: 'DOCKER_HOST',
    socket: null,
    options: {
      host: name.replaceAll(/[[\]]/g, ''),
      port: Number(port),
      protocol: isTls ? 'https' : 'http',
      ...(isTls
        ? { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') }
        : {}),
    },
  };
}

function onSocket(socket: string, from: EngineAddress['from']): EngineAddress {
  return {
    url: `unix://${socket}`,
    from,
    socket,
    options: { socketPath: socket },
  };
}

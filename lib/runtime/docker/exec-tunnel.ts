import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import type { Engine } from './engine.js';

/** A port of a container without a network, on this machine. */
export interface ExecTunnel {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** bash speaks TCP itself: the images have neither curl nor nc. */
const RELAY =
  'exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 7; cat <&3 & cat >&3; wait';

/**
 * Listens on a free port of the loopback address and passes each connection on
 * to a port of a container, through a program that is run in it. So a container
 * that has no network can be asked all the same, on an engine that is anywhere.
 */
export async function openExecTunnel(
  engine: Engine,
  container: string,
  port: number
): Promise<ExecTunnel> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined); // told by the client's own end
    relay(engine, container, port, socket).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new TypeError('a TCP server has a port');
  }
  return {
    address: `127.0.0.1:${address.port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function relay(
  engine: Engine,
  id: string,
  port: number,
  socket: Socket
): Promise<void> {
  const docker = await engine.docker();
  const container = docker.getContainer(id);
  const exec = await container.exec({
    Cmd: ['bash', '-c', RELAY, 'relay', String(port)],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  stream.on('error', () => socket.destroy());
  stream.on('end', () => socket.end());
  socket.on('close', () => stream.end());
  socket.pipe(stream);
  const nowhere = new PassThrough().resume();
  docker.modem.demuxStream(stream, socket, nowhere);
}

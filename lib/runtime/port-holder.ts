import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Who listens on a port. */
export interface PortHolder {
  readonly pid: number;
  /** The program's name, such as `nginx`. */
  readonly name: string;
}

/**
 * Finds who listens on a TCP port of this machine.
 *
 * @returns null when nobody does, or it cannot be seen (another user's process
 *   without root, another container)
 */
export async function findPortHolder(port: number): Promise<PortHolder | null> {
  try {
    return process.platform === 'linux'
      ? await holderInProc(port)
      : await holderFromLsof(port);
  } catch {
    return null; // no /proc, no lsof: the port is in use all the same
  }
}

async function holderInProc(port: number): Promise<PortHolder | null> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) =>
      readFile(file, 'utf8').catch(() => '')
    )
  );
  const inodes = new Set(tables.flatMap((text) => listenerInodes(text, port)));
  if (inodes.size === 0) return null;
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const folder = `/proc/${entry}/fd`;
    for (const fd of await readdir(folder).catch(() => [])) {
      const target = await readlink(`${folder}/${fd}`).catch(() => '');
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode === undefined || !inodes.has(inode)) continue;
      const name = await readFile(`/proc/${entry}/comm`, 'utf8');
      return { pid: Number(entry), name: name.trim() };
    }
  }
  return null;
}

/**
 * Inodes of the sockets that listen on a port; proc(5), /proc/net/tcp: second
 * column local address in hexadecimal, fourth state (0A: listening), tenth
 * inode. Pure.
 */
export function listenerInodes(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').flatMap((line) => {
    const columns = line.trim().split(/\s+/);
    const [local = '', state, inode] = [columns[1], columns[3], columns[9]];
    const matches = local.endsWith(`:${wanted}`) && state === '0A';
    return matches && inode !== undefined && inode !== '0' ? [inode] : [];
  });
}

async function holderFromLsof(port: number): Promise<PortHolder | null> {
  const { stdout } = await run(
    'lsof',
    ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'],
    { timeout: 5000 }
  );
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid === undefined ? null : { pid: Number(pid), name: name ?? '?' };
}

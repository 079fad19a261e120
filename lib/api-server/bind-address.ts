/** A host and a port; IPv6 hosts in brackets. */
export interface BindAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `HOST:PORT`, `[V6]:PORT` or `:PORT`. @returns null when it is none */
export function parseBind(text: string): BindAddress | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]*):([0-9]{1,5})$/.exec(text);
  if (match === null) return null;
  const [, host = '', portText = ''] = match;
  const port = Number(portText);
  if (port > 65_535) return null;
  return { host: host.replaceAll(/[[\]]/g, '') || '0.0.0.0', port };
}

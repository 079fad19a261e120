import { readFileSync } from 'node:fs';

/** Resident memory of a process on Linux, bytes. */
export interface ResidentMemory {
  /** All of it but the mapped store. */
  readonly own: number;
  /** Pages of the mapped store, which the system takes back when it needs them. */
  readonly mapped: number;
}

/** Reads `/proc/PID/smaps`. */
export function residentMemory(pid: number, mapName: string): ResidentMemory {
  let own = 0;
  let mapped = 0;
  let inMap = false;
  for (const line of readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) inMap = line.endsWith(mapName);
    const rss = /^Rss:\s+([0-9]+) kB/.exec(line);
    if (rss === null) continue;
    if (inMap) mapped += Number(rss[1]) * 1024;
    else own += Number(rss[1]) * 1024;
  }
  return { own, mapped };
}

import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * What tells one process from every other, also from a later one that got the
 * same pid, in another container or after a restart of the machine.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the system words it; null where that is not known. */
  readonly startTime: string | null;
  /** Its pid namespace (Linux), such as `pid:[4026531836]`; null elsewhere. */
  readonly pidNamespace: string | null;
  readonly hostname: string;
  /** Changes with every start of the machine; null where there is none. */
  readonly bootId: string | null;
}

/** Where pids mean the same process. */
export type ProcessPlace = Omit<ProcessIdentity, 'pid' | 'startTime'>;

/** Whether a process is there; `unknown` where nobody here can see. */
export type ProcessPresence = 'alive' | 'gone' | 'unknown';

/**
 * The pid namespace a machine boots with; the number is fixed in the kernel
 * (PROC_PID_INIT_INO, include/linux/proc_ns.h).
 */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

let place: ProcessPlace | undefined;

/** The place of this process. Read once. */
export function ownPlace(): ProcessPlace {
  place ??= {
    hostname: hostname(),
    pidNamespace: quietly(() => readlinkSync('/proc/self/ns/pid')),
    bootId: bootId(),
  };
  return place;
}

/** The identity of this process. */
export function ownIdentity(): ProcessIdentity {
  const seen = lookAt(process.pid);
  return {
    pid: process.pid,
    startTime: seen.state === 'alive' ? seen.startTime : null,
    ...ownPlace(),
  };
}

/**
 * The identity of a running process of this place.
 *
 * @returns null when there is none with this pid, or nothing left but its exit
 *   code that its parent has not asked for
 */
export function identityOf(pid: number): ProcessIdentity | null {
  const seen = lookAt(pid);
  if (seen.state === 'gone') return null;
  const startTime = seen.state === 'alive' ? seen.startTime : null;
  return { pid, startTime, ...ownPlace() };
}

/**
 * Whether exactly this process still runs.
 *
 * - Same boot, same pid namespace: exact, by its start time.
 * - Another boot of the same machine: gone.
 * - Anything else (another container, another machine, a process that is
 *   hidden from this user): unknown.
 *
 * @param here where the question is asked (default: this process)
 */
export function presenceOf(
  identity: ProcessIdentity,
  here: ProcessPlace = ownPlace()
): ProcessPresence {
  if (identity.bootId === null || here.bootId === null) return 'unknown';
  if (identity.bootId !== here.bootId) {
    // Containers and pods keep their host name while they change the machine.
    const sameMachine =
      identity.hostname === here.hostname &&
      isMachineWide(identity) &&
      isMachineWide(here);
    return sameMachine ? 'gone' : 'unknown';
  }
  if (identity.pidNamespace !== here.pidNamespace) return 'unknown';
  const seen = lookAt(identity.pid);
  if (seen.state === 'hidden') return 'unknown';
  if (seen.state === 'gone') return 'gone';
  if (identity.startTime === null) return 'unknown';
  return seen.startTime === identity.startTime ? 'alive' : 'gone';
}

function isMachineWide({ pidNamespace }: ProcessPlace): boolean {
  return pidNamespace === null || pidNamespace === FIRST_PID_NAMESPACE;
}

/** What can be seen of a pid. A zombie is gone once its last thread is. */
type Sighting =
  | { readonly state: 'alive'; readonly startTime: string }
  | { readonly state: 'gone' }
  | { readonly state: 'hidden' };

function lookAt(pid: number): Sighting {
  if (!Number.isSafeInteger(pid) || pid < 1) return { state: 'gone' };
  try {
    const startTime =
      process.platform === 'linux'
        ? startTimeInStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
        : startTimeInPs(ps(pid));
    return startTime === null
      ? { state: 'gone' }
      : { state: 'alive', startTime };
  } catch {
    // Not there, or (hidepid, no /proc) there and not shown.
  }
  try {
    process.kill(pid, 0);
    return { state: 'hidden' };
  } catch (error) {
    const coded = error instanceof Error && 'code' in error;
    return { state: coded && error.code === 'EPERM' ? 'hidden' : 'gone' };
  }
}

/**
 * Field 22 (ticks since boot) of a line of /proc/PID/stat; proc(5). The second
 * field is the program's name in brackets and may hold anything.
 *
 * Field 3 tells of the first thread alone. Its state is Z while other threads
 * (field 20) still end, which takes as long as giving back the memory does, and
 * until then the ports and the locks on files are held.
 *
 * @returns null for a process that has ended (state Z or X, no other thread)
 */
export function startTimeInStat(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, threads, ticks] = [fields[0], fields[17], fields[19] ?? ''];
  const ended = /^[ZXx]$/.test(state ?? '') && !(Number(threads) > 1);
  return ended || !/^\d+$/.test(ticks) ? null : ticks;
}

/**
 * The start time in the output of `ps -o stat= -o lstart=`.
 *
 * @returns null for a process that has ended (state Z)
 */
export function startTimeInPs(text: string): string | null {
  const [state = '', ...time] = text.trim().split(/\s+/);
  return state.startsWith('Z') || time.length === 0 ? null : time.join(' ');
}

function ps(pid: number): string {
  return execFileSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', `${pid}`], {
    encoding: 'utf8',
    timeout: 5000,
    stdio: ['ignore', 'pipe', 'ignore'],
    // The time must read the same whoever asks.
    env: {
      PATH: process.env['PATH'] ?? '/bin:/usr/bin',
      LC_ALL: 'C',
      TZ: 'UTC',
    },
  });
}

function bootId(): string | null {
  if (process.platform === 'linux') {
    return quietly(() =>
      readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    );
  }
  return quietly(() =>
    execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], {
      encoding: 'utf8',
      timeout: 5000,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  );
}

function quietly<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

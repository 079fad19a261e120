import { formatDuration, withoutCredentials } from '../cli/index.js';
import { dataHolder } from '../runtime/embedded/data-in-use.js';
import { findPortHolder } from '../runtime/port-holder.js';
import type { Runtime, RuntimeStatus } from '../runtime/runtime.js';
import type { RuntimeState } from '../runtime/runtime-state.js';
import { checkBridge } from './bridge-health.js';
import type { Check, CheckOutcome } from './check.js';
import type { CheckContext } from './check-context.js';

/** What to do in each state that is not `running`. */
const NEXT: Readonly<Record<Exclude<RuntimeState, 'running'>, string>> = {
  absent: 'npx zx scripts/setup.ts',
  starting: 'wait a few seconds, then: npx zx scripts/test.ts',
  degraded: 'npx zx scripts/setup.ts starts what is missing',
  stopping: 'wait until it has stopped, then: npx zx scripts/setup.ts',
  stopped: 'npx zx scripts/setup.ts',
  failed:
    'npx zx scripts/setup.ts starts it again; if its log does not say why it ended, the kernel may: journalctl -k',
  unknown: 'run this where it was started',
};

/**
 * 1: the processes that setup started are there, and no others; a bridge among
 * them answers, too.
 */
export const runningCheck: Check<CheckContext> = {
  id: 'running',
  name: 'Running',
  needs: [],
  run: async ({ status, clock, runtime, limits }, signal) => {
    const seen = await status();
    if (seen === null) {
      return {
        status: 'skip',
        message:
          'the index at --url was not started from this state folder, so its process cannot be seen',
        suggestion: 'leave --url away, or name the state folder with --state',
      };
    }
    const stray = await strayOf(seen, runtime);
    if (stray !== null) return stray;
    const holder = await holderOf(seen);
    const outcome = judgeRunning(seen, holder, clock.wallMs());
    const bridgeUrl = seen.urls?.bridge ?? null;
    if (outcome.status === 'pass' && bridgeUrl !== null) {
      const part = seen.parts.find(({ name }) => name === 'bridge');
      const bridge = await checkBridge(bridgeUrl, {
        log:
          seen.kind === 'docker' && part !== undefined
            ? `docker logs ${part.id}`
            : undefined,
        timeoutMs: limits.requestTimeoutMs,
        patienceMs: limits.trialMs,
        clock,
        signal,
      });
      const facts = { ...outcome.facts, bridge: bridgeUrl };
      return bridge.status === 'pass'
        ? {
            ...outcome,
            message: `${outcome.message}; ${bridge.message}`,
            facts,
          }
        : { ...bridge, facts };
    }
    if (outcome.status !== 'fail' || seen.state !== 'failed') return outcome;
    const lines = (await runtime?.logs({ lines: 3, sinceStart: true })) ?? [];
    const said = lines.map((line) => `| ${withoutCredentials(line)}`);
    return { ...outcome, seen: [outcome.seen, ...said].join('\n') };
  },
};

/** Who listens where the index should. */
export interface ListeningProcess {
  readonly pid: number;
  readonly name: string;
}

/**
 * Judges what the runtime says of itself, and who really has its port. Pure.
 *
 * @param holder null where that cannot be seen
 */
export function judgeRunning(
  status: RuntimeStatus,
  holder: ListeningProcess | null,
  wallMs: number
): CheckOutcome {
  const { state, detail, parts, kind, version, urls } = status;
  const facts = {
    runtime: kind,
    state,
    version,
    url: urls?.api ?? null,
    parts: parts.map(({ name, id, state: is, note }) =>
      [name, id, note ?? is].join(' ')
    ),
  };
  if (state !== 'running') {
    return {
      status: 'fail',
      message: state === 'absent' ? 'it is not set up' : `it is ${state}`,
      seen: [detail, ...facts.parts].filter((text) => text !== '').join('; '),
      expected: 'running, with all its parts up',
      suggestion: NEXT[state],
      facts,
      // The index itself is there; its stream's source may not be.
      usable: state === 'degraded',
    };
  }
  const index = parts.find(({ name }) => name === 'index') ?? parts[0];
  if (holder !== null && kind === 'embedded' && index !== undefined) {
    if (String(holder.pid) !== index.id) {
      return {
        status: 'fail',
        message: 'another process has its port',
        seen: `${holder.name} (process ${holder.pid}) listens on ${urls?.api ?? 'it'}`,
        expected: `the index (process ${index.id}) listens there`,
        suggestion: `stop process ${holder.pid}, then: npx zx scripts/setup.ts`,
        facts,
      };
    }
  }
  const upMs = wallMs - Date.parse(index?.startedAt ?? '');
  const since = Number.isFinite(upMs)
    ? `, up ${formatDuration(Math.max(0, upMs))}`
    : '';
  const names = parts
    .map(({ name, id, note }) => {
      const more = note === undefined ? '' : `, ${note}`;
      return `${name} (${id}${more})`;
    })
    .join(' and ');
  return {
    status: 'pass',
    message: `${names}${since}`,
    facts: Number.isFinite(upMs) ? { ...facts, upMs } : facts,
  };
}

/** An index that runs although nothing is known of it: its record was lost. */
async function strayOf(
  { state }: RuntimeStatus,
  runtime: Runtime | null
): Promise<CheckOutcome | null> {
  if (state !== 'absent' && state !== 'stopped') return null;
  const place = await runtime?.data();
  if (place?.kind !== 'folder') return null;
  const holder = await dataHolder(place.name);
  if (holder === null) return null;
  return {
    status: 'fail',
    message: 'it runs, but its record is gone',
    seen: `process ${holder.pid} has the data in ${place.name} open`,
    expected: 'a record of it in the state folder (embedded.json)',
    suggestion: `kill ${holder.pid}, then: npx zx scripts/setup.ts`,
  };
}

async function holderOf({
  kind,
  urls,
}: RuntimeStatus): Promise<ListeningProcess | null> {
  // In Docker it is a proxy of the engine.
  if (kind !== 'embedded' || urls === null) return null;
  const url = new URL(urls.api);
  return await findPortHolder(Number(url.port === '' ? 80 : url.port));
}

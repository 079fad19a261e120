/** A stop that an engine goes on with though who asked for it has gone. */

import { constants } from 'node:os';
import { pause } from '../pause.js';
import { asFields } from '../state-file.js';
import { inspectContainer, type ContainerFacts } from './container.js';
import { askEngine, type Engine } from './engine.js';

/** How far back it is looked for: longer than any grace period of ours (ms). */
const BACK_MS = 180_000;
/** Of an engine without a `stop_grace_period` (s). */
const GRACE_S = 10;
/** Between the kill at the end of that period and its end (ms). */
const KILL_MS = 5000;
const POLL_MS = 200;
/** An engine keeps 256 events. */
const MAX_BYTES = 1024 * 1024;

/**
 * Waits until a container has ended that was asked to. Compose that was
 * interrupted while it makes one anew leaves it running, and the next `up` finds
 * it as it should be; a moment later it is gone and, having been stopped, does
 * not come back. It is not asked again: the real server panics at a second
 * signal.
 *
 * @throws the signal's reason
 */
export async function waitForStop(
  engine: Engine,
  { id, stopSignal, stopGraceSeconds }: ContainerFacts,
  signal?: AbortSignal
): Promise<void> {
  const askedMs = askedToStopAt(await eventsOf(engine, id), stopSignal);
  if (askedMs === null) return;
  const endMs = askedMs + (stopGraceSeconds ?? GRACE_S) * 1000 + KILL_MS;
  while (Date.now() < endMs) {
    const container = await inspectContainer(engine, id);
    if (container?.status !== 'running') return;
    await pause(POLL_MS, signal);
  }
}

/**
 * When a container was asked to end, which it has not done since. Pure.
 *
 * @param events the engine's, a JSON document a line, oldest first
 * @param stopSignal such as `SIGINT`; null: the engine's own, SIGTERM
 * @returns ms since 1970; null: it was not asked
 */
export function askedToStopAt(
  events: readonly string[],
  stopSignal: string | null
): number | null {
  const wanted = numberOf(stopSignal ?? 'SIGTERM');
  let askedMs: number | null = null;
  for (const line of events) {
    const event = fieldsOf(line);
    const action = event?.['Action'];
    if (action === 'die' || action === 'start') askedMs = null;
    if (action !== 'kill') continue;
    const actor = asFields(event?.['Actor']);
    const sent = asFields(actor?.['Attributes'])?.['signal'];
    const time = event?.['time'];
    if (String(sent) === wanted && typeof time === 'number') {
      askedMs = time * 1000;
    }
  }
  return askedMs;
}

function numberOf(stopSignal: string): string {
  const known = Object.entries(constants.signals).find(
    ([name]) => name === stopSignal || name === `SIG${stopSignal}`
  );
  return known === undefined ? stopSignal : String(known[1]);
}

function fieldsOf(line: string) {
  try {
    return asFields(JSON.parse(line) as unknown);
  } catch {
    return null;
  }
}

async function eventsOf(
  engine: Engine,
  id: string
): Promise<readonly string[]> {
  const nowMs = Date.now();
  return await askEngine(engine, async (docker) => {
    const stream = await docker.getEvents({
      since: (nowMs - BACK_MS) / 1000,
      until: nowMs / 1000,
      filters: { container: [id], event: ['kill', 'die', 'start'] },
    });
    let text = '';
    for await (const part of stream) {
      if (text.length < MAX_BYTES) text += String(part);
    }
    return text.split('\n').filter((line) => line !== '');
  });
}

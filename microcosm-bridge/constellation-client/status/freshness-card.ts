import type {
  Completeness,
  LocalDisk,
  LocalStats,
} from '../../../lib/constellation/index.js';
import { formatBytes } from '../../../lib/cli/index.js';
import { catchUpOf } from './catch-up.js';
import { age, moment, percent } from './figures.js';
import { html, type Html } from '../../../lib/api-server/index.js';
import { spaceWarning } from '../../../lib/setup/disk/space-warning.js';
import type { HistorySample } from './traffic-history.js';

/** What the card about the local index's freshness shows. */
export interface FreshnessFacts {
  readonly local: LocalStats;
  readonly samples: readonly HistorySample[];
  /** Whether an index stands behind the local one. */
  readonly hasFallback: boolean;
  /** Why its disk could not be measured; null: nobody tried, or it was. */
  readonly diskProblem: string | null;
}

const VERDICTS = {
  current: ['good', 'current'],
  behind: ['warn', 'catching up'],
  stalled: ['bad', 'stands still'],
  unknown: ['plain', 'not known yet'],
} as const;

/** How fresh the local index is, how catching up goes, and what it can know. */
export function freshnessCard(facts: FreshnessFacts): Html {
  const { local } = facts;
  const [tone, word] = VERDICTS[local.verdict];
  return html`<section class="card half" id="freshness">
      <div class="top">
        <h2>Freshness of the local index</h2>
        <span class="pill ${tone}">${word}</span>
      </div>
      <p class="big">${behindText(local.newestEventAgeMs)}</p>
      ${local.verdict === 'behind' ? progress(facts) : null}
      <p class="note">${lookedAt(local.seenMsAgo)}</p>
      <p class="note">${diskText(local.disk, facts.diskProblem)}</p>
    </section>
    <section class="card half" id="coverage">
      <h2>Coverage</h2>
      <p class="big">${sinceText(local.completeness)}</p>
      <p class="note">${coverageText(local.completeness, facts.hasFallback)}</p>
    </section>`;
}

function behindText(ageMs: number | null): Html {
  if (ageMs === null) return html`Not known`;
  return html`${age(ageMs)} <small>behind the network</small>`;
}

function lookedAt(msAgo: number | null): string {
  if (msAgo === null) return 'Not looked at yet.';
  return msAgo < 1000 ? 'As of now.' : `As of ${age(msAgo)} ago.`;
}

/**
 * When its disk is full, as far as that is known. Pure.
 *
 * @param problem why it could not be measured, or not whole; null: nobody tried
 */
export function diskText(
  disk: LocalDisk | null,
  problem: string | null = null
): string {
  const why = problem === null ? '' : ` (${problem})`;
  if (disk === null) {
    return `When its disk is full is not known here${why}; scripts/test.ts measures it.`;
  }
  const { dataBytes, freeBytes, daysToFull } = disk;
  const data = dataBytes === null ? '' : `${formatBytes(dataBytes)} of data, `;
  const soon =
    spaceWarning(disk, daysToFull) === null ? '' : ': make room soon';
  return `Disk: ${data}${formatBytes(freeBytes)} free${growthText(disk)}${why}${soon}.`;
}

function growthText({ bytesPerDay, daysToFull }: LocalDisk): string {
  if (bytesPerDay === null) return '; how fast it grows is not known yet';
  if (daysToFull === null) return '; it does not grow';
  return `, full in ${daysToFull} days (${formatBytes(bytesPerDay)} a day)`;
}

function progress({ local, samples }: FreshnessFacts): Html | null {
  if (local.newestEventAgeMs === null) return null;
  const {
    progress: done,
    speed,
    leftMs,
  } = catchUpOf(samples, local.newestEventAgeMs);
  const how =
    speed === null
      ? 'Measuring how fast it gets nearer.'
      : leftMs === null
        ? 'It does not get nearer.'
        : `${speed.toFixed(1)} times as fast as events are made; about ${age(leftMs)} left.`;
  return html`<svg
      class="bar"
      role="img"
      aria-label="${percent(done)} caught up"
    >
      <rect
        class="done"
        width="${percent(done).replace(' ', '')}"
        height="10"
      />
    </svg>
    <p class="note">${percent(done)} caught up. ${how}</p>`;
}

function sinceText(completeness: Completeness): Html {
  switch (completeness.kind) {
    case 'complete':
      return html`Everything`;
    case 'since':
      return html`<small>since</small> ${moment(completeness.sinceMs)}`;
    case 'unknown':
      return html`Not known`;
  }
}

function coverageText(
  completeness: Completeness,
  hasFallback: boolean
): string {
  const others = hasFallback
    ? 'the remote index is asked as well and the larger number is given'
    : 'its numbers are given and marked partial, since no other index is set';
  switch (completeness.kind) {
    case 'complete':
      return 'The local index has been filled from the beginning and answers alone.';
    case 'since':
      return `Posts made after that are answered by the local index alone; for older ones and for accounts ${others}.`;
    case 'unknown':
      return `Nobody has said since when it has seen everything, so for every question ${others}.`;
  }
}

import type { SourceStats } from '../../../lib/constellation/index.js';
import { age, count, latency, rate } from './figures.js';
import { html, type Html } from '../../../lib/api-server/index.js';
import { sparkline } from './sparkline.js';
import type { TrafficSample } from './traffic-history.js';

/** What a card about an index shows. */
export interface IndexCardFacts {
  readonly source: SourceStats;
  readonly samples: readonly TrafficSample[];
  /** Samples a sparkline has room for. */
  readonly capacity: number;
}

const BREAKERS = {
  closed: ['good', 'answering'],
  'half-open': ['warn', 'being tried'],
  open: ['bad', 'left alone'],
} as const;

/** One index: how it answers, and whether it is asked at all. */
export function indexCard({ source, samples, capacity }: IndexCardFacts): Html {
  const { role, deployment, url, breaker, breakerOpens } = source;
  const [tone, word] = BREAKERS[breaker];
  const title = `${deployment === 'local' ? 'Local' : 'Remote'} index`;
  const asked = role === 'main' ? 'asked first' : 'behind the other';
  const perSecond = samples.map((sample) => sample.perSecond);
  const p50 = samples.map((sample) => sample.p50Ms);
  return html`<section class="card half" id="${role}">
    <div class="top">
      <h2>${title}, ${asked}</h2>
      <span class="pill ${tone}">${word}</span>
    </div>
    <p class="note">${url}</p>
    <div class="pair">
      <div>
        <h3>Requests a second</h3>
        <strong>${rate(perSecond.at(-1) ?? 0)}</strong>
        ${sparkline(perSecond, {
          label: `Requests a second to the ${deployment} index`,
          capacity,
          least: 1,
        })}
      </div>
      <div>
        <h3>Answer time, median</h3>
        <strong>${latency(p50.findLast((ms) => ms !== null) ?? null)}</strong>
        ${sparkline(p50, {
          label: `Median answer time of the ${deployment} index`,
          capacity,
          least: 1,
        })}
      </div>
    </div>
    <dl>
      <dt>Requests</dt>
      <dd>${count(source.requests)}</dd>
      <dt>Failed</dt>
      <dd>${count(source.errors)}</dd>
      <dt>Median</dt>
      <dd>${latency(source.latency.p50Ms)}</dd>
      <dt>99th percentile</dt>
      <dd>${latency(source.latency.p99Ms)}</dd>
      <dt>Under way, waiting</dt>
      <dd>${count(source.active)}, ${count(source.waiting)}</dd>
      <dt>Breaker</dt>
      <dd>${breakerText(source)}${opened(breakerOpens)}</dd>
    </dl>
    ${failures(source)}
  </section>`;
}

function failures({ errors, errorsByCode }: SourceStats): Html | null {
  if (errors === 0) return null;
  const codes = Object.entries(errorsByCode)
    .map(([code, times]) => `${code} ${count(times)}`)
    .join(', ');
  return html`<p class="note">Failed by: ${codes}.</p>`;
}

function breakerText({ breaker, breakerRetryInMs }: SourceStats): string {
  return breaker === 'open'
    ? `open, next try in ${age(breakerRetryInMs)}`
    : breaker;
}

function opened(times: number): string {
  if (times === 0) return '';
  return `, opened ${times === 1 ? 'once' : `${count(times)} times`}`;
}

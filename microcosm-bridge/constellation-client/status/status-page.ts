/** The page for people: one document, nothing loaded, all numbers in its text. */

import type {
  ClientStats,
  ResolvedOptions,
} from '../../../lib/constellation/index.js';
import type { BridgeStatus, HealthReport } from '../report/health-report.js';
import { cacheHits, type ServiceCounts } from '../report/stats-report.js';
import { answersCard } from './answers-card.js';
import { age, count, latency, moment, percent, rate } from './figures.js';
import { freshnessCard } from './freshness-card.js';
import { Html, html } from '../../../lib/api-server/index.js';
import { indexCard } from './index-card.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';
import { sparkline } from './sparkline.js';
import type { TrafficView } from './traffic-history.js';

/** What the page shows. */
export interface StatusFacts {
  readonly health: HealthReport;
  readonly service: ServiceCounts;
  readonly stats: ClientStats;
  /** Why the disk of the index is not known here; null: nobody tried, or it is. */
  readonly diskProblem: string | null;
  readonly options: Pick<ResolvedOptions, 'deadlineMs'>;
  readonly traffic: TrafficView;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

const TONES: Readonly<Record<BridgeStatus, string>> = {
  ok: 'good',
  degraded: 'warn',
  failing: 'bad',
  stopping: 'plain',
};

/** Samples a sparkline has room for: ten minutes. */
const CAPACITY = 120;

/** Put together here and not in a template, since their hashes are of this text. */
const STYLE = new Html(`<style>${PAGE_STYLE}</style>`);
const SCRIPT = new Html(`<script type="module">${PAGE_SCRIPT}</script>`);

/** The whole document. Pure. */
export function statusPage(facts: StatusFacts): string {
  const { health } = facts;
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>${health.status} · Constellation bridge</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <link rel="icon" href="data:," />
      <noscript><meta http-equiv="refresh" content="10" /></noscript>
      ${STYLE}
    </head>
    <body>
      ${content(facts)} ${SCRIPT}
    </body>
  </html>`;
  return `<!doctype html>\n${page.text}\n`;
}

function content({
  health,
  service,
  stats,
  diskProblem,
  options,
  traffic,
  nowMs,
}: StatusFacts): Html {
  const { samples } = traffic;
  const { main, fallback, local } = stats;
  return html`<main>
    <header>
      <h1>Constellation bridge</h1>
      <span class="pill ${TONES[health.status]}">${health.status}</span>
      <p>${health.message} ${modeText(stats)}</p>
    </header>
    <div class="grid">
      ${tiles({ service, stats, options, traffic })}
      ${indexCard({
        source: main,
        samples: samples.map((sample) => sample.main),
        capacity: CAPACITY,
      })}
      ${
        fallback === null
          ? noFallback()
          : indexCard({
              source: fallback,
              samples: samples.map((sample) => sample.fallback),
              capacity: CAPACITY,
            })
      }
      ${
        local === null
          ? null
          : freshnessCard({
              local,
              samples,
              diskProblem,
              hasFallback: fallback !== null,
            })
      }
      ${answersCard(stats)}
    </div>
    <footer>
      <span>${moment(nowMs)}</span>
      <span>up ${age(service.uptimeSeconds * 1000)}</span>
      <span>version ${service.version}</span>
      <a href="/stats">stats</a>
      <a href="/metrics">metrics</a>
      <a href="/openapi.json">API</a>
      <span id="lost">The bridge does not answer; these numbers are old.</span>
    </footer>
  </main>`;
}

function tiles({
  service,
  stats,
  options,
  traffic: { samples },
}: Pick<StatusFacts, 'service' | 'stats' | 'options' | 'traffic'>): Html {
  const perSecond = samples.map((sample) => sample.service.perSecond);
  const p50 = samples.map((sample) => sample.service.p50Ms);
  const hits = samples.map((sample) => sample.hitShare);
  const failed = samples.map((sample) => sample.unanswered);
  const last = samples.findLast((sample) => sample.service.p50Ms !== null);
  const hitShare = stats.asked === 0 ? null : cacheHits(stats) / stats.asked;
  const sum = failed.reduce((all, one) => all + one, 0);
  return html`<section class="card" id="rate">
      <h2>Requests a second</h2>
      <p class="big">${rate(perSecond.at(-1) ?? 0)}</p>
      <p class="note">the last ten minutes below</p>
      ${spark('Requests a second', perSecond, 1)}
    </section>
    <section class="card" id="latency">
      <h2>Answer time</h2>
      <p class="big">${latency(last?.service.p50Ms ?? null)}</p>
      <p class="note">
        median; 99th percentile ${latency(last?.service.p99Ms ?? null)}, at most
        ${latency(options.deadlineMs)}
      </p>
      ${spark('Median answer time', p50, 1)}
    </section>
    <section class="card" id="hits">
      <h2>Answered from the cache</h2>
      <p class="big">${percent(hitShare)}</p>
      <p class="note">of ${count(stats.asked)} questions since the start</p>
      ${spark('Share answered from the cache', hits, 1)}
    </section>
    <section class="card" id="load">
      <h2>Not answered, ten minutes</h2>
      <p class="big">${count(sum)}</p>
      <p class="note">
        ${count(service.active)} under way, ${count(service.refused)} sent away
      </p>
      ${spark('Questions without an answer', failed, 1)}
    </section>`;
}

function spark(
  label: string,
  values: readonly (number | null)[],
  least: number
): Html {
  return sparkline(values, { label, capacity: CAPACITY, least });
}

function modeText({ main, fallback }: ClientStats): string {
  if (main.deployment === 'remote') {
    return 'Remote mode: no local index is asked.';
  }
  return fallback === null
    ? 'Local mode, with nothing behind the local index.'
    : 'Local mode, with a remote index behind the local one.';
}

function noFallback(): Html {
  return html`<section class="card half" id="fallback">
    <div class="top">
      <h2>No second index</h2>
      <span class="pill plain">off</span>
    </div>
    <p class="note">
      Nothing stands behind the first one; CONSTELLATION_FALLBACK_URL sets one.
    </p>
  </section>`;
}

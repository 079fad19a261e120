import type {
  AnswerSource,
  ClientStats,
} from '../../../lib/constellation/index.js';
import { count, latency, percent } from './figures.js';
import { html, type Html } from '../../../lib/api-server/index.js';

const SOURCES: readonly (readonly [AnswerSource, string])[] = [
  ['local', 'local index'],
  ['remote', 'remote index'],
  ['memory', 'memory'],
  ['redis', 'Redis'],
  ['stale', 'past its time'],
];

/** Where all answers since the start came from. */
export function answersCard(stats: ClientStats): Html {
  const { answers, partial, failures } = stats;
  const total = SOURCES.reduce((sum, [source]) => sum + answers[source], 0);
  let before = 0;
  const bars = SOURCES.map(([source]) => {
    const share = total === 0 ? 0 : (answers[source] / total) * 100;
    const bar = html`<rect
      class="${source}"
      x="${before.toFixed(3)}%"
      width="${share.toFixed(3)}%"
      height="10"
    />`;
    before += share;
    return bar;
  });
  const failed = Object.entries(failures)
    .map(([code, times]) => `${code} ${count(times)}`)
    .join(', ');
  return html`<section class="card whole" id="answers">
    <h2>Where ${count(total)} answers came from</h2>
    <svg class="bar" role="img" aria-label="Answers by where they came from">
      ${bars}
    </svg>
    <ul class="key">
      ${SOURCES.map(
        ([source, name]) =>
          html`<li>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect class="${source}" width="10" height="10" rx="2" /></svg
            >${name} ${count(answers[source])}
          </li>`
      )}
    </ul>
    <p class="note">
      ${count(partial)} of them partial; the fallback stood in
      ${count(stats.fallbacks)} times; questions without an answer:
      ${failed === '' ? 'none' : failed}.
    </p>
    <p class="note">${memoryText(stats)} ${redisText(stats)}</p>
  </section>`;
}

function memoryText({ posts, profiles }: ClientStats): string {
  const entries = posts.entries + profiles.entries;
  const capacity = posts.capacity + profiles.capacity;
  return `Memory holds ${count(entries)} of at most ${count(capacity)} posts and accounts.`;
}

function redisText({ redis }: ClientStats): string {
  if (redis === null) return 'No Redis is set.';
  const state = redis.available ? 'answers' : 'does not answer';
  const reads = redis.hits + redis.misses;
  const hits = percent(reads === 0 ? null : redis.hits / reads);
  return `Redis ${state}: ${hits} of ${count(reads)} reads found something, median ${latency(redis.latency.p50Ms)}.`;
}

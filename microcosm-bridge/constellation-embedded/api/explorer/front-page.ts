import { html } from '../../../../lib/api-server/index.js';
import type { Html } from '../../../../lib/api-server/index.js';
import { QUESTIONS } from './question.js';
import type { ExampleLink } from './question.js';
import { questionForm } from './question-form.js';

/** The body of `GET /`. */
export interface Overview {
  readonly help: string;
  readonly days_indexed: number;
  readonly stats: {
    readonly dids: number;
    readonly targetables: number;
    readonly linking_records: number;
    /** µs since 1970. */
    readonly started_at: number;
    readonly other_data: { readonly events: number };
  };
}

/** What it is, what it holds, and every question. */
export function frontPage(
  { days_indexed: days, stats }: Overview,
  example: ExampleLink
): Html {
  const filled = new URLSearchParams();
  return html`<h1>An embedded Constellation</h1>
    <p class="note">
      Who links to what in the AT Protocol: every record that this index has
      seen, by what it names. A place is a collection and a path in its records.
      Programs get JSON from the same addresses.
    </p>
    <dl class="stats">
      ${stat('Linking records', count(stats.linking_records))}
      ${stat('Accounts', count(stats.dids))}
      ${stat('Targets, by place', count(stats.targetables))}
      ${stat('Events', count(stats.other_data.events))}
      ${stat('Days indexed', count(days))}
      ${stat('Begun', moment(stats.started_at))}
    </dl>
    <h2>Ask</h2>
    ${QUESTIONS.map((question, index) =>
      questionForm(question, { filled, open: index === 0, example })
    )}`;
}

function stat(name: string, value: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function moment(us: number): string {
  const text = new Date(us / 1000).toISOString();
  return `${text.slice(0, 16).replace('T', ' ')} UTC`;
}

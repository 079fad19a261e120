/** From an answer to the page that shows it to people. */

import { html, splitUrl } from '../../../../lib/api-server/index.js';
import type { Answer, Html } from '../../../../lib/api-server/index.js';
import { addressWith } from './asked.js';
import type { Asked } from './asked.js';
import { frontPage } from './front-page.js';
import type { Overview } from './front-page.js';
import { pageAnswer } from './page.js';
import { QUESTIONS } from './question.js';
import type { ExampleLink, Question } from './question.js';
import { questionForm } from './question-form.js';
import { tableHtml } from './table.js';
import type { View } from './view.js';
import { VIEWS } from './views.js';

/** What a page shows besides the answer. */
export interface Surroundings {
  /** Whether the data are invented. */
  readonly sample: boolean;
  /** Read only for pages that show it. */
  readonly example: () => ExampleLink;
}

/** `format=json` in an address: JSON even for a browser. */
const FORMAT = 'format';
const JSON_FORMAT = 'json';

/** What a status means that is not 200. */
const PROBLEMS: ReadonlyMap<number, string> = new Map([
  [400, 'That question cannot be answered'],
  [404, 'There is no such page'],
  [503, 'The index is being opened'],
]);

/** The page of an answer; the answer itself where there is none. */
export function explore(
  answer: Answer,
  url: string,
  { sample, example }: Surroundings
): Answer {
  const { route, status, body } = answer;
  const { path, query } = splitUrl(url);
  const asked = { path, parameters: new URLSearchParams(query) };
  if (asked.parameters.get(FORMAT) === JSON_FORMAT) return answer;
  const question = QUESTIONS.find((one) => one.path === route);
  const problem = PROBLEMS.get(status);
  if (question === undefined && route !== '/' && route !== 'unknown') {
    return answer;
  }
  const page = { sample, json: addressWith(asked, FORMAT, JSON_FORMAT) };
  if (problem !== undefined) {
    return pageAnswer(answer, {
      ...page,
      title: problem,
      json: null,
      content: html`<h1>${problem}</h1>
        ${body === '' ? null : html`<p class="bad">${body}</p>`}
        ${question === undefined ? null : again(question, asked, example())}`,
    });
  }
  if (status !== 200) return answer;
  if (question === undefined) {
    return pageAnswer(answer, {
      ...page,
      title: 'An embedded Constellation',
      content: frontPage(JSON.parse(body) as Overview, example()),
    });
  }
  const view = VIEWS.get(route)?.(asked, body);
  if (view === undefined) return answer;
  return pageAnswer(answer, {
    ...page,
    title: question.title,
    content: html`<h1>${question.title}</h1>
      <p class="note"><code>${askedText(asked)}</code></p>
      ${viewHtml(view)}
      <h2>Ask again</h2>
      ${again(question, asked, example())}`,
  });
}

function viewHtml({ total, table, onward }: View): Html {
  return html`${
      total === undefined
        ? null
        : html`<p class="big">${total.count} <small>${total.of}</small></p>`
    }
    ${table === undefined ? null : tableHtml(table)}
    <ul class="onward">
      ${onward.map(({ text, to }) => html`<li><a href="${to}">${text}</a></li>`)}
    </ul>`;
}

function again(question: Question, asked: Asked, example: ExampleLink): Html {
  return questionForm(question, {
    filled: asked.parameters,
    open: true,
    example,
  });
}

/** The question as it reads, without the cursor. */
function askedText({ parameters }: Asked): string {
  return [...parameters]
    .filter(([name]) => name !== 'cursor')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

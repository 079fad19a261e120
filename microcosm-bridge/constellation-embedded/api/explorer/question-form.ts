import { html } from '../../../../lib/api-server/index.js';
import type { Html } from '../../../../lib/api-server/index.js';
import { address } from './asked.js';
import { exampleParameters } from './question.js';
import type { ExampleLink, Field, Question } from './question.js';

/** How a form begins. */
export interface FormStart {
  /** Put into the fields. */
  readonly filled: URLSearchParams;
  readonly open: boolean;
  /** Shown in the empty fields, and behind a link. */
  readonly example: ExampleLink;
}

/** Fields for the values of one parameter; of more the form keeps the first ones. */
const MOST_VALUES = 20;

/** What an untouched form asks for. */
const ITEMS_OF_A_PAGE = '100';

/** A form that asks a question; it works without scripts. */
export function questionForm(
  question: Question,
  { filled, open, example }: FormStart
): Html {
  const { path, title, fields } = question;
  const shown = exampleParameters(question, example);
  const inputs = fields.flatMap((field) => {
    const values = filled.getAll(field.name).slice(0, MOST_VALUES);
    const hint = shown.get(field.name) ?? '';
    return (values.length === 0 ? [''] : values).map((value) =>
      input(field, value, hint)
    );
  });
  return html`<details ${open ? html`open` : null}>
    <summary>${title} <code>${path}</code></summary>
    <form action="${path}" method="get">
      ${inputs}
      <div class="go">
        <button>Ask</button>
        <a href="${address(path, shown)}">An example</a>
      </div>
    </form>
  </details>`;
}

function input(
  { name, hint, kind }: Field,
  value: string,
  shown: string
): Html {
  switch (kind) {
    case 'flag':
      return html`<label class="flag"
        ><input
          type="checkbox"
          name="${name}"
          value="true"
          ${value === 'true' ? html`checked` : null}
        />
        ${name} <span>${hint}</span></label
      >`;
    case 'limit':
      return html`<label
        >${name} <span>${hint}</span>
        <input
          type="number"
          name="${name}"
          min="1"
          max="1000"
          required
          value="${value === '' ? ITEMS_OF_A_PAGE : value}"
      /></label>`;
    case 'required':
    case 'optional':
      return html`<label
        >${name} <span>${hint}</span>
        <input
          name="${name}"
          value="${value}"
          placeholder="${shown}"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          ${kind === 'required' ? html`required` : null}
      /></label>`;
  }
}

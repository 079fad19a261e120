/** The document around every page. */

import { hash } from 'node:crypto';
import { Html, html } from '../../../../lib/api-server/index.js';
import type { Answer } from '../../../../lib/api-server/index.js';
import { PAGE_STYLE } from './page-style.js';

/** Nothing runs, and nothing is loaded from anywhere. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', PAGE_STYLE, 'base64')}'`,
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SECURITY = [
  ['content-security-policy', POLICY],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
] as const;

/** Not in the template: its hash is of this text. */
const STYLE = new Html(`<style>${PAGE_STYLE}</style>`);

/** What a page is about. */
export interface Page {
  readonly title: string;
  readonly content: Html;
  /** Invented data: every page says so. */
  readonly sample: boolean;
  /** Where the same is as JSON; null where there is no such answer. */
  readonly json: string | null;
}

/** The page in the place of an answer: its status and its headers stay. */
export function pageAnswer(answer: Answer, page: Page): Answer {
  return {
    ...answer,
    type: 'text/html; charset=utf-8',
    body: documentOf(page),
    headers: [...(answer.headers ?? []), ...SECURITY],
  };
}

function documentOf({ title, content, sample, json }: Page): string {
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>${title}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <link rel="icon" href="data:," />
      ${STYLE}
    </head>
    <body>
      <main>
        ${sample ? SAMPLE_MARK : null} ${content}
        <footer>
          <a href="/">Embedded index</a>
          ${json === null ? null : html`<a href="${json}">This as JSON</a>`}
          <a href="/health">How fresh it is</a>
        </footer>
      </main>
    </body>
  </html>`;
  return `<!doctype html>\n${page.text}\n`;
}

const SAMPLE_MARK = html`<p class="mark">
  Sample data: nothing here is from the network.
</p>`;

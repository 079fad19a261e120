import { createHash } from 'node:crypto';
import { NO_STORE, type Answer } from '../../../lib/api-server/index.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';
import { statusPage, type StatusFacts } from './status-page.js';

/** Nothing is loaded from anywhere, and nothing runs but what is in the page. */
const POLICY = [
  "default-src 'none'",
  `script-src '${hashOf(PAGE_SCRIPT)}'`,
  `style-src '${hashOf(PAGE_STYLE)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page for people, with its policy. */
export function statusAnswer(facts: StatusFacts): Answer {
  return {
    route: '/status',
    status: 200,
    type: 'text/html; charset=utf-8',
    body: statusPage(facts),
    headers: [
      ...NO_STORE,
      ['content-security-policy', POLICY],
      ['referrer-policy', 'no-referrer'],
      ['x-content-type-options', 'nosniff'],
    ],
  };
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

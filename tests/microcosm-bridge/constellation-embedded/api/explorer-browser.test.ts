/** The explorer as a person meets it: forms, tables and pages in a real browser. */

import t from 'tap';
import { NO_CHROMIUM, startBrowser } from '../../../fixtures/browser.js';
import { startGoldenApi } from '../../../fixtures/golden-api.js';
import { DID, PLACE } from '../../../fixtures/golden-questions.js';

t.test(
  'the pages in a browser, without scripts',
  { skip: NO_CHROMIUM },
  async (t) => {
    const api = await startGoldenApi(t.testdir());
    t.teardown(() => api.close());
    const browser = await startBrowser();
    t.teardown(() => browser.close());
    const context = await browser.newContext({
      javaScriptEnabled: false,
      colorScheme: 'dark',
      viewport: { width: 390, height: 800 },
    });
    const tab = await context.newPage();
    const complaints: string[] = [];
    tab.on('console', (message) => complaints.push(message.text()));
    await tab.goto(api.url);
    await tab.locator('details[open] input[name=target]').fill(DID);
    await tab.locator('details[open] button').click();
    await tab.locator('td a', { hasText: '19' }).click();
    t.same(Object.fromEntries(new URL(tab.url()).searchParams), PLACE);
    t.match(await tab.locator('.big').innerText(), /^19\s/);
    await tab.locator('input[name=limit]').fill('7');
    await tab.locator('button').click();
    t.equal(
      await tab.locator('tbody tr').count(),
      7,
      'empty fields do no harm'
    );
    await tab.getByText('Next page').click();
    await tab.getByText('Next page').click();
    t.equal(await tab.locator('tbody tr').count(), 5);
    t.equal(await tab.getByText('Next page').count(), 0);
    const [ground, width] = await tab.evaluate<[string, number]>(
      '[getComputedStyle(document.body).backgroundColor, document.documentElement.scrollWidth]'
    );
    t.equal(ground, 'rgb(21, 23, 27)', 'its policy lets its style through');
    t.equal(width, 390, 'as wide as a phone');
    t.same(complaints, []);
    t.same(api.errors, [], 'nothing was reported as a failure of ours');
  }
);

import t from 'tap';
import { catchUpOf } from '../../../microcosm-bridge/constellation-client/status/catch-up.js';
import { diskText } from '../../../microcosm-bridge/constellation-client/status/freshness-card.js';
import { html } from '../../../lib/api-server/index.js';
import { startTestBridge } from '../../fixtures/bridge.js';
import { NO_CHROMIUM, startBrowser } from '../../fixtures/browser.js';
import { startGoldenApi } from '../../fixtures/golden-api.js';
import { startIndexProxy } from '../../fixtures/index-proxy.js';
import { testFolder } from '../../fixtures/test-folder.js';

const DID = 'did:plc:o2kzycnrhzij6gb6j4gsda3h';

t.test('catching up is told from how the age falls', async (t) => {
  const at = (seconds: number, ageMs: number | null): Sample => ({
    atMs: seconds * 1000,
    localAgeMs: ageMs,
  });
  t.same(catchUpOf([], 60_000), {
    behindMs: 60_000,
    progress: 0,
    speed: null,
    leftMs: null,
  });
  t.same(
    catchUpOf(
      [at(0, null), at(10, 50_000), at(20, 100_000), at(30, 60_000)],
      60_000
    ),
    { behindMs: 60_000, progress: 0.4, speed: 5, leftMs: 15_000 },
    'from where it was furthest behind'
  );
  t.match(
    catchUpOf([at(0, 10_000), at(10, 20_000), at(20, 20_000)], 20_000),
    { speed: null, leftMs: null },
    'one that does not get nearer has no end in sight'
  );
});

interface Sample {
  readonly atMs: number;
  readonly localAgeMs: number | null;
}

t.test('when the disk is full is said as far as it is known', async (t) => {
  const disk = {
    dataBytes: null,
    freeBytes: 2048,
    totalBytes: 4096,
    bytesPerDay: 1024,
    daysToFull: 20,
  };
  t.equal(
    diskText(disk),
    'Disk: 2.0 KiB free, full in 20 days (1.0 KiB a day).'
  );
  t.match(diskText({ ...disk, bytesPerDay: null }), 'not known yet');
  t.match(diskText({ ...disk, daysToFull: null }), 'it does not grow');
  t.match(diskText(null), 'not known here', 'the real server does not tell');
  t.match(diskText(null, 'no such folder'), 'known here (no such folder); scr');
  const tight = { ...disk, dataBytes: 4096, totalBytes: 40960, daysToFull: 90 };
  t.equal(
    diskText(tight),
    'Disk: 4.0 KiB of data, 2.0 KiB free, full in 90 days (1.0 KiB a day): make room soon.',
    'less than a tenth of it is free'
  );
  t.match(diskText({ ...tight, bytesPerDay: null }, 'may not'), /yet \(may/);
});

t.test('what comes from outside cannot become markup', async (t) => {
  const text = `<script>"&'`;
  t.equal(
    html`<p title="${text}">${[text, null, 7]}</p>`.text,
    '<p title="&lt;script&gt;&quot;&amp;&#39;">&lt;script&gt;&quot;&amp;&#39;7</p>'
  );
});

interface Seen {
  readonly width: number;
  readonly ground: string;
  readonly smallest: number;
}

/** Run in the page, whose types the tests do not have. */
const LOOK = `({
  width: document.documentElement.scrollWidth,
  ground: getComputedStyle(document.body).backgroundColor,
  smallest: Math.min(
    ...[...document.querySelectorAll('main *')]
      .filter((one) => one.children.length === 0 && one.textContent !== '')
      .map((one) => parseFloat(getComputedStyle(one).fontSize))
  ),
})`;

t.test('the page in a browser', { skip: NO_CHROMIUM }, async (t) => {
  const golden = await startGoldenApi(testFolder(t));
  const local = await startIndexProxy(golden.url);
  local.setFault({
    alter: (path, answer) =>
      path === '/health'
        ? {
            status: 200,
            text: JSON.stringify({
              verdict: 'catching-up',
              complete_since: '2026-01-31T12:00:00Z',
              newest_event_age_ms: 5_400_000,
              disk: {
                free_bytes: 3 * 1024 ** 3,
                bytes_per_day: 1024 ** 3,
                days_to_full: 2.9,
              },
            }),
          }
        : answer,
  });
  const bridge = await startTestBridge({
    CONSTELLATION_URL: local.url,
    CONSTELLATION_FALLBACK_URL: golden.url,
  });
  const browser = await startBrowser();
  t.teardown(async () => {
    await browser.close();
    await Promise.all([bridge.stop(), local.close(), golden.close()]);
  });
  const askOnce = (): Promise<unknown> =>
    bridge.post('/v1/profiles', { dids: [DID] });
  await askOnce();

  await t.test('the metrics say what the page says', async (t) => {
    // A look at the index that a busy machine made late has no disk in it.
    let said = '';
    while (!said.includes('bridge_local_days_to_full ')) {
      said = (await bridge.get('/metrics')).text;
    }
    t.match(said, /^bridge_local_days_to_full 2\.9$/m);
  });

  await t.test('all numbers are in the text, without scripts', async (t) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const answer = await page.goto(bridge.url);
    t.match(answer?.headers(), {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': /default-src 'none'/,
    });
    const text = await page.innerText('main');
    for (const part of [
      'degraded',
      'the local index catches up',
      local.url,
      golden.url,
      '1 h 30 min',
      'catching up',
      '2026-01-31 12:00 UTC',
      '3.0 GiB free, full in 2.9 days (1.0 GiB a day): make room soon',
      'Where 1 answers came from',
    ]) {
      t.ok(text.includes(part), part);
    }
    t.equal(await page.locator('noscript meta').count(), 1);
    await context.close();
  });

  await t.test('it renews itself, and says when it cannot', async (t) => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await page.clock.install();
    await page.goto(`${bridge.url}/status`);
    const answers = page.locator('#answers h2');
    t.equal(await answers.innerText(), 'Where 1 answers came from');
    await askOnce();
    await page.clock.fastForward(5_000);
    await answers.getByText('Where 2 answers').waitFor({ timeout: 10_000 });
    t.same(problems, [], 'its policy lets it, and nothing was refused');
    t.same([...hosts], [new URL(bridge.url).host], 'nothing else is loaded');

    await page.route('**/status', (route) => route.abort());
    await page.clock.fastForward(5_000);
    await page.locator('body.lost #lost').waitFor({ timeout: 10_000 });
    await page.close();
  });

  await t.test('it fits a phone, and follows a dark screen', async (t) => {
    const page = await browser.newPage({
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    });
    await page.goto(`${bridge.url}/status`);
    const seen = await page.evaluate<Seen>(LOOK);
    t.equal(seen.width, 360, 'nothing sticks out');
    t.equal(seen.ground, 'rgb(21, 23, 27)');
    t.ok(seen.smallest >= 12, 'no text is too small');
    await page.close();
  });
});

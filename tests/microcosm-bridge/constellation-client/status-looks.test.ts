/**
 * How the status page looks, in pictures: each state of the bridge on a desk, a
 * phone, a dark phone and without scripts. `SCREENSHOTS=FOLDER` keeps them.
 */

import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { ClientStats } from '../../../lib/constellation/index.js';
import { startTestBridge, type TestBridge } from '../../fixtures/bridge.js';
import { NO_CHROMIUM, startBrowser } from '../../fixtures/browser.js';
import {
  CountServer,
  health,
  postLinks,
} from '../../fixtures/client/count-server.js';
import { status } from '../../fixtures/client/faults.js';
import { ManualClock } from '../../fixtures/client/manual-clock.js';
import { until } from '../../fixtures/client/open-client.js';
import { DID, postUri } from '../../fixtures/client/tids.js';

const SINCE = '2026-05-01T12:00:00Z';
const PHONE = { width: 360, height: 740 };

const VIEWS: readonly (readonly [string, BrowserContextOptions])[] = [
  ['desk', { viewport: { width: 1280, height: 900 } }],
  ['phone', { viewport: PHONE }],
  ['dark phone', { viewport: PHONE, colorScheme: 'dark' }],
  [
    'dark desk',
    { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  ],
  ['no scripts', { viewport: PHONE, javaScriptEnabled: false }],
];

/** Run in the page, whose types the tests do not have. */
const LOOK = `(() => {
  const numbers = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const channel = (value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) =>
    0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (one) => {
    for (let at = one; at !== null; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const contrast = (one) => {
    const [a, b] = [numbers(getComputedStyle(one).color), ground(one)].map(luminance);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const texts = [...document.querySelectorAll('main *')].filter((one) =>
    one.checkVisibility() &&
    [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '')
  );
  return {
    wide: document.documentElement.scrollWidth,
    faint: texts.filter((one) => contrast(one) < 4.5).map((one) => one.textContent.trim()),
    cut: texts.filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
      .map((one) => one.textContent.trim()),
    small: texts.filter((one) => parseFloat(getComputedStyle(one).fontSize) < 12)
      .map((one) => one.textContent.trim()),
    count: texts.length,
  };
})()`;

interface Seen {
  readonly wide: number;
  readonly faint: readonly string[];
  readonly cut: readonly string[];
  readonly small: readonly string[];
  readonly count: number;
}

/** What the numbers of `/stats` look like on the page. */
function shown(stats: ClientStats): string[] {
  const { answers, main, fallback, asked, failures } = stats;
  const number = (value: number): string => value.toLocaleString('en-US');
  const hits = answers.memory + answers.redis + answers.stale;
  const failed = Object.values(failures).reduce((sum, times) => sum + times, 0);
  const given = hits + answers.local + answers.remote;
  return [
    `Where ${number(given)} answers came from`,
    `local index ${number(answers.local)}`,
    `remote index ${number(answers.remote)}`,
    `memory ${number(answers.memory)}`,
    `past its time ${number(answers.stale)}`,
    `of ${number(asked)} questions since the start`,
    `Not answered, ten minutes ${number(failed)}`,
    ...(hits === 0 ? [] : [`${((hits / asked) * 100).toFixed(1)} %`]),
    ...[main, fallback].flatMap((index) =>
      index === null
        ? []
        : [
            index.url,
            `Requests ${number(index.requests)}`,
            `Failed ${number(index.errors)}`,
            ...Object.entries(index.errorsByCode).map(
              ([code, times]) => `${code} ${number(times)}`
            ),
          ]
    ),
  ];
}

interface State {
  readonly bridge: TestBridge;
  readonly clock: ManualClock;
  stop(): Promise<void>;
}

async function start(
  environment: Readonly<Record<string, string>>,
  servers: readonly CountServer[]
): Promise<State> {
  const clock = new ManualClock();
  const bridge = await startTestBridge(environment, { clock });
  const stop = async (): Promise<void> => {
    await bridge.stop();
    await Promise.all(servers.map((server) => server.stop()));
  };
  return { bridge, clock, stop };
}

/** The public instance alone, and nobody has asked anything. */
async function unasked(): Promise<State> {
  const remote = await CountServer.start();
  const only = { CONSTELLATION_URL: remote.url, CONSTELLATION_LOCAL: 'false' };
  return start(only, [remote]);
}

/** Ten busy minutes of a young local index that catches up. */
async function busy(): Promise<State> {
  const local = await CountServer.start();
  const remote = await CountServer.start();
  const state = await start(
    {
      CONSTELLATION_URL: local.url,
      CONSTELLATION_FALLBACK_URL: remote.url,
      // A pause before a retry would last until the clock is moved.
      CONSTELLATION_MAX_RETRIES: '0',
    },
    [local, remote]
  );
  const { bridge, clock } = state;
  for (let sample = 0; sample < 120; sample += 1) {
    const behindMs = (120 - sample) * 45_000;
    local.health = {
      ...health('catching-up', SINCE),
      newest_event_age_ms: behindMs,
      disk: {
        free_bytes: 3 * 1024 ** 3,
        bytes_per_day: 1024 ** 3,
        days_to_full: 2.9,
      },
    };
    remote.fault = sample % 40 === 39 ? status(500) : null;
    const posts = 3 + Math.round(3 * Math.sin(sample / 9));
    const uris = Array.from({ length: 1 + posts }, (_, number) =>
      postUri(clock.wallMs() - 60_000 * (sample + number))
    );
    for (const uri of uris) remote.links.set(uri, postLinks(1_234));
    await bridge.post('/v1/posts', { uris });
    await bridge.post('/v1/profiles', { dids: [DID] });
    // What is fetched behind would be late by a clock that is moved.
    await until(() => bridge.client.stats().posts.flights === 0);
    await until(() => bridge.client.stats().profiles.flights === 0);
    await clock.advance(5_000);
  }
  return state;
}

/** The one index there is cannot be reached. */
async function failing(): Promise<State> {
  const local = await CountServer.start();
  const state = await start(
    {
      CONSTELLATION_URL: local.url,
      CONSTELLATION_FALLBACK_URL: 'off',
      CONSTELLATION_MAX_RETRIES: '0',
    },
    []
  );
  await local.stop();
  const { bridge, clock } = state;
  for (let times = 0; times < 6; times += 1) {
    await bridge.post('/v1/posts', { uris: [postUri(clock.wallMs() - times)] });
  }
  await clock.advance(5_000);
  return state;
}

/** A page of the bridge, whose main content is there. */
async function show(
  browser: Browser,
  { bridge }: State,
  options: BrowserContextOptions
): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${bridge.url}/status`);
  return page;
}

async function statsOf({ bridge }: State): Promise<ClientStats> {
  const { body } = await bridge.get('/stats');
  return (body as { readonly client: ClientStats }).client;
}

t.test('the page in each of its states', { skip: NO_CHROMIUM }, async (t) => {
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const folder = process.env['SCREENSHOTS'] ?? t.testdir();
  mkdirSync(folder, { recursive: true });
  for (const [name, make] of [
    ['unasked', unasked],
    ['busy', busy],
    ['failing', failing],
  ] as const) {
    await t.test(name, async (t) => {
      const state = await make();
      t.teardown(() => state.stop());
      for (const [view, options] of VIEWS) {
        const page = await show(browser, state, options);
        const file = path.join(folder, `${name} ${view}.png`);
        await page.screenshot({ path: file, fullPage: true });
        t.ok(statSync(file).size > 10_000, `${view}: there is a picture`);
        const text = (await page.innerText('main')).replace(/\s+/g, ' ');
        for (const part of shown(await statsOf(state))) {
          t.ok(text.includes(part), `${view}: ${part}`);
        }
        const seen = await page.evaluate<Seen>(LOOK);
        t.ok(seen.count > 20, `${view}: ${seen.count} texts`);
        t.equal(
          seen.wide,
          options.viewport?.width,
          `${view}: nothing sticks out`
        );
        t.strictSame(seen.faint, [], `${view}: all can be read`);
        t.strictSame(seen.cut, [], `${view}: nothing is cut off`);
        t.strictSame(seen.small, [], `${view}: nothing is too small`);
        await page.context().close();
      }
    });
  }
});

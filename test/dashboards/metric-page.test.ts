/** A metric's past in a real browser, out of a real ClickHouse. Pictures of it are left in test-output/dashboards. */
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { annotate } from '../../platform/store/annotations.ts';
import type { Store } from '../../platform/store/store.ts';
import type { JournalLine } from '../../platform/topics/incidents.ts';
import { ClickHouse } from '../support/clickhouse.ts';
import { rollUpAll } from '../support/past.ts';
import { answering, testStore } from '../support/stores.ts';
import { inBrowser, PICTURES } from './in-browser.ts';
import { fallAt, type MadeUp, metric, seriesOfName } from './made-up.ts';
import { openStage, type Stage } from './stage.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const NOW = Math.floor(Date.now() / 1000);
const BEGAN = Math.floor(NOW / HOUR) * HOUR - 4 * DAY;
/** Two seconds within one hour, and so within one step of the picture. */
const OUTAGE = { from: Math.floor(NOW / HOUR) * HOUR - 2 * DAY - 1800 };
const BLIND = { from: NOW - 3 * DAY, seconds: 5 * HOUR };
const REHEARSED_UNTIL = NOW - DAY - 2 * HOUR;
const PATIENCE_MS = 20_000;
const DESK = { viewport: { width: 1280, height: 860 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const ODD_NAME = 'orders by shop/web 50%';
const METRICS: MadeUp[] = [
  { info: metric('orders', { critical: true }), usual: 100 },
  { info: metric(ODD_NAME), usual: 20 },
];

const { webFolder, browser, closing, faults } = inBrowser();
let server: ClickHouse;
let store: Store;
let stage: Stage;
let url: string;

const incident = 'inc-7k2m9x4q1z';
const line = { incident, by: 'a' };
const JOURNAL: readonly JournalLine[] = [
  {
    ...{ ...line, at: (OUTAGE.from + 4) * 1000, kind: 'opened', severity: 1, second: OUTAGE.from + 4 },
    fell: { ...fallAt(OUTAGE.from, 100, 0), metric: 'orders', series: seriesOfName('orders'), silent: [], producers: 3 },
  },
];

/** Four days with the shape of days, two seconds without an order and five hours of which nobody knows. */
async function writeDays(): Promise<void> {
  const seconds = NOW - 60 - BEGAN;
  await store.rows(
    `INSERT INTO rates (series, second, partition, block, to, n, closed, state, usual)
     SELECT {series:String}, {from:UInt32} + intDiv(number, 2) AS at, number % 2 - 1 AS part, 0, 1,
       if(part = -1, 0, known), if(part = -1, known, NULL), if(part = -1, 'normal', ''), if(part = -1, expected, NULL)
     FROM (
       SELECT number, 90 + 50 * sin(({from:UInt32} + intDiv(number, 2)) * 2 * pi() / 86400) AS expected,
         if({from:UInt32} + intDiv(number, 2) - {out:UInt32} < 2 AND {from:UInt32} + intDiv(number, 2) >= {out:UInt32}, 0,
           toUInt32(expected) + cityHash64(number) % 21 - 10) AS known
       FROM numbers({rows:UInt64})
     )
     WHERE at < {blind:UInt32} OR at >= {seeing:UInt32}`,
    {
      ...{ series: seriesOfName('orders'), from: BEGAN, rows: seconds * 2, out: OUTAGE.from },
      ...{ blind: BLIND.from, seeing: BLIND.from + BLIND.seconds },
    },
  );
  await rollUpAll(store);
  const mark = { until: null, writer: 'ana' };
  await annotate(
    store,
    [
      { ...mark, id: 'r', kind: 'rehearsed', at: BEGAN * 1000, until: REHEARSED_UNTIL * 1000, text: 'Rehearsed: the demo made this up' },
      { ...mark, id: 'd', kind: 'deploy', at: (NOW - 5 * HOUR) * 1000, text: 'web 2.4' },
    ],
    NOW * 1000,
  );
}

beforeAll(async () => {
  server = await ClickHouse.start();
  store = await answering(testStore({ url: server.url() }));
  await writeDays();
  stage = await openStage({ metrics: METRICS, store, webFolder, hello: { timezone: 'Europe/Berlin' } });
  await stage.tell(...JOURNAL);
  await stage.play(NOW - 120, NOW);
  stage.follow(NOW);
  url = await stage.listen();
}, 120_000);

afterAll(async () => {
  await stage?.close();
  await store?.close();
  await server?.stop();
});

async function look(path: string, options: BrowserContextOptions = DESK): Promise<Page> {
  const context = await browser().newContext({ locale: 'en-US', ...options });
  closing.push(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(url + path);
  return page;
}

const drawn = (page: Page, words: string): Promise<unknown> => page.waitForSelector(`.reading:has-text("in the last ${words}:")`);
const picture = (page: Page, name: string): Promise<unknown> => {
  return page.screenshot({ path: join(PICTURES, `metric-${name}.png`), fullPage: true });
};
const sideways = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

/** Columns of the picture in which counts are drawn so many pixels above the axis: what is hatched is of another hue. */
function columnsDrawn(page: Page, abovePx: number): Promise<number> {
  return page.evaluate((above) => {
    const canvas = document.querySelector('.past-picture canvas') as HTMLCanvasElement;
    const row = canvas.getContext('2d')?.getImageData(0, canvas.height - 22 - above, canvas.width - 46, 1).data ?? new Uint8ClampedArray();
    const columns = Array.from({ length: row.length / 4 }, (_, i) => row.subarray(i * 4, i * 4 + 4));
    return columns.filter(([red = 0, , blue = 0, alpha = 0]) => alpha > 40 && blue > red + 40).length;
  }, abovePx);
}

test('two seconds without an order stand out in thirty days, in the picture, the sentence and the table', async () => {
  const page = await look('/m/orders?span=30d', { ...DESK, colorScheme: 'dark' });
  await drawn(page, '30\u00a0days');
  expect(await page.textContent('.reading')).toContain('least 0,');
  // An hour is between one and two pixels wide; all other hours lie far above.
  for (const abovePx of [3, 8, 16]) {
    const columns = await columnsDrawn(page, abovePx);
    expect(columns).toBeGreaterThanOrEqual(1);
    expect(columns).toBeLessThanOrEqual(3);
  }
  await page.waitForSelector('.mark.fell[data-kind=sev1]');
  expect(await page.textContent('.mark.rehearsed')).toBe('rehearsed');
  await page.waitForSelector('.past-panel .note >> text=Rehearsed: the demo made this up, from');
  expect(await page.locator('.past-list li em').allTextContents()).toEqual(['deploy', 'Sev-1, rehearsed']);
  await picture(page, 'dark');
  await page.click('.past-head .button');
  expect(await page.locator('dialog tbody tr td:nth-child(3)').allTextContents()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^0, /)]),
  );
  await page.keyboard.press('Escape');
  await page.click('.past-list .sev1 a');
  await page.waitForURL(`**/incidents/${incident}`);
}, 60_000);

test('a span is chosen by its button and reproduced by its link; arrow keys read the picture', async () => {
  const page = await look('/m/orders', { ...DESK, colorScheme: 'light' });
  await drawn(page, 'day');
  await page.click('.spans >> text=7\u00a0days');
  await page.waitForURL('**/m/orders?span=7d');
  await drawn(page, '7\u00a0days');
  expect(await page.textContent('.spans [aria-current]')).toBe('7\u00a0days');
  await picture(page, 'light');
  await page.goBack();
  await drawn(page, 'day');
  await page.focus('.spans a:first-child');
  await page.keyboard.press('Enter');
  await drawn(page, 'ten minutes');
  await page.focus('.past-picture');
  await page.keyboard.press('End');
  expect(await page.textContent('.reading')).toMatch(/^\d\d:\d\d:\d\d: \d+ in this second, mean \d+\/s, normal, usual 100\/s$/);
  const newest = await page.textContent('.reading');
  await page.keyboard.press('ArrowLeft');
  expect(await page.textContent('.reading')).not.toBe(newest);
  expect(await page.getAttribute('.past-picture', 'aria-valuetext')).toBe(await page.textContent('.reading'));
}, 60_000);

test('a name on the wall leads to its page, whatever stands in it; a wrong one is told the nearest', async () => {
  const page = await look('/');
  await page.click(`.tile[aria-label="${ODD_NAME}"] h2 a`);
  await page.waitForSelector(`h1:has-text("${ODD_NAME}")`);
  await page.reload();
  await drawn(page, 'day');
  expect(new URL(page.url()).pathname).toBe(`/m/${encodeURIComponent(ODD_NAME)}`);
  await page.goto(`${url}/m/orderz`);
  await page.waitForSelector('[role=alert]:has-text("No metric is called \\"orderz\\". Did you mean \\"orders\\"?")');
}, 60_000);

test('on a phone everything is there without sideways scrolling', async () => {
  const page = await look('/m/orders?span=7d', { ...PHONE, colorScheme: 'dark' });
  await drawn(page, '7\u00a0days');
  expect(await sideways(page)).toBe(0);
  await picture(page, 'phone');
}, 60_000);

/** What a page does when the way to its server, the server or the page itself was away: it says so, comes back and lacks nothing. */
import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { HelloFrame } from '../../dashboards/live-frames.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { rowsOfHistory, seenRows } from '../support/seen-seconds.ts';
import { SwitchLine } from '../support/switch-line.ts';
import { inBrowser } from './in-browser.ts';
import { fallAt, type MadeUp, metric, seriesOfName } from './made-up.ts';
import { openStage, type Stage } from './stage.ts';

/** Five times what is promised: 3 s until it says that it is lost, 2 s until it is back. */
const LOST_WITHIN_MS = 15_000;
const BACK_WITHIN_MS = 10_000;
const CUT_MS = process.env.PLUMMET_NIGHTLY ? 30_000 : 6000;
const ORDERS: MadeUp = { info: metric('orders', { critical: true }), usual: 118 };

const { webFolder, browser, closing, faults } = inBrowser();

const nowSeconds = (): number => Math.floor(systemClock.wall() / 1000);
const portOf = (url: string): number => Number(new URL(url).port);

/** A Plummet that has decided on the last six minutes and goes on, behind a line. */
async function plummet(hello: Partial<HelloFrame> = {}): Promise<{ stage: Stage; url: string; line: SwitchLine }> {
  const stage = await openStage({ metrics: [ORDERS], webFolder, hello });
  closing.push(() => stage.close());
  const now = nowSeconds() - 1;
  await stage.play(now - 360, now);
  stage.follow(now);
  const url = await stage.listen();
  const line = await SwitchLine.to(portOf(url));
  closing.push(() => line.close());
  return { stage, url, line };
}

async function look(url: string, prepare: (context: BrowserContext) => Promise<unknown> = async () => undefined): Promise<Page> {
  const context = await browser().newContext({ locale: 'en-US', viewport: { width: 1440, height: 900 } });
  closing.push(() => context.close());
  await prepare(context);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(url);
  await isLive(page, 20_000);
  return page;
}

const isLive = (page: Page, timeout = BACK_WITHIN_MS): Promise<unknown> => page.waitForSelector('.link.live', { timeout });
const isLost = (page: Page): Promise<unknown> =>
  page.waitForSelector('.tile.stale .state:has-text("As of ")', { timeout: LOST_WITHIN_MS }).then(() => page.waitForSelector('.lost-bar'));

/** All that is shown is what the history has, and no second of it is missing. */
async function expectWhole(page: Page, url: string, from: number): Promise<void> {
  const gaps = (): Promise<number> => page.locator('[role="img"][aria-label*="There are gaps"]').count();
  await expect.poll(gaps, { timeout: BACK_WITHIN_MS }).toBe(0);
  // What is decided by now, less what may still be on its way.
  const to = nowSeconds() - 4;
  const rows = await seenRows(page, 'orders');
  const history = await rowsOfHistory(url, 'orders', { from, to });
  expect(history.length).toBeGreaterThanOrEqual(20);
  expect(rows).toEqual(expect.arrayContaining(history));
}

test('a network that is cut is told of, and when it is back nothing is missing: no second, nothing late, no incident', async () => {
  const { stage, url, line } = await plummet();
  const page = await look(line.url);
  const before = nowSeconds();
  line.cut();
  const cutAt = performance.now();
  await isLost(page);
  await stage.late('orders', before - 20, 40);
  const fell = { ...fallAt(before - 9, 118, 0.38), metric: 'orders', series: seriesOfName('orders'), silent: [], producers: 3 };
  await stage.tell({ incident: 'inc-1', at: before * 1000, by: 'a', kind: 'opened', severity: 1, second: before - 5, fell });
  await page.waitForTimeout(Math.max(0, CUT_MS - (performance.now() - cutAt)));
  expect(await page.locator('.link.live').count()).toBe(0);
  line.mend();
  await isLive(page);
  await page.waitForSelector('.slot.recovering', { timeout: BACK_WITHIN_MS });
  expect(await page.locator('.lost-bar').count()).toBe(0);
  await expectWhole(page, url, before - 240);
}, 120_000);

/** From here on all that the page says of itself. */
async function watchWords(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const said: string[] = [];
    const note = (): void => {
      const word = document.querySelector('.link')?.textContent?.replace(/,.*/, '') ?? '';
      if (said.at(-1) !== word) said.push(word);
    };
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
    note();
    Object.assign(window, { said });
  });
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said);
}

async function expectLostThenLive(words: () => Promise<string[]>): Promise<void> {
  await expect.poll(async () => (await words()).length, { timeout: BACK_WITHIN_MS }).toBeGreaterThan(1);
  expect((await words()).slice(0, 2)).toEqual(['Live', 'No connection']);
  await expect.poll(async () => (await words()).at(-1), { timeout: BACK_WITHIN_MS }).toBe('Live');
}

test('a line that ends again and again, each time to another server, is never noticed; with a clock that is a day wrong', async () => {
  const { stage, url } = await plummet();
  const other = await openStage({ metrics: [ORDERS], webFolder, log: stage.log });
  closing.push(() => other.close());
  const line = await SwitchLine.to(portOf(url), portOf(await other.listen()));
  closing.push(() => line.close());
  const before = nowSeconds();
  const page = await look(line.url, (context) =>
    context.addInitScript(() => {
      const now = Date.now;
      Date.now = () => now() - 86_400_000;
    }),
  );
  const words = await watchWords(page);
  for (let i = 0; i < 4; i++) {
    await page.waitForTimeout(900);
    line.breakAll();
  }
  await isLive(page);
  expect(await words()).toEqual(['Live']);
  await expectWhole(page, url, before - 240);
}, 120_000);

test('a page that was frozen is seen as it was left, with its age, until it has heard what is now', async () => {
  const { url, line } = await plummet();
  const before = nowSeconds();
  const page = await look(line.url);
  const words = await watchWords(page);
  const devtools = await browser().newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  expect(renderers.length).toBeGreaterThan(0);
  for (const pid of renderers) process.kill(pid, 'SIGSTOP');
  await pause(5000);
  for (const pid of renderers) process.kill(pid, 'SIGCONT');
  await expectLostThenLive(words);
  await expectWhole(page, url, before - 240);
}, 120_000);

test('a machine that slept without its steady clock knows it as it wakes', async () => {
  const { url, line } = await plummet();
  const before = nowSeconds();
  const page = await look(line.url, (context) =>
    context.addInitScript(() => {
      const now = Date.now;
      Date.now = () => now() + ((window as unknown as { sleptMs?: number }).sleptMs ?? 0);
    }),
  );
  const words = await watchWords(page);
  await page.evaluate(() => Object.assign(window, { sleptMs: 8 * 3_600_000 }));
  await expectLostThenLive(words);
  await expectWhole(page, url, before - 240);
}, 120_000);

test('what the server that answers does not remember is filled from the history', async () => {
  const { stage, url, line } = await plummet();
  const young = await openStage({ metrics: [ORDERS], webFolder });
  closing.push(() => young.close());
  const start = nowSeconds() - 4;
  await young.play(start - 20, start);
  young.follow(start);
  const switched = await SwitchLine.to(portOf(await young.listen()));
  closing.push(() => switched.close());
  // One store for both: whoever is asked has all of the history.
  const page = await look(switched.url, (context) =>
    context.route('**/api/metrics/**', async (route) => {
      const { pathname, search } = new URL(route.request().url());
      await route.fulfill({ response: await route.fetch({ url: line.url + pathname + search }) });
    }),
  );
  expect(stage.live.newest()).not.toBeNull();
  const oldest = start - 240;
  const rows = async (): Promise<unknown> => (await seenRows(page, 'orders')).filter(({ state }) => state !== 'no data').length;
  await expect.poll(rows, { timeout: BACK_WITHIN_MS }).toBeGreaterThan(24);
  await expectWhole(page, url, oldest);
}, 120_000);

test('a page of an older version makes way for the new one, once nothing is open on it', async () => {
  const hello = { version: '1.0.0' };
  const { line } = await plummet(hello);
  const page = await look(line.url);
  await page.evaluate(() => Object.assign(window, { loaded: 'first' }));
  const isFirst = (): Promise<boolean> => page.evaluate(() => 'loaded' in window);
  await page.click('.tile .table-button', { force: true });
  await page.waitForSelector('dialog[open]');
  hello.version = '1.0.1';
  // A greeting is kept for half a second.
  await page.waitForTimeout(1000);
  line.breakAll();
  await page.waitForTimeout(5000);
  expect(await isFirst()).toBe(true);
  await page.evaluate(() => document.querySelector('dialog')?.close());
  await expect.poll(() => isFirst().catch(() => true), { timeout: 25_000 }).toBe(false);
  await isLive(page, 20_000);
}, 120_000);

test('where something on the way keeps back what a stream says, the page asks again and again, and is live', async () => {
  const { url, line } = await plummet();
  const before = nowSeconds();
  line.collects = true;
  const page = await look(line.url);
  const words = await watchWords(page);
  await page.waitForTimeout(3500);
  expect(await words()).toEqual(['Live']);
  await expectWhole(page, url, before - 240);
}, 120_000);

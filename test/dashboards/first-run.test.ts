/** The first minutes of somebody without a demo: what the wall says to do, and what arrives before anybody watches it. */
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { loadConfig } from '../../platform/config/load.ts';
import { countsRecord, type TypeCount } from '../../platform/topics/counts.ts';
import { topics as allTopics } from '../../platform/topics/topic.ts';
import { inBrowser, PICTURES } from './in-browser.ts';
import { type MadeUp, metric } from './made-up.ts';
import { clockFrom, openStage, type Stage } from './stage.ts';

const START_MS = Date.UTC(2026, 10, 20, 13, 3, 7) + 900;
const NOW = Math.floor(START_MS / 1000);
const topics = allTopics({ events: 1 });

const { webFolder, browser, closing } = inBrowser();

async function look(metrics: MadeUp[], options: BrowserContextOptions = {}): Promise<{ page: Page; stage: Stage; url: string }> {
  const hello = {
    timezone: 'Europe/Berlin',
    get metrics() {
      return metrics.map(({ info }) => info);
    },
  };
  const stage = await openStage({ clock: clockFrom(START_MS), webFolder, metrics, hello });
  closing.push(() => stage.close());
  await stage.play(NOW - 120, NOW);
  stage.follow(NOW);
  const context = await browser().newContext({ locale: 'en-US', viewport: { width: 1440, height: 900 }, colorScheme: 'dark', ...options });
  closing.push(() => context.close());
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const url = await stage.listen();
  await page.goto(url);
  return { page, stage, url };
}

let offset = 900_000;
/** What a count process tells of types that no metric counts. */
async function arrive(stage: Stage, types: TypeCount[]): Promise<void> {
  offset += 1000;
  const record = {
    partition: 0,
    block: Math.floor(offset / 1000),
    to: offset + 1,
    progress: stage.clock.wall(),
    waits: [],
    rows: [],
    types,
  };
  await stage.log.append(topics.counts, [countsRecord(record, 0)]);
}

const copied = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
const picture = (page: Page, name: string): Promise<unknown> => page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
const sideways = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test('without a metric and without an event the wall says how to begin, and changes by itself with the first event', async () => {
  const metrics: MadeUp[] = [];
  const { page, stage, url } = await look(metrics);
  await page.getByRole('heading', { name: 'Waiting for the first event' }).waitFor();
  await page.getByRole('button', { name: 'Copy the shell command' }).click();
  expect(await copied(page)).toBe(`curl --json '{"type":"order.placed"}' \\\n  ${url}/v1/events`);
  await page.getByRole('button', { name: 'Copy the lines for an app' }).click();
  expect(await copied(page)).toContain(`const url = '${url}'`);
  await page.getByRole('button', { name: 'Copy the lines for plummet.yaml' }).click();
  expect(loadConfig(await copied(page), { file: 'plummet.yaml', env: {} }).config?.metrics).toMatchObject([
    { name: 'orders', event: 'order.placed' },
  ]);
  await picture(page, 'first-run');

  await arrive(stage, [['cart.filled', 3]]);
  await page.getByRole('heading', { name: 'One event type arrives' }).waitFor();
  await page.getByRole('heading', { name: 'Watch what arrives' }).waitFor();
  expect(await page.getByText('From a shell').count()).toBe(0);
  await page.getByRole('button', { name: 'Copy cart.filled as YAML' }).click();
  const { config, errors } = loadConfig(await copied(page), { file: 'plummet.yaml', env: {} });
  expect(errors).toEqual([]);
  expect(config?.metrics).toMatchObject([{ event: 'cart.filled', kind: 'write', critical: false }]);
  await picture(page, 'first-run-arrived');

  metrics.push({ info: metric('carts', { event: 'cart.filled', critical: true }), usual: 40 });
  stage.live.configurationChanged();
  await page.getByRole('article', { name: 'carts' }).getByText('Normal').waitFor();
  await expect.poll(() => page.locator('.first-run, .arriving').count()).toBe(0);
  await page.getByRole('heading', { name: 'All normal' }).waitFor();
}, 60_000);

test('a metric whose type never came says how to send it', async () => {
  const orders: MadeUp = { info: metric('orders', { event: 'basket.paid' }), usual: 0, state: () => 'warming', progress: () => 20 };
  const { page } = await look([orders]);
  await page.getByRole('heading', { name: 'Waiting for the first event' }).waitFor();
  expect(await page.textContent('.first-run')).toMatch(/"type":"basket\.paid".*class BasketPaid/s);
});

test('what arrives unwatched stands last and calm, the fastest first, on a desk and on a phone', async () => {
  const orders: MadeUp = { info: metric('orders', { event: 'order.placed', critical: true }), usual: 118 };
  const { page, stage, url } = await look([orders]);
  const names = [
    'cart.filled',
    'page.seen',
    'search.run',
    'order.placed',
    'a.very.long.event.type.that.somebody.thought.of.and.that.does.not.fit.anywhere',
  ];
  await arrive(stage, [
    ...names.map((type, i): TypeCount => [type, 600 * (i + 1)]),
    ...Array.from({ length: 12 }, (_, i): TypeCount => [`rare.kind${i}`, 1]),
    ['', 50],
  ]);
  await expect.poll(async () => ((await (await fetch(`${url}/api/event-types`)).json()) as { types: unknown[] }).types.length).toBe(16);
  await page.reload();
  const rows = page.locator('.arriving li');
  await rows.first().waitFor();
  expect(await rows.count()).toBe(8);
  expect(await rows.first().textContent()).toContain('a.very.long');
  expect(await page.locator('.arriving').textContent()).not.toContain('order.placed');
  expect(await page.locator('.arriving').textContent()).toContain('50 events of further types');
  const below = (await page.locator('.arriving').boundingBox())?.y ?? 0;
  expect(below).toBeGreaterThan((await page.locator('.tile').last().boundingBox())?.y ?? Number.POSITIVE_INFINITY);
  await picture(page, 'arriving');
  await page.getByRole('button', { name: '8 more' }).click();
  expect(await rows.count()).toBe(16);
  await page.setViewportSize({ width: 360, height: 800 });
  await expect.poll(() => sideways(page)).toBe(0);
  const heights = await page.$$eval('.copy-button', (all) => all.map((one) => one.getBoundingClientRect().height));
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
  await picture(page, 'arriving-phone');
}, 60_000);

/** How the wall's tiles lie on screens of several widths. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../platform/units/clock.ts';
import { openBrowser } from '../support/browser.ts';
import { buildWeb } from '../support/web-build.ts';
import { type MadeUp, metric } from './made-up.ts';
import { openStage, temporaryFolder } from './stage.ts';

const NOW = Math.floor(systemClock.wall() / 1000);
const PATIENCE_MS = 20_000;
/** Large ones stand beside the demo's panels; the rest is small. */
const LARGE = ['orders', 'payments'];

const web = temporaryFolder();
const closing: (() => unknown)[] = [];
let browser: Browser;

beforeAll(async () => {
  buildWeb(web.path);
  browser = await openBrowser();
}, 120_000);
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await browser?.close();
  web.remove();
});

/** The demo's wall with so many small tiles. */
async function demoWith(small: number, options: BrowserContextOptions): Promise<Page> {
  const metrics: MadeUp[] = [
    ...LARGE.map((name) => ({ info: metric(name, { critical: true }), usual: 50 })),
    ...Array.from({ length: small }, (_, i) => ({ info: metric(`small${i}`), usual: 20 })),
  ];
  const demo = { startedAt: (NOW - 60) * 1000, actions: [], act: async () => undefined, mailbox: () => [] };
  const stage = await openStage({ metrics, demo, webFolder: web.path });
  closing.push(() => stage.close());
  await stage.play(NOW - 120, NOW);
  const context = await browser.newContext({ locale: 'en-US', ...options });
  closing.push(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(await stage.listen());
  await page.waitForSelector('.tile.large .uplot');
  if (small > 0) await page.waitForSelector('.tile.small .uplot');
  return page;
}

test.each([1440, 1100, 800])(
  'in the demo the small tiles leave no hole, however many there are (%i wide)',
  async (width) => {
    for (let small = 1; small <= 8; small++) {
      const page = await demoWith(small, { viewport: { width, height: 900 } });
      const [all, ...tiles] = await page.locator('.small-tiles, .tile.small').evaluateAll((found) =>
        found.map((one) => {
          const { left, right, top } = one.getBoundingClientRect();
          return { left, right, top };
        }),
      );
      expect(tiles).toHaveLength(small);
      const rows = new Map<number, { left: number; right: number }>();
      for (const { top, left, right } of tiles) {
        const row = rows.get(Math.round(top)) ?? { left, right };
        rows.set(Math.round(top), { left: Math.min(row.left, left), right: Math.max(row.right, right) });
      }
      for (const { left, right } of rows.values()) {
        expect(left, `${small} small tiles`).toBeCloseTo(all?.left ?? 0, 0);
        expect(right, `${small} small tiles`).toBeCloseTo(all?.right ?? 0, 0);
      }
      for (const close of closing.splice(0).reverse()) await close();
    }
  },
  120_000,
);

test.each([390, 360])(
  'on a phone every tile shows the button that leads to its table, large enough for a finger (%i wide)',
  async (width) => {
    const page = await demoWith(2, { viewport: { width, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true });
    for (const name of ['orders', 'small0']) {
      const tile = page.getByRole('article', { name, exact: true });
      const button = tile.getByRole('button', { name: `${name} as a table` });
      expect(await button.evaluate((one) => Number(getComputedStyle(one).opacity))).toBeGreaterThan(0.5);
      const target = await button.evaluate((one) => {
        const { width, height } = one.getBoundingClientRect();
        const { top, left } = getComputedStyle(one, '::after');
        return { width: width - 2 * Number.parseFloat(left), height: height - 2 * Number.parseFloat(top) };
      });
      expect(target.width).toBeGreaterThanOrEqual(44);
      expect(target.height).toBeGreaterThanOrEqual(44);
      await button.tap();
      await page.getByRole('dialog').getByText(name).first().waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  },
  120_000,
);

/** How the wall's tiles lie on screens of several widths. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { systemClock } from '../../platform/units/clock.ts';
import { inBrowser } from './in-browser.ts';
import { type MadeUp, metric } from './made-up.ts';
import { openStage } from './stage.ts';

const NOW = Math.floor(systemClock.wall() / 1000);
const PATIENCE_MS = 20_000;
/** Large ones stand beside the demo's panels; the rest is small. */
const LARGE = ['orders', 'payments'];

const { webFolder, browser, closing } = inBrowser();

async function opened(url: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser().newContext({ locale: 'en-US', ...options });
  closing.push(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  return page;
}

/** The demo's wall with so many small tiles. */
async function demoWith(small: number, options: BrowserContextOptions): Promise<Page> {
  const metrics: MadeUp[] = [
    ...LARGE.map((name) => ({ info: metric(name, { critical: true }), usual: 50 })),
    ...Array.from({ length: small }, (_, i) => ({ info: metric(`small${i}`), usual: 20 })),
  ];
  const demo = { startedAt: (NOW - 60) * 1000, actions: [], act: async () => undefined, mailbox: () => [] };
  const stage = await openStage({ metrics, demo, webFolder });
  closing.push(() => stage.close());
  await stage.play(NOW - 120, NOW);
  const page = await opened(await stage.listen(), options);
  await page.waitForSelector('.tile.large .uplot');
  if (small > 0) await page.waitForSelector('.tile.small');
  return page;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly height: number;
}

/** The grid, and its tiles in the order in which they stand. */
const boxesOf = (page: Page, size: 'large' | 'small'): Promise<Box[]> =>
  page.locator(`.${size}-tiles, .tile.${size}`).evaluateAll((found) =>
    found.map((one) => {
      const { left, right, top, height } = one.getBoundingClientRect();
      return { left, right, top, height };
    }),
  );

async function noHole(page: Page, size: 'large' | 'small', count: number, said: string): Promise<void> {
  await expect.poll(() => page.locator(`.tile.${size}`).count(), { message: said }).toBe(count);
  const [grid, ...tiles] = await boxesOf(page, size);
  const rows = grouped(tiles);
  const lengths = [...rows.values()].map((row) => row.length);
  for (const row of rows.values()) {
    expect(Math.min(...row.map(({ left }) => left)), said).toBeCloseTo(grid?.left ?? 0, 0);
    expect(Math.max(...row.map(({ right }) => right)), said).toBeCloseTo(grid?.right ?? 0, 0);
    expect(new Set(row.map(({ height }) => Math.round(height))).size, said).toBe(1);
  }
  if (count > 0) expect(Math.max(...lengths) - Math.min(...lengths), said).toBeLessThanOrEqual(1);
}

function grouped(tiles: readonly Box[]): Map<number, Box[]> {
  const rows = new Map<number, Box[]>();
  for (const tile of tiles) rows.set(Math.round(tile.top), [...(rows.get(Math.round(tile.top)) ?? []), tile]);
  return rows;
}

test.each([true, false])(
  'tiles lie in even rows without a hole and nothing stands out, however many there are and however wide the screen (demo: %s)',
  async (inDemo) => {
    const metrics: MadeUp[] = [];
    const demo = inDemo && { startedAt: (NOW - 60) * 1000, actions: [], act: async () => undefined, mailbox: () => [] };
    const stage = await openStage({
      metrics,
      webFolder,
      ...(demo && { demo }),
      hello: {
        get metrics() {
          return metrics.map(({ info }) => info);
        },
      },
    });
    closing.push(() => stage.close());
    const page = await opened(await stage.listen(), {});
    for (const [large, small] of [
      [0, 3],
      [1, 0],
      [1, 1],
      [2, 2],
      [2, 5],
      [3, 8],
      [4, 4],
      [5, 9],
      [2, 37],
      [3, 97],
    ] as const) {
      metrics.length = 0;
      const named = (i: number): string => (i % 3 === 0 ? `a very long name of a metric that nobody can shorten ${i}` : `metric${i}`);
      for (let i = 0; i < large; i++) metrics.push({ info: metric(`large ${named(i)}`, { critical: true }), usual: 50 });
      for (let i = 0; i < small; i++) metrics.push({ info: metric(`small ${named(i)}`), usual: 20 });
      stage.live.configurationChanged();
      for (const width of [1920, 1440, 1100, 800, 360]) {
        const said = `${large} large and ${small} small tiles on ${width} px`;
        await page.setViewportSize({ width, height: 900 });
        const shownLarge = inDemo ? Math.min(2, large) : large;
        await noHole(page, 'large', shownLarge, said);
        await noHole(page, 'small', large + small - shownLarge, said);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), said).toBe(0);
      }
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

/** The wall on a wall, in a real browser: read across a room, nothing to press, awake, and as small after weeks as on the first day. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { planOf } from '../../alerting/oncall/escalation.ts';
import type { SecondFrame } from '../../dashboards/live-frames.ts';
import type { JournalLine } from '../../platform/topics/incidents.ts';
import type { SlideFacts } from '../../platform/topics/signals.ts';
import { inBrowser, PICTURES } from './in-browser.ts';
import { fallAt, type MadeUp, metric, seriesOfName } from './made-up.ts';
import { clockFrom, openStage, type Stage } from './stage.ts';

const START_MS = Date.UTC(2026, 10, 20, 13, 3, 7) + 900;
const NOW = Math.floor(START_MS / 1000);
const FELL = NOW - 79;
const SCREEN = { width: 1920, height: 1080 };
/** Collections after each of which the page is weighed. */
const WEIGHINGS = 12;

const { webFolder, browser, closing } = inBrowser();

const critical = (name: string, usual: number, more: Partial<MadeUp> = {}): MadeUp => ({
  ...{ info: metric(name, { critical: true }), usual },
  ...more,
});
const down = (from: number, usual: number, left: number): Partial<MadeUp> => ({
  left: (second) => (second < from ? 1 : left),
  state: (second) => (second < from + 4 ? 'normal' : 'dropped'),
  fall: fallAt(from, usual, left),
});
const SMALL = ['carts', 'revenue', 'stock holds', 'refunds', 'logins', 'e-mails sent', 'searches', 'page views'];
const small = SMALL.map((name, i): MadeUp => ({ info: metric(name), usual: [212, 4920, 118, 0.31, 23, 117, 1480, 6210][i] as number }));
const CALM = [critical('orders', 118), critical('payments', 94), critical('signups', 6.4), ...small];
const FALLEN = [critical('orders', 118, down(FELL, 118, 0.38)), critical('payments', 94, down(FELL + 1, 94, 0.42)), ...CALM.slice(2)];

const line = { incident: 'inc-7k2m9x4q1z', at: (FELL + 4) * 1000, by: 'a' };
const SLIDE: SlideFacts = {
  ...{ is: 'slide', from: NOW - 2400, at: NOW - 600, until: NOW - 60, rate: 82.8, expected: 120, sigmas: 6.1, beside: 'weeks' },
};
const page0 = { message: 'page', step: 0, person: 'ana', way: 'email', try: 1 } as const;
const OPENED: readonly JournalLine[] = [
  {
    ...{ ...line, kind: 'opened', severity: 1, second: FELL + 4 },
    fell: { ...fallAt(FELL, 118, 0.38), metric: 'orders', series: seriesOfName('orders'), silent: [], producers: 3 },
  },
  { ...line, kind: 'intended', ...page0 },
  { ...line, kind: 'sent', ...page0, detail: '250 OK' },
];

async function screen(metrics: readonly MadeUp[], size = SCREEN): Promise<{ page: Page; stage: Stage }> {
  const escalation = [
    { after: '0s', notify: 'ana' },
    { after: '5m', notify: 'everyone' },
  ];
  const people = { ana: { email: 'ana@shop.example' }, bo: { email: 'bo@shop.example' } };
  const plan = planOf(people, { default: { escalation } }, 'UTC');
  const stage = await openStage({ clock: clockFrom(START_MS), webFolder, hello: { timezone: 'Europe/Berlin' }, metrics, plan });
  closing.push(() => stage.close());
  await stage.play(NOW - 360, NOW);
  stage.follow(NOW);
  const page = await onScreen(`${await stage.listen()}/?kiosk`, size);
  await page.waitForSelector('.tile.kiosk .uplot');
  return { page, stage };
}

async function onScreen(url: string, viewport: typeof SCREEN, before?: (page: Page) => Promise<unknown>): Promise<Page> {
  const context = await browser().newContext({ locale: 'en-US', viewport, colorScheme: 'dark' });
  closing.push(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.addInitScript(() => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    const wakeLock = { request: async (what: string) => ({ released: asked.push(what) < 0, release: async () => undefined }) };
    Object.defineProperty(navigator, 'wakeLock', { value: wakeLock });
  });
  await before?.(page);
  await page.goto(url);
  return page;
}

const picture = (page: Page, name: string): Promise<unknown> => page.screenshot({ path: join(PICTURES, `${name}.png`) });
const overflow = (page: Page): Promise<number[]> =>
  page.evaluate(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return [scrollWidth - innerWidth, scrollHeight - innerHeight];
  });
const smallest = (page: Page): Promise<number> =>
  page.$$eval('.kiosk h1, .kiosk h2, .kiosk .state, .kiosk .rate, .kiosk .short', (all) =>
    Math.min(...all.map((one) => Number.parseFloat(getComputedStyle(one).fontSize))),
  );
/** Words that do not fit, and lie outside the screen or under others. */
const cut = (page: Page): Promise<string[]> =>
  page.$$eval('.kiosk h1, .kiosk h2, .kiosk .rate, .kiosk .state span, .slot-words p', (all) =>
    all
      .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
      .map((one) => one.textContent ?? ''),
  );

test('all is told across a room, with nothing to press, nothing to scroll, and the screen kept awake', async () => {
  const { page, stage } = await screen(CALM);
  await page.waitForSelector('.slot.normal h1:has-text("All normal")');
  expect(await page.locator('.kiosk button, .kiosk a, header.header').count()).toBe(0);
  expect(await overflow(page)).toEqual([0, 0]);
  expect(await smallest(page)).toBeGreaterThanOrEqual(33);
  expect(await cut(page)).toEqual([]);
  for (const name of SMALL) expect(await page.textContent(`.kiosk-row [aria-label="${name}"]`)).toContain('Normal');
  expect(await page.textContent('.kiosk-foot')).toContain('On call: Ana');
  expect(await page.textContent('.kiosk-clock')).toMatch(/14:0\d:\d\dFriday 20 November/);
  expect(await page.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)).toContain('screen');
  const tiles = (): Promise<unknown> =>
    page.$$eval('.tile, .kiosk-row', (all) => all.map((one) => one.getBoundingClientRect().toJSON() as unknown));
  const before = await tiles();
  await stage.tell({
    ...line,
    incident: 'note-1',
    kind: 'noted',
    severity: 2,
    metric: 'carts',
    series: seriesOfName('carts'),
    slide: SLIDE,
  });
  await page.waitForSelector('.kiosk-foot:has-text("On call: Ana. Carts slides: 31% below the usual Friday since 13:23.")');
  expect(await tiles()).toEqual(before);
  await picture(page, 'kiosk');
  await stage.goAway();
  await page.waitForSelector('.slot.lost h1:has-text("No connection")');
  await page.waitForSelector('.tile[aria-label="orders"].stale .state:has-text("As of 14:0")');
  expect(await page.textContent('.kiosk-foot')).toContain('No connection');
  await picture(page, 'kiosk-lost');
}, 60_000);

test('a Sev-1 runs from edge to edge and says who was paged and who is next; no tile moves', async () => {
  const { page, stage } = await screen(FALLEN);
  await page.waitForSelector('.tile[aria-label="orders"].dropped');
  const places = (): Promise<unknown> =>
    page.$$eval('.tile, .plot', (all) => all.map((one) => one.getBoundingClientRect().toJSON() as unknown));
  const before = await places();
  await stage.tell(...OPENED);
  await page.waitForSelector('.slot.sev1 h1:has-text("Orders fell 62% in 4")');
  expect(await page.locator('.slot').boundingBox()).toMatchObject({ x: 0, y: 0, width: SCREEN.width });
  await expect
    .poll(() => page.textContent('.slot-words p'))
    .toMatch(/^118\/s to 45\/s since 14:01:48\. Ana was paged, everyone in 3:\d\d\.$/);
  expect(await places()).toEqual(before);
  expect(await cut(page)).toEqual([]);
  expect(await page.textContent('.kiosk-foot')).toContain('Not acknowledged.');
  await picture(page, 'kiosk-sev1');
  await page.keyboard.press('a');
  await page.waitForSelector('.slot.acknowledged >> text=Ana has it since');
}, 60_000);

test.each([
  [{ width: 3840, height: 2160 }, CALM.length],
  [{ width: 1366, height: 768 }, 40],
  [{ width: 1080, height: 1920 }, 9],
])(
  'on a screen of another size (%o) all of it grows or shrinks with the screen',
  async (size, count) => {
    const many = Array.from({ length: count }, (_, i) => critical(`metric ${i}`, 50 + i));
    const metrics = count === CALM.length ? CALM : many.map((made, i) => (i < 4 ? made : { ...made, info: metric(made.info.name) }));
    const { page } = await screen(metrics, size);
    await page.waitForSelector('.slot.normal');
    expect(await overflow(page)).toEqual([0, 0]);
    const unit = Math.min(size.width / SCREEN.width, size.height / SCREEN.height);
    expect(await smallest(page)).toBeGreaterThanOrEqual(33 * unit - 0.01);
    const [tiles, foot] = [await page.locator('.kiosk-tiles').boundingBox(), await page.locator('.kiosk-foot').boundingBox()];
    expect((tiles?.y ?? 0) + (tiles?.height ?? 0)).toBeLessThan(foot?.y ?? 0);
    expect((foot?.y ?? 0) + (foot?.height ?? 0)).toBeLessThanOrEqual(size.height);
    for (const plot of await page.$$eval('.tile .plot', (all) => all.map((one) => one.clientHeight)))
      expect(plot).toBeGreaterThan(80 * unit);
    await picture(page, `kiosk-${size.width}`);
  },
  60_000,
);

test('hours of seconds leave nothing behind: neither memory nor anything on the page', async () => {
  const stage = await openStage({ clock: clockFrom(START_MS), webFolder, metrics: CALM });
  closing.push(() => stage.close());
  const hello = JSON.stringify(stage.live.hello());
  const names = CALM.map(({ info, usual }) => [info.name, usual] as const);
  // In place of the server's stream: so many seconds at once that the page has no pause between two of its drawings.
  const page = await onScreen(`${await stage.listen()}/?kiosk`, SCREEN, (fresh) =>
    fresh.addInitScript(
      ({ hello, names, from }) => {
        class FastSource extends EventTarget {
          static readonly CLOSED = 2;
          readyState = 1;
          constructor() {
            super();
            let second = from;
            const tell = (event: string, data: string): boolean => this.dispatchEvent(new MessageEvent(event, { data }));
            setTimeout(() => tell('hello', hello));
            setInterval(() => {
              for (let i = 0; i < 8; i++) {
                const metrics = names.map(([name, usual]) => {
                  const n = Math.max(0, Math.round(usual * (1 + 0.2 * Math.sin(second / 3 + usual))));
                  const state = second % 500 < 40 ? 'dropped' : 'normal';
                  return [name, n, n, usual, 0.1, -0.5, 0.5, state, null] as SecondFrame['metrics'][number];
                });
                const frame: SecondFrame = { second, at: (second + 1) * 1000 + 700, producers: 3, silent: [], metrics };
                tell('second', JSON.stringify(frame));
                Object.assign(globalThis, { played: ++second - from });
              }
            }, 8);
          }
          close(): void {}
        }
        Object.assign(globalThis, { EventSource: FastSource });
      },
      { hello, names, from: NOW },
    ),
  );
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const weigh = async (afterSeconds: number): Promise<{ bytes: number; nodes: number; listeners: number }> => {
    await page.waitForFunction((least) => (globalThis as unknown as { played: number }).played >= least, afterSeconds, { timeout: 60_000 });
    // One collection leaves what finalizers and pending frames still hold: the least of several is what is kept.
    const weighed: Record<string, number>[] = [];
    for (let i = 0; i < WEIGHINGS; i++) {
      await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      weighed.push(Object.fromEntries(metrics.map(({ name, value }) => [name, value])));
    }
    const least = (name: string): number => Math.min(...weighed.map((one) => one[name] ?? Number.NaN));
    return { bytes: least('JSHeapUsedSize'), nodes: least('Nodes'), listeners: least('JSEventListeners') };
  };
  const early = await weigh(800);
  const late = await weigh(4000);
  expect(late.bytes - early.bytes).toBeLessThan(1_000_000);
  expect(late.nodes - early.nodes).toBeLessThan(200);
  expect(late.listeners - early.listeners).toBeLessThan(20);
}, 90_000);

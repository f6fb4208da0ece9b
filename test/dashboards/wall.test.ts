/** The built pages in a real browser, served by the real server. Pictures of what was seen are left in test-output/dashboards. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { JournalLine } from '../../platform/topics/incidents.ts';
import type { SignalState } from '../../platform/topics/signals.ts';
import { inBrowser, PICTURES } from './in-browser.ts';
import { fallAt, type MadeUp, metric, seriesOfName } from './made-up.ts';
import { clockFrom, openStage, type Stage, type StageOptions } from './stage.ts';

/** Friday, 14:03:07 in Berlin. */
const START_MS = Date.UTC(2026, 10, 20, 13, 3, 7) + 900;
const NOW = Math.floor(START_MS / 1000);
const FELL = NOW - 79;
const PATIENCE_MS = 20_000;
const DESK = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

const { webFolder, browser, closing, faults } = inBrowser();

const critical = (name: string, usual: number, more: Partial<MadeUp> = {}): MadeUp => ({
  info: metric(name, { critical: true }),
  usual,
  ...more,
});
const minor = (name: string, usual: number, more: Partial<MadeUp> = {}): MadeUp => ({ info: metric(name), usual, ...more });
const downAt = (from: number, left: number): Partial<MadeUp> => ({
  left: (second) => (second < from ? 1 : Math.max(left, 0.9 - (second - from) / 5)),
  state: (second): SignalState => (second < from + 4 ? 'normal' : 'dropped'),
});

/** Everything that a wall can show at once, each state on a metric of its own. */
const ALL_STATES: readonly MadeUp[] = [
  critical('orders', 118, { ...downAt(FELL, 0.38), fall: fallAt(FELL, 118, 0.38) }),
  critical('payments', 94, { state: (second) => (second >= NOW - 6 ? 'blind' : 'normal') }),
  critical('signups', 6.4),
  critical('checkouts', 60, {
    left: (second) => (second >= NOW - 2 ? 0.65 : 1),
    state: (second) => (second >= NOW - 1 ? 'falling' : 'normal'),
  }),
  minor('revenue', 4920, downAt(FELL, 0.4)),
  minor('carts', 212, { state: (second) => (second >= NOW - 35 ? 'recovering' : 'normal'), progress: (second) => second - NOW + 35 }),
  minor('logins', 23, { state: () => 'warming', progress: () => 200 }),
  minor('refunds', 0.02, { state: () => 'too slow' }),
  minor('searches', 1480),
];

const WORDS = [
  ['orders', 'Dropped'],
  ['payments', 'Blind for'],
  ['signups', 'Normal'],
  ['checkouts', 'Falling'],
  ['revenue', 'Dropped'],
  ['carts', 'Recovering'],
  ['logins', 'Warming'],
  ['refunds', 'Too slow'],
  ['searches', 'Normal'],
] as const;

const line = { incident: 'inc-7k2m9x4q1z', at: (FELL + 4) * 1000, by: 'a' };
const page0 = { message: 'page', step: 0, person: 'ana', way: 'email', try: 1 } as const;
const OPENED: readonly JournalLine[] = [
  {
    ...{ ...line, kind: 'opened', severity: 1, second: FELL + 4 },
    fell: { ...fallAt(FELL, 118, 0.38), metric: 'orders', series: seriesOfName('orders'), silent: [], producers: 3 },
  },
  { ...line, kind: 'intended', ...page0 },
  { ...line, kind: 'sent', ...page0, detail: '250 OK' },
];

async function stageOf(options: Partial<StageOptions> & Pick<StageOptions, 'metrics'>): Promise<{ stage: Stage; url: string }> {
  const stage = await openStage({ clock: clockFrom(START_MS), webFolder, hello: { timezone: 'Europe/Berlin' }, ...options });
  closing.push(() => stage.close());
  await stage.play(NOW - 360, NOW);
  stage.follow(NOW);
  return { stage, url: await stage.listen() };
}

async function look(
  url: string,
  options: BrowserContextOptions = DESK,
  language: BrowserContextOptions = { locale: 'en-US' },
): Promise<Page> {
  const context = await browser().newContext({ ...language, ...options });
  closing.push(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) faults.push(message.text());
  });
  await page.goto(url);
  await page.waitForSelector('.tile .uplot');
  return page;
}

const tile = (name: string): string => `.tile[aria-label="${name}"]`;
const picture = (page: Page, name: string): Promise<unknown> => page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
const sideways = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test('a browser whose language no formatter takes, as on a machine without a locale, shows the wall', async () => {
  const { url } = await stageOf({ metrics: [critical('orders', 120)] });
  const page = await look(url, DESK, {});
  expect(await page.evaluate(() => navigator.languages[0])).toBe('en-US@posix');
  expect(await page.locator('.tile').textContent()).toContain('orders');
});

test('all that a browser has to load, fonts aside, is at most 100 kB gzipped', () => {
  const assets = join(webFolder, 'assets');
  const files = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name));
  const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0);
  expect(files.length).toBeGreaterThan(1);
  expect(bytes).toBeLessThanOrEqual(100_000);
});

test.each([
  ['dark', { ...DESK, colorScheme: 'dark' }],
  ['light', { ...DESK, colorScheme: 'light' }],
  ['phone', { ...PHONE, colorScheme: 'dark' }],
  ['narrow', { ...PHONE, viewport: { width: 360, height: 800 }, colorScheme: 'light' }],
] as const)(
  'each state has its word on the wall, and nothing needs sideways scrolling (%s)',
  async (name, options) => {
    const { stage, url } = await stageOf({ metrics: ALL_STATES });
    await stage.tell(...OPENED);
    const page = await look(url, options);
    for (const [metricName, word] of WORDS) await page.waitForSelector(`${tile(metricName)} .state:has-text("${word}")`);
    await page.waitForSelector('.slot.sev1 h1:has-text("Orders fell 62% in 4")');
    await page.waitForTimeout(1200);
    expect(await sideways(page)).toBe(0);
    await picture(page, `states-${name}`);
  },
  90_000,
);

test('a Sev-1 fills the slot, the title and the icon; A takes it, O opens it', async () => {
  const metrics = [critical('orders', 118, downAt(FELL, 0.38)), critical('payments', 94), minor('searches', 1480)];
  const { stage, url } = await stageOf({ metrics });
  const page = await look(url, { ...DESK, colorScheme: 'light' });
  const icon = (): Promise<string | null> => page.getAttribute('link[rel=icon]', 'href');
  await page.waitForSelector('.slot.sev1');
  await stage.tell(...OPENED);
  await page.waitForSelector('.slot.sev1 >> text=Ana was paged at 14:01:52.');
  await expect.poll(() => page.title()).toBe('▼ orders \u221262% · Plummet');
  expect(await icon()).toContain('favicon-down');
  const drawn = await page.evaluate(async () =>
    (await fetch(document.querySelector<HTMLLinkElement>('link[rel=icon]')?.href ?? '')).text(),
  );
  expect(drawn).toMatch(/<path d="M10 1\.5h12L30\.5 10v12L22 30\.5H10L1\.5 22V10Z" fill="#d5320b"/);
  expect(await page.textContent('[role=alert]')).toContain('Sev-1. Orders fell 62%');
  await picture(page, 'sev1-light');
  await page.keyboard.press('a');
  await page.waitForSelector('.slot.acknowledged >> text=Ana has it since');
  await page.waitForSelector(`${tile('orders')} .state:has-text("Ana has it")`);
  expect(await page.locator('.slot button').count()).toBe(0);
  await page.keyboard.press('o');
  await page.waitForSelector('.incident h1:has-text("Orders fell 62% in 4")');
  await page.waitForSelector('.journal-panel >> text=Ana acknowledged on the dashboard');
  await page.waitForSelector('.incident .uplot');
  await page.waitForTimeout(800);
  expect(await sideways(page)).toBe(0);
  await picture(page, 'incident-light');
  await page.click('.crumbs a');
  await page.waitForSelector('.slot.acknowledged');
}, 120_000);

test('on a phone the button to take it stands before any chart, under the thumb', async () => {
  const { stage, url } = await stageOf({ metrics: [critical('orders', 118, downAt(FELL, 0.38)), minor('searches', 1480)] });
  await stage.tell(...OPENED);
  const page = await look(url, { ...PHONE, colorScheme: 'light' });
  const button = page.locator('.slot .primary');
  const box = await button.boundingBox();
  const chart = await page.locator('.plot').first().boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(48);
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(chart?.y ?? 0);
  await picture(page, 'sev1-phone');
  await button.tap();
  await page.waitForSelector('.slot.acknowledged');
}, 120_000);

test('the number on the wall follows the rate that is published', async () => {
  let left = 1;
  const { url } = await stageOf({ metrics: [critical('orders', 100, { left: (second) => (second >= NOW ? left : 1) })] });
  const page = await look(url);
  const shown = async (): Promise<number> => Number.parseFloat((await page.textContent(`${tile('orders')} .rate`)) ?? '');
  await expect.poll(shown).toBeGreaterThan(80);
  left = 2;
  await expect.poll(shown, { timeout: 10_000 }).toBeGreaterThan(160);
  left = 0;
  await expect.poll(shown, { timeout: 10_000 }).toBe(0);
}, 120_000);

test('a lost connection is shown as such, and heals without a hole in the picture', async () => {
  const { stage, url } = await stageOf({ metrics: [critical('orders', 118), minor('searches', 1480)] });
  const page = await look(url, { ...DESK, colorScheme: 'dark' });
  await page.waitForSelector('.slot.normal');
  await page.waitForSelector('.link.live');
  await stage.goAway();
  await page.waitForSelector('.lost-bar >> text=No connection for');
  await page.waitForSelector(`${tile('orders')}.stale .state:has-text("As of 14:0")`);
  await expect.poll(() => page.title()).toBe('No connection · Plummet');
  await page.waitForTimeout(2000);
  await picture(page, 'lost-dark');
  await stage.comeBack(Number(new URL(url).port));
  await page.waitForSelector('.slot.normal');
  await page.locator('.lost-bar').waitFor({ state: 'detached' });
  await page.waitForTimeout(1500);
  await picture(page, 'healed-dark');
  await page.hover(tile('orders'));
  await page.click(`${tile('orders')} .table-button`);
  const states = await page.locator('dialog tbody td:last-child').allTextContents();
  expect(states.slice(0, 28)).toEqual(Array(28).fill('normal'));
  // Pressed again where a busy browser was not ready for the first one.
  const open = async (): Promise<number> => {
    await page.keyboard.press('Escape');
    return page.locator('dialog').count();
  };
  await expect.poll(open, { timeout: 20_000, interval: 500 }).toBe(0);
}, 120_000);

test('no data, true zero and a normal metric look different side by side', async () => {
  const gone = NOW - 7;
  const metrics = [
    critical('orders', 118, { state: (second) => (second >= gone + 1 ? 'blind' : 'normal') }),
    critical('payments', 118, {
      left: (second) => (second >= gone ? 0 : 1),
      state: (second) => (second >= gone + 4 ? 'dropped' : 'normal'),
      fall: fallAt(gone, 118, 0, -100),
    }),
    critical('signups', 118),
  ];
  const { url } = await stageOf({ metrics });
  const page = await look(url, { ...DESK, colorScheme: 'dark' });
  await page.waitForSelector(`${tile('payments')}.dropped .rate:has-text("0/s")`);
  await page.waitForSelector(`${tile('orders')}.blind .dash`);
  expect(await page.textContent(`${tile('orders')} .facts`)).toContain('data stopped, rate unknown');
  await page.waitForTimeout(800);
  await picture(page, 'blind-and-zero-dark');
}, 120_000);

test('the demo offers what to break, takes it, and shows the mail in a frame of its own', async () => {
  const done: string[] = [];
  const mails: { id: string; from: string; to: string; subject: string; at: number; text: string; html: string }[] = [];
  const demo = {
    startedAt: START_MS - 98_000,
    actions: ['break-checkout', 'mend'],
    act: async (name: string) => void done.push(name),
    mailbox: () => mails,
  };
  const metrics = [critical('orders', 41), critical('payments', 33), critical('signups', 5.2), minor('searches', 320)];
  const { url } = await stageOf({ metrics, demo });
  const page = await look(url, { ...DESK, colorScheme: 'dark' });
  await page.waitForSelector('.slot-side >> text=The demo shop beside this page took');
  await page.waitForSelector(`${tile('orders')} >> text=you started here`);
  await page.waitForTimeout(800);
  await picture(page, 'demo-dark');
  await page.click('text=Break the checkout');
  await expect.poll(() => done).toEqual(['break-checkout']);
  const html = '<h1>Orders fell</h1><script>parent.document.title = "broken out"</script>';
  mails.push({
    id: '<1@shop>',
    from: 'Plummet',
    to: 'ana@shop.example',
    subject: '[Sev-1] orders fell',
    at: START_MS,
    text: 'Orders fell',
    html,
  });
  await page.click('.mail:has-text("[Sev-1] orders fell")');
  await page.frameLocator('dialog iframe').locator('h1:has-text("Orders fell")').waitFor();
  await picture(page, 'demo-mail-dark');
  expect(await page.title()).toBe('Plummet');
  await page.setViewportSize({ width: 360, height: 800 });
  await page.keyboard.press('Escape');
  await expect.poll(() => sideways(page)).toBe(0);
}, 120_000);

/** Each state on tiles of both sizes, as people see it and as people see it who see no colours; and that nothing moves. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { JournalLine } from '../../platform/topics/incidents.ts';
import type { SignalState, SlideFacts } from '../../platform/topics/signals.ts';
import { inBrowser, PICTURES } from './in-browser.ts';
import { fallAt, type MadeUp, metric, seriesOfName } from './made-up.ts';
import { clockFrom, openStage, type Stage } from './stage.ts';

const START_MS = Date.UTC(2026, 10, 20, 13, 3, 7) + 900;
const NOW = Math.floor(START_MS / 1000);
const FELL = NOW - 79;
const PATIENCE_MS = 20_000;

const { webFolder, browser, closing } = inBrowser();

const down = (left: number): Partial<MadeUp> => ({
  left: (second) => (second < FELL ? 1 : left),
  state: (second) => (second < FELL + 4 ? 'normal' : 'dropped'),
});
const always = (state: SignalState): Partial<MadeUp> => ({ state: () => state });
const silenced = { until: Date.UTC(2026, 10, 20, 14), by: 'ana' };

/** By the state's name: how it comes about, and its word. */
const STATES: readonly [name: string, word: RegExp, made: Partial<MadeUp> & { usual: number; silenced?: typeof silenced }][] = [
  ['normal', /^Normal$/, { usual: 118 }],
  ['falling', /^Falling$/, { usual: 118, left: (s) => (s >= NOW - 2 ? 0.65 : 1), state: (s) => (s >= NOW - 1 ? 'falling' : 'normal') }],
  ['dropped', /^Dropped 6\d%$/, { usual: 118, ...down(0.38) }],
  ['acknowledged', /^Ana has it$/, { usual: 94, ...down(0.4) }],
  ['recovering', /^Recovering$/, { usual: 118, state: (s) => (s >= NOW - 35 ? 'recovering' : 'normal'), progress: (s) => s - NOW + 36 }],
  ['blind', /^Blind for \d+\ss$/, { usual: 118, state: (s) => (s >= NOW - 24 ? 'blind' : 'normal') }],
  ['warming', /^Warming$/, { usual: 116, ...always('warming'), progress: () => 200 }],
  ['slow', /^Too slow$/, { usual: 0.02, ...always('too slow') }],
  ['silenced', /^Silenced$/, { usual: 100, ...down(0.36), silenced }],
];
const ALL: readonly MadeUp[] = [
  ...STATES.map(([name, , { silenced: held, ...made }]) => ({
    info: metric(name, { critical: true, ...(held && { silenced: held }) }),
    ...made,
  })),
  // The tenth: down, and wakes nobody.
  { info: metric('minor'), usual: 4920, ...down(0.4) },
  ...STATES.filter(([name]) => name !== 'dropped' && name !== 'acknowledged').map(([name, , { silenced: held, ...made }]) => ({
    ...{ info: metric(`small ${name}`, held ? { silenced: held } : {}), ...made },
  })),
];

const opened = (id: string, name: string, usual: number): JournalLine => ({
  ...{ incident: id, at: (FELL + 4) * 1000, by: 'a', kind: 'opened', severity: 1, second: FELL + 4 },
  fell: { ...fallAt(FELL, usual, 0.38), metric: name, series: seriesOfName(name), silent: [], producers: 3 },
});
type Opened = Extract<JournalLine, { kind: 'opened' }>;
/** "Horizon company" in Arabic. */
const RIGHT_TO_LEFT = '\u0634\u0631\u0643\u0629 \u0627\u0644\u0623\u0641\u0642';
const SLIDE: SlideFacts = {
  ...{ is: 'slide', from: NOW - 2400, at: NOW - 600, until: NOW - 60, rate: 82.8, expected: 120, sigmas: 6.1, beside: 'weeks' },
};
const segmentOpened = (id: string, name: string, segment: string): JournalLine => {
  const line = opened(id, name, 3.4) as Opened;
  const figures = { rateBefore: 3.4, rateAfter: 0, drop: 1, threshold: -7.2, raisedFrom: -6, raisedByDays: 21.4 };
  return { ...line, fell: { ...line.fell, ...figures, by: 'tenant', segment } };
};
const taken: JournalLine = { incident: 'inc-2', at: (FELL + 30) * 1000, by: 'a', kind: 'acknowledged', person: 'ana', via: 'dashboard' };

async function look(metrics: readonly MadeUp[], lines: readonly JournalLine[]): Promise<{ page: Page; stage: Stage; faults: string[] }> {
  const stage = await openStage({ clock: clockFrom(START_MS), webFolder, hello: { timezone: 'Europe/Berlin' }, metrics });
  closing.push(() => stage.close());
  await stage.play(NOW - 360, NOW);
  stage.follow(NOW);
  await stage.tell(...lines);
  const context = await browser().newContext({ locale: 'en-US', viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  closing.push(() => context.close());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(await stage.listen());
  await page.waitForSelector('.tile .uplot');
  return { page, stage, faults };
}

const tile = (name: string): string => `.tile[aria-label="${name}"]`;
const wordOf = async (page: Page, name: string): Promise<string> => ((await page.textContent(`${tile(name)} .state`)) ?? '').trim();

test('each state has its word and a silhouette of its own, in both sizes and schemes, and without any colour', async () => {
  const { page, faults } = await look(ALL, [opened('inc-1', 'dropped', 118), opened('inc-2', 'acknowledged', 94), taken]);
  for (const [name, word] of STATES) {
    await expect.poll(() => wordOf(page, name), { message: name }).toMatch(word);
    if (name !== 'dropped' && name !== 'acknowledged') await expect.poll(() => wordOf(page, `small ${name}`)).toMatch(word);
  }
  expect(await wordOf(page, 'minor')).toMatch(/^Dropped 6\d%$/);
  expect(await page.textContent(`${tile('warming')} .facts`)).toContain('3 of 60');
  expect(await page.textContent(`${tile('silenced')} .facts`)).toMatch(/until 15:00, by Ana\s*dropped 6\d%/);
  expect(await page.textContent(`${tile('small silenced')} .short`)).toBe('until 15:00, by Ana');
  expect(await page.textContent(`${tile('recovering')} .facts`)).toMatch(/\d+ of 60/);

  const shapes = await page.$$eval('.tile.large, .tile[aria-label="minor"]', (tiles) =>
    tiles.map((one) => one.querySelector('.state svg')?.innerHTML),
  );
  expect(new Set(shapes).size).toBe(STATES.length + 1);
  // The only filled shape there is says that a person is needed.
  expect(shapes.filter((shape) => shape?.includes('fill="currentColor"'))).toHaveLength(1);
  const filled = await page.$$eval('.tile.large', (tiles) =>
    tiles.map((one) => [one.getAttribute('aria-label'), getComputedStyle(one).backgroundColor]),
  );
  const plain = filled.find(([name]) => name === 'normal')?.[1];
  expect(filled.filter(([, colour]) => colour !== plain).map(([name]) => name)).toEqual(['dropped', 'acknowledged', 'blind']);

  const session = await page.context().newCDPSession(page);
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const type of ['none', 'achromatopsia', 'deuteranopia'] as const) {
      await session.send('Emulation.setEmulatedVisionDeficiency', { type });
      await page.screenshot({ path: join(PICTURES, `tile-states-${colorScheme}${type === 'none' ? '' : `-${type}`}.png`), fullPage: true });
    }
    await session.send('Emulation.setEmulatedVisionDeficiency', { type: 'none' });
    expect(await lowContrasts(page), colorScheme).toEqual([]);
  }
  expect(faults).toEqual([]);
}, 90_000);

/** What is written with less than 4.5 : 1 on the tile that it stands on. */
function lowContrasts(page: Page): Promise<string[]> {
  return page.$$eval('.tile', (tiles) => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
    const rgb = (colour: string): number[] => {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (colour: string): number => {
      const [r = 0, g = 0, b = 0] = rgb(colour).map((value) =>
        value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    return tiles.flatMap((one) => {
      const behind = luminance(getComputedStyle(one).backgroundColor);
      return [...one.querySelectorAll('h2, .state, .rate, .rate small, .facts p, .short, .slope')].flatMap((text) => {
        const ink = luminance(getComputedStyle(text).color);
        const contrast = (Math.max(ink, behind) + 0.05) / (Math.min(ink, behind) + 0.05);
        return contrast >= 4.5 ? [] : [`${one.getAttribute('aria-label')} ${text.className}: ${contrast.toFixed(2)}`];
      });
    });
  });
}

test('nothing moves when a metric falls, is lost and comes back: every tile keeps its place and size', async () => {
  let state: SignalState = 'normal';
  const orders: MadeUp = {
    ...{ info: metric('orders', { critical: true }), usual: 118 },
    left: (second) => (second >= NOW && state !== 'normal' && state !== 'recovering' ? 0 : 1),
    state: (second) => (second >= NOW ? state : 'normal'),
    progress: () => 5,
    fall: fallAt(NOW, 118, 0),
  };
  const others = ['payments', 'signups'].map((name) => ({ info: metric(name, { critical: true }), usual: 50 }));
  const small = ['carts', 'logins', 'searches'].map((name) => ({ info: metric(name), usual: 20 }));
  const { page, stage } = await look([orders, ...others, ...small], []);
  const places = (): Promise<unknown> =>
    page.$$eval('.slot, .tile, .plot, .strip', (all) => all.map((one) => one.getBoundingClientRect().toJSON() as unknown));
  await page.waitForSelector('.slot.normal');
  const calm = await places();
  const note = { incident: 'note-1', by: 'a', at: NOW * 1000 } as const;
  await stage.tell({ ...note, kind: 'noted', severity: 2, metric: 'carts', series: seriesOfName('carts'), slide: SLIDE });
  await page.waitForSelector('.noted-lines a:has-text("Carts slides: 31% below the usual Friday since 13:23")');
  expect(await places(), 'a slide is noted').toEqual(calm);
  expect(await page.title()).toBe('Plummet');
  expect(await lowContrasts(page)).toEqual([]);
  await stage.tell({ ...note, kind: 'noted-over', because: 'back', slide: { ...SLIDE, over: 'back' } });
  await page.waitForSelector('.noted-lines', { state: 'detached' });
  expect(await places(), 'a slide is over').toEqual(calm);
  for (const [next, mood] of [
    ['falling', 'falling'],
    ['blind', 'blind'],
    ['warming', 'warming'],
    ['dropped', 'sev1'],
    ['recovering', 'recovering'],
  ] as const) {
    state = next;
    await page.waitForSelector(`${tile('orders')}.${next}`);
    await page.waitForSelector(`.slot.${mood}`);
    expect(await places(), next).toEqual(calm);
    if (next !== 'dropped') continue;
    const page0 = {
      ...{ incident: 'inc-1', at: (NOW + 4) * 1000, by: 'a' },
      message: 'page',
      step: 0,
      person: 'ana',
      way: 'email',
      try: 1,
    } as const;
    await stage.tell(opened('inc-1', 'orders', 118), { ...page0, kind: 'intended' }, { ...page0, kind: 'sent', detail: '250 OK' });
    await page.waitForSelector('.slot.sev1 >> text=Ana was paged');
    expect(await places(), 'an incident').toEqual(calm);
  }
}, 90_000);

test('what only a segment lost, what a sum misses and what is planned are told on a tile, whole and in the right order', async () => {
  const planned = (is: 'closed' | 'expected', seconds: number) => [
    { is, from: NOW - 600, to: NOW + seconds, name: 'said in the calendar' },
  ];
  const inPart = { left: (second: number) => (second < FELL ? 1 : 0.96), state: down(0).state as (second: number) => SignalState };
  const { page, faults } = await look(
    [
      { info: metric('orders', { critical: true }), usual: 118, ...inPart },
      { info: metric('carts', { critical: true }), usual: 60, ...inPart },
      { info: metric('revenue', { critical: true, value: 'amount' }), usual: 4210, ...down(0.38) },
      { info: metric('signups', { critical: true, planned: planned('expected', 5) }), usual: 40 },
      { info: metric('dispatch', { critical: true, planned: planned('closed', 7200) }), usual: 40 },
    ],
    [
      segmentOpened('inc-1', 'orders', '<b>a-very-long-tenant-name</b>'),
      segmentOpened('inc-2', 'carts', RIGHT_TO_LEFT),
      { ...(opened('inc-3', 'revenue', 4210) as Opened), fell: { ...(opened('inc-3', 'revenue', 4210) as Opened).fell, value: 'amount' } },
    ],
  );
  await page.waitForSelector(`${tile('orders')} .facts >> text=only <b>a-very-lon…: 3.4/s to 0/s`);
  expect(await wordOf(page, 'orders')).toBe('<b>a-very… \u2212100%');
  expect(await page.locator('.tile b:has-text("a-very")').count()).toBe(0);
  // The derivative that paged is the segment's: beside a picture of the whole it would be untrue.
  expect(await page.textContent(`${tile('orders')} .slope`)).toContain('of usual per second');
  expect(await wordOf(page, 'carts')).toBe(`\u2068${RIGHT_TO_LEFT}\u2069 \u2212100%`);
  await expect.poll(() => page.textContent(`${tile('revenue')} .facts`)).toMatch(/about [\d,]+ missing \(amount\)$/);
  expect(await page.textContent(`${tile('dispatch')} .facts`)).toMatch(/planned: closed until 16:03$/);
  await page.waitForFunction((at) => !document.querySelector(at)?.textContent?.includes('planned'), `${tile('signups')} .facts`);
  for (const viewport of [page.viewportSize() as { width: number; height: number }, { width: 390, height: 844 }]) {
    await page.setViewportSize(viewport);
    await expect.poll(() => cutIn(page), { message: `${viewport.width}` }).toEqual([]);
    await page.screenshot({ path: join(PICTURES, `tile-company-${viewport.width}.png`), fullPage: true });
  }
  await page.goto(`${new URL(page.url()).origin}/incidents/inc-2`);
  await page.waitForSelector('.picture-panel .note >> text=This is all of carts.');
  expect(await page.textContent('.facts-row')).toContain('pages at \u22127.2, raised from \u22126 by 21 days of history');
  expect(faults).toEqual([]);
}, 60_000);

/** Words that do not fit where they stand. */
const cutIn = (page: Page): Promise<(string | null)[]> =>
  page.$$eval('.tile h2, .tile .rate, .tile .state, .tile .facts p', (all) =>
    all.filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 12).map((one) => one.textContent),
  );

test('a tile leads by keyboard to its numbers as a table, with a ring around what is in focus', async () => {
  const { page } = await look([{ info: metric('orders', { critical: true }), usual: 118 }], []);
  const button = page.getByRole('button', { name: 'orders as a table' });
  for (let presses = 0; presses < 10 && !(await button.evaluate((one) => one === document.activeElement)); presses++) {
    await page.keyboard.press('Tab');
  }
  const ring = await button.evaluate((one) => {
    const { outlineStyle, outlineWidth, outlineOffset, opacity } = getComputedStyle(one);
    return { outlineStyle, outlineWidth, outlineOffset, opacity };
  });
  expect(ring).toEqual({ outlineStyle: 'solid', outlineWidth: '2px', outlineOffset: '2px', opacity: '1' });
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'orders, the last five minutes' }).getByRole('columnheader', { name: 'Usual' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await page.getByRole('img', { name: /^orders: Normal, 1\d\d\/s now/ }).count()).toBe(1);
}, 60_000);

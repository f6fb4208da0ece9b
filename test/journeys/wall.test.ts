/** An outage as somebody in front of the wall lives it: a real demo in a real browser. */
import { setTimeout as pause } from 'node:timers/promises';
import { connect, DomainEvent } from '@plummet/sdk';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { Demo } from '../support/demo.ts';
import { eventually } from '../support/process.ts';
import { DESK, takePictures } from '../support/screens.ts';

/** Five times what is promised: 2 s from an event to the wall, 10 s to the page, 3 s to notice that the server is gone. */
const SHOWN_WITHIN_MS = 10_000;
const PAGED_WITHIN_MS = 50_000;
const LOST_WITHIN_MS = 15_000;
const PUBLISH_EVERY_MS = 20;
const HEADLINE = /^Orders fell \d+% in .+ s$/;

class ClickMade extends DomainEvent<object> {
  static readonly type = 'click.made';
}

let demo: Demo;
let browser: Browser;
let page: Page;
/** What the page complained about. */
const faults: string[] = [];

beforeAll(async () => {
  [demo, browser] = await Promise.all([Demo.start({ weeks: false }), openBrowser()]);
  page = await browser.newPage({ viewport: DESK, colorScheme: 'dark' });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${message.text()} ${message.location().url}`);
  });
  page.setDefaultTimeout(SHOWN_WITHIN_MS);
  await demo.normal();
  await demo.decidedTo(Date.now(), SHOWN_WITHIN_MS);
  await page.goto(demo.url);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await demo?.remove();
});

const tile = (name: string): Locator => page.getByRole('article', { name, exact: true });
const slot = (): Locator => page.getByRole('region', { name: 'How things are' });

/** Events/s, as the tile shows it. */
async function shownRate(name: string): Promise<number> {
  return Number((await tile(name).locator('.rate').textContent())?.replace(/,|\s*\/s/g, ''));
}

test('the wall says that all is normal and shows every metric beside what is usual', async () => {
  await slot().getByRole('heading', { name: 'All normal' }).waitFor();
  expect(await page.title()).toBe('Plummet');
  for (const name of ['orders', 'payments', 'signups', 'searches']) {
    await tile(name).getByText('Normal', { exact: true }).waitFor();
    expect(await shownRate(name)).toBeGreaterThan(0);
  }
  await page.getByText('No page yet').waitFor();
  await takePictures(page, 'normal');
}, 60_000);

test('a metric added to the YAML gets its tile, and its number follows what an app publishes', async () => {
  const plummet = connect({ url: demo.url, producer: 'clicker', flushAtExit: false });
  ClickMade.notifies(plummet);
  let rate = 500;
  let owed = 0;
  let last = performance.now();
  const publishing = setInterval(() => {
    const now = performance.now();
    owed += (rate * (now - last)) / 1000;
    last = now;
    for (; owed >= 1; owed--) new ClickMade({}).publish();
  }, PUBLISH_EVERY_MS);
  try {
    demo.watchAlso('clicks: { event: click.made, kind: write }');
    await tile('clicks').waitFor();
    for (const next of [500, 1000, 250]) {
      rate = next;
      await eventually(`${next}/s on the wall`, SHOWN_WITHIN_MS, async () => Math.abs((await shownRate('clicks')) / next - 1) < 0.1);
    }
  } finally {
    clearInterval(publishing);
    await plummet.close();
  }
}, 60_000);

test('breaking the checkout fills the slot with what fell, and turns tile and title', async () => {
  await page.getByRole('button', { name: 'Break the checkout' }).click();
  await slot().getByRole('heading', { name: HEADLINE }).waitFor({ timeout: PAGED_WITHIN_MS });
  await slot()
    .getByText(/^\d+\/s to \d+\/s since \d\d:\d\d:\d\d/)
    .waitFor();
  await slot()
    .getByText(/^Ana was paged at/)
    .waitFor();
  expect(await page.title()).toMatch(/^▼ orders −\d+% · Plummet$/);
  expect(await page.locator('link[rel="icon"]').getAttribute('href')).toMatch(/down/);
  await tile('orders')
    .getByText(/^Dropped \d+%$/)
    .waitFor();
  expect(await shownRate('orders')).toBeLessThan(30);
  expect(await page.getByRole('alert').allInnerTexts()).toContainEqual(expect.stringMatching(/^Sev-1\. Orders fell/));
  await takePictures(page, 'sev1');
}, 120_000);

test('A on the keyboard acknowledges, and the wall says who has it', async () => {
  await page.keyboard.press('a');
  await slot()
    .getByText(/^Ana has it since \d\d:\d\d:\d\d\. Nobody else is paged\.$/)
    .waitFor();
  await slot()
    .getByRole('button', { name: /Acknowledge/ })
    .waitFor({ state: 'detached' });
  expect(await demo.incidents()).toMatchObject([{ is: 'acknowledged', acknowledgedBy: 'ana' }]);
  await takePictures(page, 'acknowledged');
}, 60_000);

test('the page is read in the demo mailbox, with its button and its link', async () => {
  const mailbox = page.getByRole('region', { name: 'Demo mailbox' });
  await mailbox.getByText('Acknowledged by Ana').waitFor();
  await mailbox
    .getByRole('button', { name: /^\[Sev-1\] orders fell/ })
    .last()
    .click();
  const mail = page.getByRole('dialog').frameLocator('iframe');
  await mail.getByRole('heading', { name: HEADLINE }).waitFor();
  expect(await mail.getByRole('link', { name: 'Acknowledge' }).getAttribute('href')).toContain(`${demo.url}/a/`);
  await takePictures(page, 'mail');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}, 60_000);

test('the incident has its picture, who was reached, and the whole journal', async () => {
  await page.keyboard.press('o');
  const [incident] = await demo.incidents();
  await page.waitForURL(`${demo.url}/incidents/${incident?.id}`);
  await page.getByRole('heading', { name: HEADLINE, level: 1 }).waitFor();
  const journal = page.getByRole('region', { name: 'Journal' }).getByRole('listitem');
  await journal.filter({ hasText: /acknowledged/ }).waitFor();
  const lines = (await journal.allInnerTexts()).join('\n');
  for (const line of [/orders/i, /e-mail/i, /Ana acknowledged/]) expect(lines).toMatch(line);
  await page.getByRole('region', { name: 'Who was reached' }).getByText('Ana', { exact: true }).waitFor();
  await takePictures(page, 'incident');
  await page.getByRole('link', { name: 'Wall' }).first().click();
  await slot()
    .getByText(/^Ana has it/)
    .waitFor();
}, 60_000);

test('when the server is gone the wall says so, and shows its numbers as old', async () => {
  expect(faults).toEqual([]);
  await demo.process.kill('SIGKILL');
  await page.getByText(/^No connection for/).waitFor({ timeout: LOST_WITHIN_MS });
  await page.getByText('Pages are still sent: they do not need this screen.').waitFor();
  for (const name of ['orders', 'payments', 'searches'])
    await tile(name)
      .getByText(/^As of \d\d:\d\d:\d\d$/)
      .waitFor();
  await pause(1000);
  await takePictures(page, 'lost');
}, 60_000);

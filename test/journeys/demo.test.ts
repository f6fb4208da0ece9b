/** The first five minutes of a newcomer, as a script would do them: one demo, from its start to its end. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IncidentView, MailItem } from '../../dashboards/live-frames.ts';
import { childrenOf, Demo, isAlive } from '../support/demo.ts';
import { eventually } from '../support/process.ts';

const READY_WITHIN_MS = 30_000;
const PAGED_WITHIN_MS = 10_000;
/** The rate has to be back for 60 s. */
const RESOLVED_AFTER_MS = 60_000;
const ENDED_WITHIN_MS = 10_000;
/** For what is looked up until it is there: this machine may have other things to do as well. */
const PATIENCE = 5;
const HOUR_MS = 3_600_000;
/** Payments follow the orders, and may be sure of it a second sooner. */
const PAGE = /^\[Sev-1\] (?:orders|payments) fell \d+% in .+ s: \d+\/s to \d+\/s$/;
const LINK = /Acknowledge: (http:\/\/\S+\/a\/\S+)/;

let demo: Demo;
let brokenAt: number;
let page: MailItem;
let acknowledged: MailItem;

beforeAll(async () => {
  demo = await Demo.start();
}, 2 * READY_WITHIN_MS);

afterAll(async () => {
  await demo?.remove();
});

async function incident(): Promise<IncidentView> {
  const incidents = await demo.incidents();
  expect(incidents).toHaveLength(1);
  return incidents[0] as IncidentView;
}

/** The one that comes after those that are there. */
async function nextMail(what: string, promisedMs: number): Promise<MailItem> {
  const { length } = await demo.mails();
  return eventually(what, PATIENCE * promisedMs, async () => (await demo.mails())[length]);
}

test('an empty folder is ready within 30 s, with a past that makes every metric normal soon after', async () => {
  expect(demo.readyAfterMs).toBeLessThan(READY_WITHIN_MS);
  const metrics = await demo.normal();
  expect(metrics.map(({ name, critical }) => [name, critical])).toEqual([
    ['orders', true],
    ['payments', true],
    ['signups', true],
    ['searches', false],
  ]);
  for (const { rate, usual } of metrics) expect((rate as number) / (usual as number)).toBeGreaterThan(0.5);
  const anHourAgo = Date.now() - HOUR_MS;
  const { counts, state } = await demo.rates('orders', anHourAgo, anHourAgo + 60_000);
  expect(counts.every((n) => n !== null && n > 0)).toBe(true);
  expect(state.every((one) => one === 'normal' || one === 'falling')).toBe(true);
}, 90_000);

test('it says that it is alive, ready and fresh, and what it counts', async () => {
  const said = async (path: string): Promise<string> => {
    const response = await fetch(demo.url + path);
    expect([path, response.status]).toEqual([path, 200]);
    return response.text();
  };
  expect(await said('/livez')).toBe('ok\n');
  expect(await said('/readyz?verbose')).toMatch(/^ready$/m);
  // History is no need: two weeks are made up in it just now.
  await expect.poll(() => said('/readyz?verbose'), { timeout: READY_WITHIN_MS }).not.toMatch(/^\[-\]/m);
  // A busy machine may be a moment late with a second just after the start.
  await expect.poll(async () => (await fetch(`${demo.url}/fresh`)).json(), { timeout: READY_WITHIN_MS }).toMatchObject({ fresh: true });
  expect(await said('/metrics')).toMatch(/^plummet_\w+(\{.*\})? \d/m);
}, 60_000);

test('a deploy that stops the shop for a second sends no mail', async () => {
  const at = await demo.press('deploy-blip');
  await demo.decidedTo(at + PAGED_WITHIN_MS, 2 * PAGED_WITHIN_MS + READY_WITHIN_MS);
  expect(await demo.incidents()).toEqual([]);
  expect(await demo.mails()).toEqual([]);
}, 60_000);

test('a broken checkout is one mail within 10 s that says what fell, from what to what and how fast', async () => {
  brokenAt = await demo.press('break-checkout');
  page = await nextMail('the page', PAGED_WITHIN_MS);
  expect(page.subject).toMatch(PAGE);
  expect(page.to).toMatch(/^ana/);
  // The threshold of its YAML, beside what it fell.
  expect(page.text).toMatch(/^How steep .+ of usual per second \(pages at −3\)$/m);
  const { openedAt, is, severity, metrics } = await incident();
  expect({ is, severity, first: metrics[0]?.name }).toEqual({ is: 'open', severity: 1, first: /orders|payments/.exec(page.subject)?.[0] });
  expect(openedAt).toBeGreaterThan(brokenAt);
  expect(openedAt - brokenAt).toBeLessThanOrEqual(PAGED_WITHIN_MS);
  await demo.decidedTo(brokenAt + 2 * PAGED_WITHIN_MS, PATIENCE * PAGED_WITHIN_MS);
  // One page for both.
  expect((await incident()).metrics.map(({ name }) => name).sort()).toEqual(['orders', 'payments']);
  expect(await demo.mails()).toEqual([page]);
}, 110_000);

test('opening the link of the mail changes nothing, the button behind it acknowledges', async () => {
  const link = LINK.exec(page.text)?.[1] as string;
  expect(page.html).toContain(`href="${link}"`);
  const looked = await fetch(link);
  expect(looked.status).toBe(200);
  expect(await looked.text()).toMatch(/<form method="post"><button>Acknowledge<\/button>/);
  expect(await incident()).toMatchObject({ is: 'open', acknowledgedBy: null });
  const pressed = await fetch(link, { method: 'POST' });
  expect(pressed.status).toBe(200);
  expect(await pressed.text()).toMatch(/You have it/);
  expect(await incident()).toMatchObject({ is: 'acknowledged', acknowledgedBy: 'ana' });
  acknowledged = await nextMail('the word that somebody has it', PAGED_WITHIN_MS);
  expect(acknowledged.text).toMatch(/^Acknowledged by Ana/);
}, 60_000);

test('a mended shop is resolved after a minute, with one more mail in the thread', async () => {
  const mendedAt = await demo.press('mend');
  const resolved = await nextMail('the resolution', RESOLVED_AFTER_MS);
  expect(resolved.text).toMatch(/^Resolved after /);
  expect([acknowledged, resolved].map(({ subject }) => subject)).toEqual([`Re: ${page.subject}`, `Re: ${page.subject}`]);
  const { is, resolvedAt, missing } = await incident();
  expect(is).toBe('resolved');
  expect((resolvedAt as number) - mendedAt).toBeGreaterThanOrEqual(RESOLVED_AFTER_MS);
  expect((resolvedAt as number) - mendedAt).toBeLessThan(RESOLVED_AFTER_MS + 3 * PAGED_WITHIN_MS);
  expect(missing).toBeGreaterThan(0);
  await demo.normal();
  // Everything it ever sent.
  expect(await demo.mails()).toEqual([page, acknowledged, resolved]);
}, 400_000);

test('SIGTERM ends it with 0 within 10 s and leaves no shop behind', async () => {
  const { pid } = demo.process;
  const shop = childrenOf(pid);
  if (process.platform === 'linux') expect(shop).not.toEqual([]);
  const before = performance.now();
  const { code, stderr } = await demo.process.kill('SIGTERM');
  expect(performance.now() - before).toBeLessThan(ENDED_WITHIN_MS);
  expect(code).toBe(0);
  // What the mails said, on the terminal too, and no complaint.
  expect(stderr.trim().split('\n'), stderr).toHaveLength(3);
  expect([pid, ...shop].filter(isAlive)).toEqual([]);
}, 30_000);

/** What the demo's screen says to try, tried; a cut network; and the outage of the weeks that it brings along, over a restart. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IncidentView, MailItem, MetricNow, RatesAnswer } from '../../dashboards/live-frames.ts';
import { eventually, PlummetProcess, plummet, temporaryFolder } from '../support/process.ts';

const READY_WITHIN_MS = 60_000;
/** Of the promised 3 s. */
const BLIND_WITHIN_MS = 15_000;
const PAGED_WITHIN_MS = 50_000;
const COLUMNS = 80;
const ESCAPE = String.fromCharCode(27);
/** The slow ones: a sale lasts 90 s, a slide 180 s. */
const isNight = process.env.PLUMMET_NIGHTLY !== undefined;

const folder = temporaryFolder();
let demo: PlummetProcess;
let screen: string;
let url: string;

async function start(env: Record<string, string> = {}): Promise<void> {
  demo = new PlummetProcess(['demo', '--port', '0', '--data', folder.path, '--no-open'], env);
  screen = await eventually('the screen', READY_WITHIN_MS, async () => demo.stdout.includes('Ctrl-C') && demo.stdout);
  url = /dashboards +(http:\S+)/.exec(screen)?.[1] as string;
}

beforeAll(() => start(), READY_WITHIN_MS);

afterAll(async () => {
  await demo?.kill('SIGKILL');
  folder.remove();
});

async function get<T>(path: string): Promise<T> {
  return (await (await fetch(url + path)).json()) as T;
}

const mails = (): Promise<MailItem[]> => get('/api/demo/mailbox');
const metrics = (): Promise<MetricNow[]> => get('/api/metrics');
const press = (button: string): Promise<Response> => fetch(`${url}/api/demo/${button}`, { method: 'POST' });
const allAre = (state: string) => async (): Promise<boolean> => (await metrics()).every((metric) => metric.state === state);

async function orders(from: number, to: number): Promise<(number | null)[]> {
  const moment = (ms: number): string => new Date(ms).toISOString();
  return (await get<RatesAnswer>(`/api/metrics/orders/rates?from=${moment(from)}&to=${moment(to)}&step=1s`)).counts as (number | null)[];
}

test('the screen is calm: 80 columns, no colour where it is no terminal, every metric with how it is', async () => {
  expect(screen).not.toContain(ESCAPE);
  expect(screen.split('\n').filter((line) => line.length > COLUMNS && !line.includes(folder.path))).toEqual([]);
  expect(screen).toMatch(/^Plummet \S+ is watching 4 metrics, 3 of them page\. +ready in \d+\.\d s$/m);
  for (const name of ['orders', 'payments', 'signups']) {
    expect(screen).toMatch(new RegExp(`^  ${name} +[\\d.]+/s  (✓ normal|! falling) +pages when 40% is gone within 13 s$`, 'm'));
  }
  expect(screen).toMatch(/^ {2}searches +\d+\/s {2}(✓ normal|! falling) +wakes nobody when/m);
  expect(screen).toMatch(/two weeks are being rehearsed/);
});

test('every command on the screen does what stands beside it', async () => {
  const said = screen.slice(screen.indexOf('Try this'));
  const commands = [...said.matchAll(/^ +npx plummet (.+)$/gm)].map(([, words]) => (words as string).trim().split(' '));
  expect(commands.map(([name]) => name)).toEqual(['send', 'check']);
  for (const words of commands) expect(await plummet(words)).toMatchObject({ code: 0 });
  const [, method, address] = /curl -X (\w+) (\S+)/.exec(said) ?? [];
  expect([method, address]).toEqual(['POST', `${url}/api/demo/cut`]);
  expect((await fetch(url)).status).toBe(200);
  const yaml = said.split('\n').find((line) => line.trim().endsWith('plummet.yaml')) as string;
  expect(existsSync(yaml.trim())).toBe(true);
}, 60_000);

test('a cut network makes every metric blind and pages nobody, and no second is missing once it is mended', async () => {
  // Rehearsed seconds are normal, too: the shop has to have been open for one of its own.
  const openAt = Date.now() / 1000 + 1;
  await eventually('normal metrics', READY_WITHIN_MS, async () =>
    (await metrics()).every(({ state, second }) => state === 'normal' && (second ?? 0) > openAt),
  );
  const cutAt = Date.now();
  expect((await press('cut')).status).toBe(200);
  await eventually('blind metrics', BLIND_WITHIN_MS, allAre('blind'));
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  const mendedAt = Date.now();
  await press('mend');
  await eventually('normal metrics', BLIND_WITHIN_MS, allAre('normal'));
  const counts = await eventually('whole seconds', BLIND_WITHIN_MS, async () => {
    const found = await orders(cutAt, mendedAt + 3000);
    return found.every((n) => n !== null) && found;
  });
  expect(Math.min(...(counts as number[]))).toBeGreaterThan(5);
  expect(await get<IncidentView[]>(`/api/incidents?from=${new Date(cutAt).toISOString()}`)).toEqual([]);
  expect(await mails()).toEqual([]);
}, 90_000);

test('the outage of last week is an incident that is over, and is told again neither now nor after a restart that was no end', async () => {
  const past = async (): Promise<IncidentView[]> => get('/api/incidents');
  const [incident, ...others] = await past();
  expect(others).toEqual([]);
  expect(incident).toMatchObject({ is: 'resolved', acknowledgedBy: 'ana', metrics: [{ name: 'orders' }, { name: 'payments' }] });
  await demo.kill('SIGKILL');
  await start({ LC_ALL: 'C' });
  // No letter beyond ASCII where the locale has none.
  expect(screen).toMatch(/^ {2}ok gateway/m);
  await eventually('normal metrics', READY_WITHIN_MS, allAre('normal'));
  expect(await past()).toEqual([incident]);
  expect(await mails()).toEqual([]);
}, 120_000);

test('losing 60% of the payments pages, and orders go on', async () => {
  await press('lose-payments');
  const [mail] = await eventually('the page', PAGED_WITHIN_MS, async () => {
    const found = await mails();
    return found.length > 0 && found;
  });
  expect(mail?.subject).toMatch(/^\[Sev-1\] payments fell \d\d% in .+ s: [\d.]+\/s to [\d.]+\/s$/);
  expect((await metrics()).find(({ name }) => name === 'orders')?.state).not.toBe('dropped');
  expect(demo.stderr).toContain('payments fell');
}, 60_000);

if (isNight)
  test('what passes, or comes slowly, pages nobody: a flash sale and its end, a slide of three minutes', async () => {
    await press('mend');
    await eventually('normal metrics', 5 * READY_WITHIN_MS, allAre('normal'));
    // What was mended is told as resolved meanwhile.
    const pages = async (): Promise<string[]> => (await mails()).map(({ subject }) => subject).filter((subject) => !/^Re: /.test(subject));
    const before = await pages();
    for (const [button, seconds] of [
      ['flash-sale', 120],
      ['slow-slide', 210],
    ] as const) {
      await press(button);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      expect(await pages()).toEqual(before);
    }
  }, 900_000);

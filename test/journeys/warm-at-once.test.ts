import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { eventsTable, foreignRow } from '../../platform/store/events.ts';
import { secondsOf } from '../../platform/store/past.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, plummet, temporaryFolder } from '../support/process.ts';
import { RawProducer } from '../support/raw-producer.ts';
import { answering, testStore } from '../support/stores.ts';

const EVENT = 'user.registered';
const RATE = 10;
/** More than an hour, which warming takes. */
const PAST_SECONDS = 4200;
/** A new metric is warm 12 s after it was named; five times that. */
const WARM_MS = 60_000;
/** At a start the store has to come up and take its history first: for that no time is promised. */
const STARTED_MS = 150_000;
const FOUND_MS = 60_000;

const folder = temporaryFolder();
const data = join(folder.path, 'data');
const PRO = { name: 'pro', event: EVENT, where: { plan: ['pro'] } };
const ALL = `
metrics:
  signups: { event: ${EVENT}, kind: write, critical: true }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "smtp://127.0.0.1:9", from: plummet@shop.example }
`;
const WITH_PRO = ALL.replace('people:', `  pro: { event: ${EVENT}, kind: write, where: { plan: pro } }\npeople:`);
let running: PlummetProcess | undefined;
afterAll(async () => {
  await running?.kill('SIGKILL');
  folder.remove();
});

const plan = (random: () => number) => ({ plan: random() < 0.5 ? 'pro' : 'free' });

/** Events that were archived before anybody watched them. */
async function archive(random: () => number): Promise<void> {
  const store = await answering(testStore({ folder: join(data, 'store') }));
  const end = Date.now();
  const rows = Array.from({ length: PAST_SECONDS * RATE }, (_, i) => {
    const time = Math.round(end - PAST_SECONDS * 1000 + (i + random()) * (1000 / RATE));
    return foreignRow({ type: EVENT, time, source: 'shop', id: `${i}`, data: plan(random) }, 0, {
      partition: 0,
      offset: i,
      appendedAt: time,
    });
  });
  await store.insert(eventsTable, rows);
  await store.close();
}

async function stateOf(url: string, name: string): Promise<string | undefined> {
  const answer = await (await fetch(`${url}/api/metrics`)).json();
  return (answer as { name: string; state: string }[]).find((metric) => metric.name === name)?.state;
}

interface Fall {
  readonly at: number;
  readonly drop: number;
  readonly steepness: number;
  readonly derivative: number;
}

/** The incident's own numbers of one metric, once there is one. */
async function fallOf(url: string, name: string): Promise<{ id: string; fall: Fall } | undefined> {
  const incidents = (await (await fetch(`${url}/api/incidents`)).json()) as { id: string; metrics: { name: string; fall: Fall }[] }[];
  return incidents.flatMap(({ id, metrics }) => metrics.filter((one) => one.name === name).map(({ fall }) => ({ id, fall })))[0];
}

interface Told {
  readonly pages: boolean;
  readonly verdict: string;
  readonly fall: Fall | null;
  readonly incident: string | null;
  readonly decided: { readonly state: string } | null;
  readonly source: string;
}

/** Two seconds as the API, and as the command line explains them. */
type Ask = (second: number) => Promise<Told>;

const byApi =
  (url: string): Ask =>
  async (second) =>
    (await (await fetch(`${url}/api/metrics/signups/explain?at=${second}`)).json()) as Told;

const byCommand =
  (...flags: string[]): Ask =>
  async (second) => {
    const place = ['--config', join(folder.path, 'plummet.yaml'), '--data', data];
    const { stdout, stderr } = await plummet(['explain', 'signups', String(second), ...place, ...flags, '--json']);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Told;
  };

/** What was decided live is what is explained, with the incident's own numbers; and why the second before did not page. */
async function explains(ask: Ask, { id, fall }: { id: string; fall: Fall }): Promise<void> {
  const [page, before] = [await ask(fall.at), await ask(fall.at - 1)];
  expect(page).toMatchObject({ pages: true, incident: id, decided: { state: 'dropped' } });
  expect(page.verdict).toMatch(/^Pages: \d+% below usual, /);
  for (const number of ['drop', 'steepness', 'derivative'] as const) expect(page.fall?.[number]).toBeCloseTo(fall[number], 2);
  expect(before).toMatchObject({ pages: false, fall: null });
  expect(before.verdict).toMatch(/^Does not page: it (has lasted 3\u00a0s so far, 4\u00a0s are asked|is not sure: .* asked)\.$/);
}

test('a metric on archived events is warm within seconds, at a start and while it runs, and finds the next outage', async () => {
  const random = prng(12);
  mkdirSync(data, { recursive: true });
  await archive(random);
  const { child, url } = await PlummetProcess.start(folder.path, ALL);
  running = child;
  const producer = new RawProducer({ url, name: 'shop', random, rates: { [EVENT]: RATE }, dataOf: () => plan(random) });
  const is = (name: string, state: string) => async () => (await stateOf(url, name)) === state;
  await eventually('signups that are warm', STARTED_MS, is('signups', 'normal'));
  writeFileSync(join(folder.path, 'plummet.yaml'), WITH_PRO);
  await eventually('a filter that is warm', WARM_MS, is('pro', 'normal'));
  await producer.kill();
  await eventually('its outage', FOUND_MS, is('pro', 'dropped'));
  const incident = await eventually('an incident', FOUND_MS, () => fallOf(url, 'signups'));
  await explains(byApi(url), incident);
  await explains(byCommand('--url', url), incident);
  await child.kill('SIGKILL');
  await explains(byCommand(), incident);
  const store = await answering(testStore({ folder: join(data, 'store') }));
  const now = Math.floor(Date.now() / 1000);
  const { seconds, counts } = await secondsOf(store, PRO, { from: now - 2 * PAST_SECONDS, to: now });
  expect(seconds.length).toBeGreaterThan(PAST_SECONDS - 60);
  const mean = counts.slice(0, 4000).reduce((sum, n) => sum + n, 0) / 4000;
  expect(mean).toBeCloseTo(RATE / 2, 0);
  await store.close();
}, 360_000);

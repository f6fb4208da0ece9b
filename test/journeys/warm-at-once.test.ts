import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { eventsTable, foreignRow } from '../../platform/store/events.ts';
import { secondsOf } from '../../platform/store/past.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { RawProducer } from '../support/raw-producer.ts';
import { answering, testStore } from '../support/stores.ts';

const EVENT = 'user.registered';
const RATE = 10;
/** More than an hour, which warming takes. */
const PAST_SECONDS = 4200;
/** A new metric is warm 12 s after it was named; five times that. */
const WARM_MS = 60_000;
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

test('a metric on archived events is warm within seconds, at a start and while it runs, and finds the next outage', async () => {
  const random = prng(12);
  mkdirSync(data, { recursive: true });
  await archive(random);
  const { child, url } = await PlummetProcess.start(folder.path, ALL);
  running = child;
  const producer = new RawProducer({ url, name: 'shop', random, rates: { [EVENT]: RATE }, dataOf: () => plan(random) });
  const is = (name: string, state: string) => async () => (await stateOf(url, name)) === state;
  await eventually('signups that are warm', WARM_MS, is('signups', 'normal'));
  writeFileSync(join(folder.path, 'plummet.yaml'), WITH_PRO);
  await eventually('a filter that is warm', WARM_MS, is('pro', 'normal'));
  await producer.kill();
  await eventually('its outage', FOUND_MS, is('pro', 'dropped'));
  await child.kill();
  const store = await answering(testStore({ folder: join(data, 'store') }));
  const now = Math.floor(Date.now() / 1000);
  const { seconds, counts } = await secondsOf(store, PRO, { from: now - 2 * PAST_SECONDS, to: now });
  expect(seconds.length).toBeGreaterThan(PAST_SECONDS - 60);
  const mean = counts.slice(0, 4000).reduce((sum, n) => sum + n, 0) / 4000;
  expect(mean).toBeCloseTo(RATE / 2, 0);
  await store.close();
}, 240_000);

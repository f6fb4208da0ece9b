import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { problemOf } from '../../app/cli/check-segments.ts';
import type { MetricNow, RatesAnswer } from '../../dashboards/live-frames.ts';
import { type CountedMetric, seriesOf } from '../../detectors/counting/metric.ts';
import { poisson } from '../../examples/shop/traffic.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { closingRows, countRows, ratesTable } from '../../platform/store/rates.ts';
import type { CountRow } from '../../platform/topics/counts.ts';
import { Mailbox } from '../support/mailbox.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { RawProducer } from '../support/raw-producer.ts';
import { answering, testStore } from '../support/stores.ts';

const EVENT = 'order.placed';
const ORDERS: CountedMetric = { name: 'orders', event: EVENT };
/** Orders a second. */
const RATES: Readonly<Record<string, number>> = { de: 30, at: 12, nl: 6 };
const ALL = Object.values(RATES).reduce((sum, rate) => sum + rate, 0);
/** More than an hour, which warming takes. */
const PAST_SECONDS = 4200;
/** Known some 12 s after a start; five times that. */
const WARM_MS = 60_000;
/** 6/s are found in some 6 s; five times that, and what a page takes. */
const PAGE_MS = 40_000;

const folder = temporaryFolder();
const data = join(folder.path, 'data');
let running: PlummetProcess | undefined;
let mailbox: Mailbox | undefined;
afterAll(async () => {
  await running?.kill('SIGKILL');
  await mailbox?.close();
  folder.remove();
});

/** As a Plummet before this one had recorded it. */
async function history(random: () => number): Promise<void> {
  const store = await answering(testStore({ folder: join(data, 'store') }));
  const end = Math.floor(Date.now() / 1000);
  const whole = seriesOf(ORDERS);
  let text = '';
  for (let second = end - PAST_SECONDS; second < end; second++) {
    const rows = Object.entries(RATES).map(([segment, rate]): CountRow => {
      return [seriesOf({ ...ORDERS, segment }), second, poisson(rate, random), 0, 0];
    });
    const n = rows.reduce((sum, row) => sum + row[2], 0);
    text += countRows({ partition: 0, block: 0, to: 1, progress: 0, waits: [], rows: [[whole, second, n, 0, 0], ...rows] });
    const said = { series: whole, state: 'normal' as const, n, rate: n, usual: n, derivative: 0, steepness: 0, drop: 0 };
    text += closingRows(second, [said], 1);
  }
  await store.insert(ratesTable, [text]);
  await store.close();
}

test('exactly four times as many values as are watched are not too many', () => {
  const { config } = loadConfig(`metrics:\n  orders: { event: ${EVENT}, kind: write, by: country }\n`, { file: 'plummet.yaml', env: {} });
  const [orders] = config?.metrics ?? [];
  expect(problemOf(orders!, { events: 1e6, values: 200 })).toBeNull();
  expect(problemOf(orders!, { events: 1e6, values: 201 })?.warning).toBe(true);
  expect(problemOf(orders!, { events: 1e6, values: 60_000 })?.warning).toBeUndefined();
});

/** Mostly waiting, a minute of it: for the night. */
const isNight = process.env.PLUMMET_NIGHTLY !== undefined;

if (isNight)
  test('a country that stops is found by what it did before, the page names it, and its history is told', async () => {
    const random = prng(5);
    mkdirSync(data, { recursive: true });
    await history(random);
    mailbox = await Mailbox.open();
    const yaml = `
metrics:
  orders: { event: ${EVENT}, kind: write, critical: true, by: country }
people: { ana: { email: ana@shop.example } }
mail: { smtp: "smtp://127.0.0.1:${mailbox.port}", from: plummet@shop.example }
`;
    const { child, url } = await PlummetProcess.start(folder.path, yaml);
    running = child;
    const rates = { [EVENT]: ALL };
    let closed = 0;
    const country = (): string => {
      const at = random() * (ALL - closed);
      if (at < 30) return 'de';
      return at < 42 ? 'at' : 'nl';
    };
    const shop = new RawProducer({ url, name: 'shop', random, rates, dataOf: () => ({ country: country() }) });
    const orders = async (): Promise<MetricNow | undefined> => ((await (await fetch(`${url}/api/metrics`)).json()) as MetricNow[])[0];
    await eventually('countries that are warm', 2 * WARM_MS, async () => {
      const { segments } = (await orders()) ?? {};
      return segments?.length === 3 && segments.every(({ state }) => state === 'normal' || state === 'falling');
    });
    closed = RATES.nl as number;
    rates[EVENT] = ALL - closed;
    const began = Date.now();
    const letter = await eventually('the page', PAGE_MS, async () => mailbox?.caught[0]);
    expect(letter?.mail.subject).toMatch(/^\[Sev-1\] orders \(country nl\) fell 100% in \d+ s: \d(\.\d)?\/s to 0\/s$/);
    expect(letter?.mail.text).toMatch(/^Where +only country nl$/m);
    expect(letter?.mail.html).toContain('only country nl');
    expect(await orders()).toMatchObject({ state: 'dropped' });
    const range = (segment: string): string => `from=${new Date(began - 20_000).toISOString()}&step=1s&segment=${segment}`;
    const told = await eventually('its history', PAGE_MS, async () => {
      const answer = (await (await fetch(`${url}/api/metrics/orders/rates?${range('nl')}`)).json()) as RatesAnswer;
      return answer.counts.filter((n) => n === 0).length >= 4 && answer;
    });
    expect(told.counts.slice(0, 15).some((n) => n !== null && n > 0)).toBe(true);
    const other = (await (await fetch(`${url}/api/metrics/orders/rates?${range('nowhere')}`)).json()) as RatesAnswer;
    expect(other.counts.every((n) => n === null)).toBe(true);
    await shop.kill();
  }, 240_000);

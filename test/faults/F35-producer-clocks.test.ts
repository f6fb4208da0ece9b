import { setTimeout as pause } from 'node:timers/promises';
import { BATCH_CONTENT_TYPE, encodeBatch } from '@plummet/sdk/batch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MetricNow } from '../../dashboards/live-frames.ts';
import { Books } from '../support/books.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { post, RawProducer } from '../support/raw-producer.ts';

const HOUR_MS = 3_600_000;
const CLOCKS: Record<string, number> = {
  right: 0,
  'five-minutes-ahead': HOUR_MS / 12,
  'five-minutes-behind': -HOUR_MS / 12,
  'a-day-ahead': 24 * HOUR_MS,
  'a-day-behind': -24 * HOUR_MS,
};
const NAMES = Object.keys(CLOCKS);
/** So that what a batch is under way moves no event into another second. */
const MILLIS = [350, 650] as const;
const PUBLISHING_MS = 6000;

const YAML = `
metrics:
${NAMES.map((name) => `  ${name}: { event: order.${name}, kind: write }`).join('\n')}
store: none
`;

const folder = temporaryFolder();
const books = new Books();
let child: PlummetProcess;
let url = '';
const producers: RawProducer[] = [];
let first = 0;
let last = 0;
beforeAll(async () => {
  const random = prng(35);
  ({ child, url } = await PlummetProcess.start(folder.path, YAML));
  const everyone = NAMES.map((name) => ({ name, rates: { [`order.${name}`]: 0 }, clockAheadMs: CLOCKS[name] as number }));
  for (const { name, rates, clockAheadMs } of everyone) {
    const tell = (what: 'sent' | 'acknowledged', events: readonly { at: number }[]): void => {
      for (const { at } of what === 'sent' ? events : []) books.enter(name, Math.floor((at - clockAheadMs) / 1000), { n: 1, sum: 0 });
    };
    producers.push(new RawProducer({ url, name, random, rates, clockAheadMs, millis: MILLIS, tell }));
  }
  // Heartbeats first: by them their clocks are known.
  await pause(2500);
  for (const { rates, name } of everyone) rates[`order.${name}`] = 200;
  await pause(PUBLISHING_MS);
  await Promise.all(producers.map((producer) => producer.close()));
  first = books.seconds()[0] as number;
  last = books.seconds().at(-1) as number;
  await eventually('the last second', 15_000, async () => (await rates('right')).state.at(-1) !== null);
});
afterAll(async () => {
  await Promise.all(producers.map((producer) => producer.kill()));
  await child?.kill();
  folder.remove();
});

async function rates(name: string): Promise<{ counts: (number | null)[]; state: (string | null)[] }> {
  const [from, to] = [first, last + 1].map((second) => new Date(second * 1000).toISOString());
  const answer = await fetch(`${url}/api/metrics/${name}/rates?from=${from}&to=${to}&step=1s`);
  return (await answer.json()) as { counts: (number | null)[]; state: (string | null)[] };
}

const metricsText = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();

test.each(NAMES)('a producer whose clock is %s is counted into the seconds that truly were', async (name) => {
  const published = Array.from({ length: last - first + 1 }, (_, i) => books.of(name, first + i).n);
  const { counts, state } = await rates(name);
  expect(counts).toEqual(published);
  // A wrong clock neither holds the seconds up nor makes them blind.
  expect(state.filter((one) => one !== 'warming')).toEqual([]);
  expect(published.reduce((sum, n) => sum + n)).toBeGreaterThan(100);
});

test('the four wrong clocks are flagged, each once, and the largest is told', async () => {
  const text = await metricsText();
  expect(text).toMatch(/^plummet_clock_skew_flagged_total 4$/m);
  expect(child.stderr).toMatch(/clock is far off/);
  expect(producers.flatMap(({ refusals }) => refusals)).toEqual([]);
});

const now = Date.now();
const year9999 = Date.UTC(9999, 11, 31);
const head = { producer: 'broken#0123456789abcdef', seq: 0, published: 0, sent: now, until: now, t0: now, lost: {}, tally: {}, events: [] };
const plain = (time: unknown): [string, string] => [JSON.stringify({ type: 'order.right', time }), 'application/json'];
const cloud = (time: string): [string, string] => {
  return [JSON.stringify({ specversion: '1.0', id: '1', source: 'x', type: 'order.right', time }), 'application/cloudevents+json'];
};
const batch = (text: string): [string, string] => [text, BATCH_CONTENT_TYPE];

test.each<[string, RegExp, [string, string]]>([
  ['a batch that begins in the year 9999', /t0/, batch(encodeBatch({ ...head, t0: year9999 }))],
  ['a batch sent in the year 9999', /sent/, batch(encodeBatch({ ...head, sent: year9999 }))],
  ['a batch sent before 1970', /sent/, batch(encodeBatch({ ...head, sent: -1 }))],
  ['a batch that was until NaN', /JSON/, batch(encodeBatch(head).replace(`"until":${now}`, '"until":NaN'))],
  ['a batch whose t0 is no number', /t0/, batch(encodeBatch({ ...head, t0: Number.NaN }))],
  ['an event of the year 9999', /time/, plain(year9999)],
  ['an event of the year NaN', /time/, plain('NaN')],
  ['a CloudEvent of the year 9999', /time/, cloud('9999-12-31T00:00:00Z')],
  ['a CloudEvent of no time', /time/, cloud('NaN')],
])('%s is refused, and the field is named', async (_what, told, [body, type]) => {
  const { status, text } = await post(url, body, { 'content-type': type });
  expect(status).toBe(400);
  expect((JSON.parse(text) as { error: { message: string } }).error.message).toMatch(told);
});

test('what was refused moved nothing: no metric has another second', async () => {
  const before = await rates('right');
  await pause(1500);
  expect(await rates('right')).toEqual(before);
  const metrics = (await (await fetch(`${url}/api/metrics`)).json()) as MetricNow[];
  expect(metrics.map(({ name }) => name)).toEqual(NAMES);
});

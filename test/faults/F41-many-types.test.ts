import { setTimeout as pause } from 'node:timers/promises';
import { BATCH_CONTENT_TYPE, type BatchEvent, encodeBatch, tallyOf } from '@plummet/sdk/batch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Books } from '../support/books.ts';
import { residentMb } from '../support/memory.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { post, RawProducer } from '../support/raw-producer.ts';

const isNight = process.env.PLUMMET_NIGHTLY !== undefined;
const TYPES = isNight ? 1_000_000 : 100_000;
/** Of one request: half of them come in plain lists, half in batches. */
const TYPES_AT_ONCE = 1000;
/**
 * What the process holds more after than before: the event log's newest records and the heap's air; 20, 70 and 90 MB were seen
 * with 100,000, a million and four million types.
 */
const GROWN_MB_MAX = isNight ? 120 : 50;

const YAML = `
metrics:
  orders: { event: order.placed, kind: write }
store: none
`;

const folder = temporaryFolder();
const books = new Books();
let child: PlummetProcess;
let url = '';
let producer: RawProducer;
const answers: number[] = [];
let before = 0;
let after = 0;
let linesBefore = 0;
beforeAll(async () => {
  ({ child, url } = await PlummetProcess.start(folder.path, YAML));
  // The second in which a Plummet first starts is decided on by nobody.
  await pause(1500);
  const tell = (what: 'sent' | 'acknowledged', events: readonly { at: number }[]): void => {
    for (const { at } of what === 'sent' ? events : []) books.enter('orders', Math.floor(at / 1000), { n: 1, sum: 0 });
  };
  producer = new RawProducer({ url, name: 'shop', random: prng(41), rates: { 'order.placed': 100 }, tell });
  await pause(3000);
  before = residentMb(child.pid);
  linesBefore = await metricLines();
  for (let request = 0; request * TYPES_AT_ONCE < TYPES; request++) answers.push(await sendTypes(request));
  await pause(3000);
  after = residentMb(child.pid);
}, 300_000);
afterAll(async () => {
  await producer?.kill();
  await child?.kill();
  folder.remove();
});

async function sendTypes(request: number): Promise<number> {
  const types = Array.from({ length: TYPES_AT_ONCE }, (_, i) => `flood.type-${request * TYPES_AT_ONCE + i}`);
  if (request % 2 === 0) {
    const list = JSON.stringify(types.map((type) => ({ type })));
    return (await post(url, list, { 'content-type': 'application/json' })).status;
  }
  const now = Date.now();
  const events = types.map((type): BatchEvent => [type, 0]);
  const seq = (request - 1) / 2;
  const head = { producer: 'flood#0123456789abcdef', seq, published: (seq + 1) * TYPES_AT_ONCE, sent: now, until: now, t0: now };
  const text = encodeBatch({ ...head, lost: {}, tally: tallyOf(now, events), events });
  return (await post(url, text, { 'content-type': BATCH_CONTENT_TYPE })).status;
}

const metricLines = async (): Promise<number> => (await (await fetch(`${url}/metrics`)).text()).split('\n').length;

test('every one of them is taken', () => {
  expect(answers.filter((status) => status !== 202)).toEqual([]);
});

test('memory and what is told to scrapers stay as they were', async () => {
  console.log(`many types: ${Math.round(before)} MB before, ${Math.round(after)} MB after`);
  expect(after - before).toBeLessThan(GROWN_MB_MAX);
  expect((await metricLines()) - linesBefore).toBeLessThan(20);
});

test('what is declared was counted exactly and decided on all the while', async () => {
  await producer.close();
  const [first, last] = [books.seconds()[0] as number, books.seconds().at(-1) as number];
  const [from, to] = [first, last + 1].map((second) => new Date(second * 1000).toISOString());
  const { counts, state } = await eventually('the last second', 15_000, async () => {
    const answer = await fetch(`${url}/api/metrics/orders/rates?from=${from}&to=${to}&step=1s`);
    const rates = (await answer.json()) as { counts: (number | null)[]; state: (string | null)[] };
    return rates.state.at(-1) !== null && rates;
  });
  expect(counts).toEqual(Array.from({ length: last - first + 1 }, (_, i) => books.of('orders', first + i).n));
  expect(state).toEqual(state.map(() => 'warming'));
  expect(producer.refusals).toEqual([]);
});

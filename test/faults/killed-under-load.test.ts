import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MetricNow } from '../../dashboards/live-frames.ts';
import { decodeCounts } from '../../platform/topics/counts.ts';
import { decodeDeadLetter } from '../../platform/topics/dead-letters.ts';
import { decodeSignals, metricOf } from '../../platform/topics/signals.ts';
import { topics } from '../../platform/topics/topic.ts';
import { merged, START_SECOND, type Total } from '../detectors/counting/records.ts';
import { Books, inEventLog, recordsOf } from '../support/books.ts';
import { teach } from '../support/learned.ts';
import { freePort } from '../support/ports.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, temporaryFolder } from '../support/process.ts';
import { type Published, post, RawProducer } from '../support/raw-producer.ts';

const KILLS = process.env.PLUMMET_NIGHTLY ? 200 : 20;
/** From the start of a process to its end: some are killed before they are ready. */
const LIFE_MS = { least: 200, most: 4000 };
/** So often a life lasts until it has judged: on a busy machine the others may all be over before. */
const JUDGED_EVERY = 4;
/** And goes on so long: of all lives together more seconds are judged than half of the kills. */
const JUDGED_MS = 3000;
/** Before so many of the restarts the event log gets a record that nobody can read. */
const POISON_EVERY = 5;
const SETTLED_WITHIN_MS = 30_000;

const YAML = `
metrics:
  orders: { event: order.placed, kind: write, critical: true }
  pro_signups: { event: user.registered, where: { plan: pro }, kind: write, critical: true }
  revenue: { event: order.placed, value: amount, kind: write }
  searches: { event: search.run, kind: read }
people: { ana: { email: ana@example.com } }
mail: { smtp: "smtp://127.0.0.1:9", from: plummet@example.com }
`;
const METRICS = ['orders', 'pro_signups', 'revenue', 'searches'];
const PRODUCERS = ['web-1', 'web-2', 'worker'];
const EACH_RATES = { 'order.placed': 150, 'user.registered': 100, 'search.run': 400 };
const SINGLES_PER_SECOND = 30;
/** Of all three producers and the client; `revenue` has no past, because its noise is not that of single events. */
const LEARNED = { orders: 3 * 150 + SINGLES_PER_SECOND, pro_signups: 3 * 50, searches: 3 * 400 };

/** What each metric counts of an event: the YAML said a second time. */
function countedBy({ type, data }: Published): [metric: string, sum: number][] {
  if (type === 'search.run') return [['searches', 0]];
  if (type === 'user.registered') return data?.plan === 'pro' ? [['pro_signups', 0]] : [];
  const amount = Number(data?.amount ?? 0);
  return [
    ['orders', 0],
    ['revenue', amount],
  ];
}

function enter(books: Books, events: readonly Published[]): void {
  for (const event of events) {
    for (const [metric, sum] of countedBy(event)) books.enter(metric, Math.floor(event.at / 1000), { n: 1, sum });
  }
}

const all = topics();
const seed = Number(process.env.PLUMMET_SEED ?? Math.floor(Math.random() * 2 ** 31));
const random = prng(seed);
const folder = temporaryFolder();
const data = join(folder.path, 'data');
const batches = { sent: new Books(), acknowledged: new Books() };
const singles = { sent: new Books(), acknowledged: new Books() };
const poisoned: string[] = [];
let port = 0;
let running: PlummetProcess;
let producers: RawProducer[] = [];
/** What the API tells at the end, and what the event log holds when the process is gone. */
const told = new Map<string, (number | null)[]>();
let first = 0;
let last = 0;
let counted: Record<string, Total> = {};

const judged = (): Promise<boolean> =>
  eventually('metrics that are judged', SETTLED_WITHIN_MS, async () => {
    const metrics = (await (await fetch(`${url()}/api/metrics`)).json()) as MetricNow[];
    return metrics.filter(({ name }) => name in LEARNED).every(({ state }) => state === 'normal');
  });
const life = (): number => LIFE_MS.least + random() * (LIFE_MS.most - LIFE_MS.least);
const url = (): string => `http://127.0.0.1:${port}`;
function started(): PlummetProcess {
  return new PlummetProcess(['start', '--config', join(folder.path, 'plummet.yaml'), '--data', data, '--port', String(port), '--json']);
}

/** CloudEvents by clients that never ask twice: what came without an answer is unknown. */
async function postSingles(ended: () => boolean): Promise<void> {
  const open = new Set<Promise<void>>();
  for (let id = 0; !ended(); id++) {
    const event: Published = { type: 'order.placed', at: Date.now(), data: { amount: 1 + Math.floor(random() * 9) } };
    const text = JSON.stringify({ specversion: '1.0', id: String(id), source: 'till', time: new Date(event.at).toISOString(), ...event });
    enter(singles.sent, [event]);
    const asked = post(url(), text, { 'content-type': 'application/cloudevents+json' }).then(({ status }) => {
      if (status === 202) enter(singles.acknowledged, [event]);
      open.delete(asked);
    });
    open.add(asked);
    await pause(1000 / SINGLES_PER_SECOND);
  }
  await Promise.all(open);
}

async function poison(): Promise<void> {
  const value = `{"producer":"nobody#${poisoned.length}","seq":`;
  const headers = { 'content-type': 'application/vnd.plummet.batch+json;v=1' };
  const [at] = await inEventLog(data, (log) => log.append(all.events, [{ key: 'nobody', value, headers }]));
  poisoned.push(`events/${at?.partition}@${at?.offset}`);
}

beforeAll(
  async () => {
    console.log(`killed under load: PLUMMET_SEED=${seed}`);
    mkdirSync(data);
    writeFileSync(join(folder.path, 'plummet.yaml'), YAML);
    await teach({ data, yaml: YAML, rates: LEARNED, random });
    port = await freePort();
    running = started();
    await running.ready();
    const dataOf = (type: string) => {
      if (type === 'search.run') return undefined;
      return type === 'order.placed' ? { amount: 1 + Math.floor(random() * 99) } : { plan: random() < 0.5 ? 'pro' : 'free' };
    };
    const tell = (what: 'sent' | 'acknowledged', events: readonly Published[]): void => enter(batches[what], events);
    producers = PRODUCERS.map((name) => new RawProducer({ url: url(), name, random, rates: { ...EACH_RATES }, dataOf, tell }));
    let isOver = false;
    const posting = postSingles(() => isOver);

    for (let kill = 1; kill <= KILLS; kill++) {
      await pause(life());
      if (kill % JUDGED_EVERY === 0) await judged().then(() => pause(JUDGED_MS));
      await running.kill('SIGKILL');
      if (kill % POISON_EVERY === 0) await poison();
      running = started();
    }
    await running.ready();
    isOver = true;
    await posting;
    await Promise.all(producers.map((producer) => producer.close()));

    first = batches.sent.seconds()[0] ?? 0;
    last = batches.sent.seconds().at(-1) ?? 0;
    await eventually('the last second', SETTLED_WITHIN_MS, async () => (await rates('searches'))?.at(-1) !== null);
    for (const metric of METRICS) told.set(metric, await rates(metric));
    expect(await running.kill('SIGTERM')).toMatchObject({ code: 0 });
    counted = await inEventLog(data, async (log) => merged((await recordsOf(log, all.counts)).map(decodeCounts)));
  },
  30_000 + KILLS * 15_000,
);
afterAll(async () => {
  await running.kill('SIGKILL');
  folder.remove();
});

async function rates(metric: string): Promise<(number | null)[]> {
  const [from, to] = [first, last + 1].map((second) => new Date(second * 1000).toISOString());
  const answer = await fetch(`${url()}/api/metrics/${metric}/rates?from=${from}&to=${to}&step=1s`);
  return ((await answer.json()) as { counts: (number | null)[] }).counts;
}

/** Every metric and second that anybody sent. */
function everySecond(): [metric: string, second: number][] {
  const seconds = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return METRICS.flatMap((metric) => seconds.map((second): [string, number] => [metric, second]));
}

test('every batch is acknowledged in the end, though the service was killed again and again', () => {
  expect(producers.flatMap(({ refusals }) => refusals)).toEqual([]);
  expect(batches.acknowledged.events).toBe(batches.sent.events);
  expect(batches.sent.events).toBeGreaterThan(KILLS * 2000);
  expect(singles.acknowledged.events).toBeGreaterThan(0);
});

test('acknowledged <= counted <= sent, for every second and metric, in events and in sums', () => {
  const wrong = everySecond().flatMap(([metric, second]) => {
    const { n, sum } = counted[`${metric} ${second - START_SECOND}`] ?? { n: 0, sum: 0 };
    const [by, sent, taken] = [batches.sent, singles.sent, singles.acknowledged].map((books) => books.of(metric, second));
    if (!by || !sent || !taken) return [];
    const isRight = by.n + taken.n <= n && n <= by.n + sent.n && by.sum + taken.sum <= sum && sum <= by.sum + sent.sum;
    return isRight ? [] : [{ metric, second, n, sum, batches: by, singles: { sent, taken } }];
  });
  expect(wrong).toEqual([]);
});

test('no event is counted into a second that nobody sent', () => {
  const seconds = new Set(everySecond().map(([metric, second]) => `${metric} ${second - START_SECOND}`));
  expect(Object.entries(counted).filter(([place, { n }]) => n > 0 && !seconds.has(place))).toEqual([]);
});

test('the API tells the same counts', () => {
  for (const metric of METRICS) {
    const said = told.get(metric) ?? [];
    const known = said.flatMap((n, i) => (n === null ? [] : [[first + i, n] as const]));
    const field = metric === 'revenue' ? 'sum' : 'n';
    const stored = known.map(([second]) => [second, counted[`${metric} ${second - START_SECOND}`]?.[field] ?? 0]);
    expect(known, metric).toEqual(stored);
    expect(known.length, `${metric}: seconds told of ${said.length}`).toBeGreaterThan(said.length / 2);
  }
});

test('what nobody can read is a dead letter once, however often it is read again', async () => {
  const letters = await inEventLog(data, (log) => recordsOf(log, all.deadLetters));
  expect(letters.map((letter) => decodeDeadLetter(letter).from).sort()).toEqual(poisoned.sort());
  expect(poisoned).toHaveLength(Math.floor(KILLS / POISON_EVERY));
});

test('our own restarts are no fall, and nobody is told of one', async () => {
  const { signals, incidents } = await inEventLog(data, async (log) => ({
    signals: (await recordsOf(log, all.signals)).map(decodeSignals),
    incidents: await recordsOf(log, all.incidents),
  }));
  const states = new Map<string, number>();
  for (const { signals: found } of signals) {
    for (const { series, state } of found)
      states.set(`${metricOf(series)} ${state}`, (states.get(`${metricOf(series)} ${state}`) ?? 0) + 1);
  }
  expect([...states.keys()].filter((name) => name.endsWith(' dropped'))).toEqual([]);
  // Detectors without a past could find nothing: these have one, and judged.
  for (const metric of Object.keys(LEARNED))
    expect(states.get(`${metric} normal`) ?? 0, JSON.stringify([...states])).toBeGreaterThan(KILLS / 2);
  expect(incidents).toEqual([]);
});

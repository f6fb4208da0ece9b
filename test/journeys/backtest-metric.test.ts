import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriesOf } from '../../detectors/counting/metric.ts';
import { Training } from '../../detectors/past/training.ts';
import { shopHistory } from '../../examples/shop/history.ts';
import type { ConfiguredMetric } from '../../platform/config/load.ts';
import { readPast } from '../../platform/store/past.ts';
import { closingRows, countRows, ratesTable } from '../../platform/store/rates.ts';
import type { Store } from '../../platform/store/store.ts';
import { decodeCounts } from '../../platform/topics/counts.ts';
import { decodeSignals, type Signal } from '../../platform/topics/signals.ts';
import { stateRecord } from '../../platform/topics/state.ts';
import { showSigmas } from '../../platform/units/numbers.ts';
import { plummet, temporaryFolder } from '../support/process.ts';
import { Shop } from '../support/shop.ts';
import { answering, testStore } from '../support/stores.ts';
import { World, YAML_WITHOUT_SEARCHES } from '../support/world.ts';

const SIZE = 0.4;
const MINUTE = 60;
const PAST_HOURS = 3;
const LINES_AT_ONCE = 20_000;

const folder = temporaryFolder();
const data = join(folder.path, 'data');
const yaml = join(folder.path, 'plummet.yaml');
let world: World;
let start: number;
let partial = 0;

async function keep(store: Store, rows: readonly string[]): Promise<void> {
  for (let at = 0; at < rows.length; at += LINES_AT_ONCE) await store.insert(ratesTable, rows.slice(at, at + LINES_AT_ONCE));
}

/** What was watched for some hours before the start, as the record step would have kept it. */
function past(metrics: readonly ConfiguredMetric[]): string[] {
  const next = shopHistory(SIZE);
  return Array.from({ length: PAST_HOURS * 3600 }, (_, i) => {
    const second = start - PAST_HOURS * 3600 + i;
    const shop = next(second);
    const signals = metrics.map((metric): Signal => {
      const n = shop[metric.event] ?? 0;
      return { series: seriesOf(metric), state: 'normal', n, rate: n, usual: n, derivative: 0, steepness: 0, drop: 0 };
    });
    return closingRows(second, signals, i);
  });
}

/** Detectors that were given this very past, as a replay is. */
async function teach(store: Store, { config, disk, topics }: World): Promise<void> {
  for (const metric of config.metrics) {
    const training = new Training(metric, await readPast(store, metric, start));
    expect(training.learn(Number.POSITIVE_INFINITY)).toBe(true);
    const saved = { series: seriesOf(metric), second: start - 1, detector: training.detector.save(), usual: [], spokeAt: null };
    await disk.append(topics.state, [stateRecord(saved)]);
  }
}

/** An hour with three outages: one begins while a partition stands still, and Plummet is killed in the middle of another. */
async function anHour({ clock, disk, topics, hosts: [host] }: World, shop: Shop): Promise<void> {
  const pass = (minutes: number): Promise<void> => clock.advance(minutes * MINUTE * 1000);
  await pass(12);
  shop.act('break-checkout');
  await pass(4);
  shop.act('mend');
  await pass(9);
  disk.hold(topics.events, 1);
  await pass(0.5);
  shop.act('break-checkout');
  await pass(1);
  disk.release(topics.events, 1);
  await pass(3);
  shop.act('mend');
  await pass(10);
  host?.kill();
  await pass(0.1);
  host?.start();
  await pass(8);
  shop.act('break-checkout');
  await pass(0.5);
  host?.kill();
  await pass(0.15);
  host?.start();
  await pass(2);
  shop.act('mend');
  await pass(10);
}

beforeAll(async () => {
  mkdirSync(data);
  writeFileSync(yaml, `${YAML_WITHOUT_SEARCHES}retention: { rates: forever }\n`);
  world = new World(3, { size: SIZE, yaml: YAML_WITHOUT_SEARCHES });
  start = Math.floor(world.clock.wall() / 1000);
  const store = await answering(testStore({ folder: join(data, 'store') }));
  await keep(store, past(world.config.metrics));
  await teach(store, world);
  world.start();
  const shop = new Shop(world, { apps: 6, searches: false });
  await anHour(world, shop);
  await world.stop();
  const { disk, topics } = world;
  const signals = disk.records(topics.signals, 0).map((record) => ({ offset: record.offset, ...decodeSignals(record) }));
  partial = signals.flatMap((one) => one.signals).filter(({ share = 1 }) => share < 1).length;
  await keep(
    store,
    signals.map(({ second, signals: found, offset }) => closingRows(second, found, offset)),
  );
  await keep(
    store,
    disk.records(topics.counts, 0).map((record) => countRows(decodeCounts(record))),
  );
  await store.close();
}, 120_000);
afterAll(() => folder.remove());

const backtest = (...args: string[]) => plummet(['backtest', '--config', yaml, '--data', data, ...args]);

interface Told {
  readonly from: number;
  readonly at: number;
  readonly resolvedAt: number | null;
}

/** The falls of a metric as the journal has them. */
function journalled(name: string): Told[] {
  const lines = world.journal();
  return lines.flatMap((line) => {
    if ((line.kind !== 'opened' && line.kind !== 'joined') || line.fell.metric !== name) return [];
    const back = lines.find((later) => later.kind === 'recovered' && later.incident === line.incident && later.series === line.fell.series);
    return [{ from: line.fell.from, at: line.fell.at, resolvedAt: back?.kind === 'recovered' ? back.second : null }];
  });
}

test('an hour that was watched live and is played again gives the same pages, in the same seconds', async () => {
  const to = Math.floor(world.clock.wall() / 1000);
  expect(partial).toBeGreaterThan(60);
  for (const name of ['orders', 'payments']) {
    const { code, stdout, stderr } = await backtest('--metric', name, '--from', String(start), '--to', String(to), '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const pages = (JSON.parse(stdout) as { pages: Told[] }).pages.map(({ from, at, resolvedAt }) => ({ from, at, resolvedAt }));
    expect(pages).toEqual(journalled(name));
    expect(pages).toHaveLength(3);
  }
}, 60_000);

test('what cannot be played is told with what to do', async () => {
  const told = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await backtest(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    return stderr;
  };
  expect(await told('--metric', 'order')).toMatch(/no metric "order"[\s\S]*Did you mean orders\?/);
  expect(await told('--metric', 'orders', '--from', '1763733600', '--to', '1763733600')).toMatch(/is not before --to/);
  const reaches = /no second of orders from 2025-01-01[\s\S]*Its history reaches from 2025-11-21 11:00:00 to 2025-11-21 15:/;
  expect(await told('--metric', 'orders', '--from', '2025-01-01T00:00', '--to', '2025-01-02T00:00')).toMatch(reaches);
  expect(await told('--metric', 'orders', '--missing', 'zero')).toMatch(/--missing says how to read a CSV/);
  expect(await told('--metric', 'orders', '--csv', 'x.csv')).toMatch(/exclude each other/);
  expect(await told('--csv', 'x.csv', '--final')).toMatch(/--final needs --metric/);
  expect(await told()).toMatch(/nothing to play[\s\S]*--metric NAME/);
}, 60_000);

test('the final counts can be played instead, by another rule, and a page that was out already is not told as a new one', async () => {
  const [first] = journalled('orders');
  const from = String((first?.at ?? 0) + 30);
  const { stdout } = await backtest('--metric', 'orders', '--from', from, '--final', '--page-when', 'drop=90%', '--json');
  const { pages, notes, pageWhen } = JSON.parse(stdout) as { pages: Told[]; notes: string[]; pageWhen: { drop: number } };
  expect(pages.every(({ at }) => at > Number(from))).toBe(true);
  expect(pages).toHaveLength(2);
  expect(notes).toEqual([expect.stringMatching(/^a page was out before the first of these seconds, since 2025-11-21 14:12:0\d/)]);
  expect(pageWhen.drop).toBe(0.9);
}, 60_000);

interface Explained {
  readonly pages: boolean;
  readonly verdict: string;
  readonly fall: Readonly<Record<'at' | 'drop' | 'steepness' | 'derivative', number>> | null;
  readonly decided: { readonly state: string; readonly steepness: number } | null;
  readonly source: string;
}

test('the second of a page and the one before are explained as they were decided live, after everything has ended', async () => {
  const explain = async (second: number): Promise<Explained> => {
    const { code, stdout, stderr } = await plummet(['explain', 'orders', String(second), '--config', yaml, '--data', data, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Explained;
  };
  const [opened] = world.journal().filter((line) => line.kind === 'opened');
  if (opened?.kind !== 'opened') throw new Error('there was no incident');
  const { at, drop, steepness, derivative } = opened.fell;
  const page = await explain(at);
  expect(page).toMatchObject({ pages: true, source: 'store', decided: { state: 'dropped' } });
  for (const [name, number] of Object.entries({ at, drop, steepness, derivative })) {
    expect(page.fall?.[name as keyof typeof page.fall]).toBeCloseTo(number, 2);
  }
  const told = await plummet(['explain', 'orders', String(at), '--config', yaml, '--data', data]);
  const live = `Decided live: dropped, ${showSigmas(steepness)} and`;
  expect(told.stdout).toMatch(new RegExp(`\\n! Pages: .*\\n {2}${live} −\\d+.%/s\\.\\n {2}Answered by the store\\.\\n$`));
  const before = await explain(at - 1);
  expect(before.verdict).toBe('Does not page: it has lasted 3\u00a0s so far, 4\u00a0s are asked.');
  expect(before.decided?.state).toBe('falling');
}, 60_000);

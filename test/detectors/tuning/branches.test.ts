import { expect, test } from 'vitest';
import { type Page, Replay } from '../../../detectors/backtest/replay.ts';
import type { JudgedMetric } from '../../../detectors/compound/detector-of.ts';
import { type PageWhen, pageWhenOf } from '../../../detectors/steep-drop/page-when.ts';
import { Branches } from '../../../detectors/tuning/branches.ts';
import { type History, Recording } from '../../../detectors/tuning/history.ts';
import { Panel } from '../../../detectors/tuning/panel.ts';
import type { SentPage } from '../../../detectors/tuning/sent.ts';
import { Traffic } from '../../support/traffic.ts';
import { exponential } from '../compound/sums.ts';
import { eventful } from './eventful.ts';

const GRID: PageWhen[] = ['20%', '50%'].flatMap((drop) =>
  [-1, -6].flatMap((derivative) =>
    ['2s', '6s'].flatMap((lasting) =>
      ['24/day', '1/10 years'].map((false_pages) => pageWhenOf({ drop, derivative, false_pages, for: lasting }) as PageWhen),
    ),
  ),
);

function alone(
  { start, counts, shares, closed, expected, joints }: History,
  metric: JudgedMetric,
): { pages: readonly Page[]; judged: number } {
  const planned = {
    closed: (second: number) => closed?.[second - start] === 1,
    expected: (second: number) => expected?.[second - start] === 1,
  };
  const replay = new Replay({ ...metric, missing: 'nodata', ...planned });
  const take = (from: number, to: number): void => {
    const at = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => !Number.isNaN(counts[i]));
    const column = (value: (i: number) => number): Float64Array => Float64Array.from(at, value);
    const rows = { seconds: column((i) => start + i), counts: column((i) => counts[i] as number), lines: column(() => 0) };
    replay.take({ ...rows, shares: column((i) => shares?.[i] ?? 1), length: at.length });
  };
  let from = 0;
  for (const joint of joints) {
    take(from, joint);
    replay.beginAnew();
    from = joint;
  }
  take(from, counts.length);
  const { pages, seconds, warmingSeconds } = replay.end();
  return { pages, judged: seconds - warmingSeconds };
}

const told = ({ from, at, resolvedAt, rateBefore, rateAfter, drop, derivative, steepness, fallWindow, eventsMissing }: SentPage) => ({
  ...{ from, at, resolvedAt, rateBefore, rateAfter, drop, derivative, steepness, fallWindow, eventsMissing },
});

function demandAlike(history: History, grid: readonly PageWhen[], value?: string): { at: number }[][] {
  const branches = new Branches(history, new Panel(grid, value));
  while (!branches.isOver) branches.next();
  const { pages, judged } = branches.end();
  const all = grid.map((pageWhen) => alone(history, { pageWhen, value }));
  expect(pages.map((sent) => sent.map(told))).toEqual(all.map((one) => one.pages.map(told)));
  expect(judged).toEqual(all.map((one) => one.judged));
  return pages.map((sent) => [...sent]);
}

/** Seventeen detectors over some hours: seconds of a core, which others may have. */
const PLAYED_MS_MAX = 60_000;

const waysOf = (pages: { at: number }[][]): number => new Set(pages.map((sent) => sent.map(({ at }) => at).join())).size;

test.each([
  [1, 'poisson', { rate: 12, hours: 7 }],
  [2, 'noisy', { rate: 60, dispersion: 5, wander: { sigma: 0.15, memorySeconds: 40 }, hours: 5 }],
  [3, 'slow', { rate: 1.2, hours: 7 }],
] as const)(
  'every limit sends the pages that it sends alone, on eventful traffic of seed %i, %s',
  (seed, _, traffic) => {
    expect(waysOf(demandAlike(eventful(seed, traffic), GRID))).toBeGreaterThan(1);
  },
  PLAYED_MS_MAX,
);

test(
  'of sums, too, whose unit is learned: a derivative in amounts/s² among them',
  () => {
    const amounts = ['20%', '50%'].map((drop) => pageWhenOf({ drop, derivative: '-9 events/s2', for: '3s' }) as PageWhen);
    const history = eventful(5, { rate: 12, hours: 6, amount: exponential });
    expect(waysOf(demandAlike(history, [...GRID.filter((_, i) => i % 3 === 0), ...amounts], 'amount'))).toBeGreaterThan(1);
  },
  PLAYED_MS_MAX,
);

const FEW = GRID.filter(({ drop, withinSeconds }) => drop === 0.5 && withinSeconds > 20);

test(
  'after a long gap, when only this time of day is known, too',
  () => {
    const traffic = new Traffic(8);
    const recording = new Recording();
    for (let at = 0; at < 25.5 * 3600; at++) {
      const since = at - 25 * 3600;
      if (since < 0 || since > 700) recording.add(1_793_577_600 + at, traffic.count(since > 700 && since < 900 ? 0 : 9));
    }
    expect(waysOf(demandAlike(recording.end(), FEW))).toBeGreaterThan(1);
  },
  PLAYED_MS_MAX,
);

test(
  'in a sale that was planned, on a second day, where an outage falls in it, ends in it or outlives it, too',
  () => {
    const traffic = new Traffic(12);
    const recording = new Recording();
    const outages = [900, 3300, 5900].map((begins) => 25 * 3600 + begins);
    const left = [0.05, 0.3, 0.2];
    for (let at = 0; at < 27 * 3600; at++) {
      const sale = at >= 25 * 3600 && at < 25 * 3600 + 6300 ? 5 : 1;
      const outage = outages.findIndex((begins) => at >= begins && at < begins + 800);
      recording.add(1_793_577_600 + at, traffic.count(9 * sale * (left[outage] ?? 1)));
    }
    const planned = (second: number): boolean => second - 1_793_577_600 >= 25 * 3600 && second - 1_793_577_600 < 25 * 3600 + 6200;
    expect(waysOf(demandAlike(recording.end(undefined, planned), FEW))).toBeGreaterThan(1);
  },
  PLAYED_MS_MAX,
);

test(
  'where producers flush every ten seconds, so that no second looks recovered, too',
  () => {
    const traffic = new Traffic(4);
    const recording = new Recording();
    for (let at = 0; at < 8 * 3600; at++) {
      const isDown = at % 7200 > 6000 && at % 7200 < 6300;
      recording.add(1_793_577_600 + at, at % 10 === 0 ? traffic.count(isDown ? 20 : 400) : 0);
    }
    expect(waysOf(demandAlike(recording.end(), FEW))).toBeGreaterThan(1);
  },
  PLAYED_MS_MAX,
);

test('limits that an outage told apart are one again an hour later', () => {
  const traffic = new Traffic(5);
  const recording = new Recording();
  for (let at = 0; at < 9 * 3600; at++) recording.add(1_793_577_600 + at, traffic.count(at >= 7200 && at < 7400 ? 5 : 14));
  const history = recording.end();
  const branches = new Branches(history, new Panel(GRID));
  while (!branches.isOver) branches.next();
  const { pages, branchesMost, secondsPlayed } = branches.end();
  expect(new Set(pages.map(([page]) => page?.at)).size).toBeGreaterThan(2);
  expect(branchesMost).toBeGreaterThan(2);
  // Had they gone on by themselves, each would have played what is left of it.
  expect(secondsPlayed).toBeLessThan(2.2 * history.counts.length);
});

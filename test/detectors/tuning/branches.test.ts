import { expect, test } from 'vitest';
import { type Page, Replay } from '../../../detectors/backtest/replay.ts';
import { type PageWhen, pageWhenOf } from '../../../detectors/steep-drop/page-when.ts';
import { Branches } from '../../../detectors/tuning/branches.ts';
import { type History, Recording } from '../../../detectors/tuning/history.ts';
import { Panel } from '../../../detectors/tuning/panel.ts';
import type { SentPage } from '../../../detectors/tuning/sent.ts';
import { Traffic } from '../../support/traffic.ts';
import { eventful } from './eventful.ts';

const GRID: PageWhen[] = ['20%', '50%'].flatMap((drop) =>
  [-1, -6].flatMap((derivative) =>
    ['2s', '6s'].flatMap((lasting) =>
      ['24/day', '1/10 years'].map((false_pages) => pageWhenOf({ drop, derivative, false_pages, for: lasting }) as PageWhen),
    ),
  ),
);

function alone({ start, counts, shares, closed, joints }: History, pageWhen: PageWhen): { pages: readonly Page[]; judged: number } {
  const replay = new Replay({ pageWhen, missing: 'nodata', closed: (second) => closed?.[second - start] === 1 });
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

test.each([
  [1, 'poisson', { rate: 12, hours: 8 }],
  [2, 'noisy', { rate: 60, dispersion: 5, wander: { sigma: 0.15, memorySeconds: 40 }, hours: 6 }],
  [3, 'slow', { rate: 1.2, hours: 8 }],
] as const)('every limit sends the pages that it sends alone, on eventful traffic of seed %i, %s', (seed, _, traffic) => {
  const history = eventful(seed, traffic);
  const branches = new Branches(history, new Panel(GRID));
  while (!branches.isOver) branches.next();
  const { pages, judged } = branches.end();
  const all = GRID.map((pageWhen) => alone(history, pageWhen));
  expect(pages.map((sent) => sent.map(told))).toEqual(all.map((one) => one.pages.map(told)));
  expect(judged).toEqual(all.map((one) => one.judged));
  expect(new Set(all.map((one) => one.pages.map(({ at }) => at).join())).size).toBeGreaterThan(2);
});

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

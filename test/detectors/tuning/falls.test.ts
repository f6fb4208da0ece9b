import { expect, test } from 'vitest';
import { type PageWhen, pageWhenOf } from '../../../detectors/steep-drop/page-when.ts';
import { steepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { delaysOf, thinned } from '../../../detectors/tuning/falls.ts';
import { Recording } from '../../../detectors/tuning/history.ts';
import { Panel } from '../../../detectors/tuning/panel.ts';
import { prng } from '../../support/prng.ts';
import { Traffic } from '../../support/traffic.ts';

const GRID: PageWhen[] = ['20%', '40%', '60%'].flatMap((drop) =>
  [-1, -3, -8].flatMap((derivative) =>
    ['1s', '4s', '9s'].flatMap((lasting) =>
      ['1/day', '1/year'].map((false_pages) => pageWhenOf({ drop, derivative, false_pages, for: lasting }) as PageWhen),
    ),
  ),
);
const START = 1_793_577_600;
const AT = 5400;

function recorded(rate: number): ReturnType<Recording['end']> {
  const traffic = new Traffic(11, { dispersion: 1.5 });
  const recording = new Recording();
  for (let at = 0; at < AT + 900; at++) recording.add(START + at, traffic.count(rate));
  return recording.end();
}

test.each([
  [100, 0.5],
  [20, 0.3],
  [8, 0.8],
  [8, 1],
])('every limit sees a fall when a detector of its own does: of %i/s the share %f', (rate, lost) => {
  const history = recorded(rate);
  const before = steepDrop(GRID[0] as PageWhen);
  for (let at = 0; at < AT; at++) before.next({ second: START + at, n: history.counts[at] as number, share: 1 });
  const saved = before.save();
  const into = 0.3;
  const fallen = { moment: { at: AT, into, hour: 'quiet' as const }, saved, lost, wait: 600 };
  const delays = delaysOf(history, new Panel(GRID), fallen, prng(3));
  const random = prng(3);
  const counts = Array.from({ length: 600 }, (_, i) => thinned(history.counts[AT + i] as number, i === 0 ? lost * 0.7 : lost, random));
  const alone = GRID.map((pageWhen) => {
    const detector = steepDrop(pageWhen, saved);
    const at = counts.findIndex((n, i) => detector.next({ second: START + AT + i, n, share: 1 }).fall !== undefined);
    return at < 0 ? Number.NaN : at + 1 - into;
  });
  expect(delays).toEqual(alone);
  expect(new Set(alone).size).toBeGreaterThan(1);
});

test('a share of the events is left out by chance, and with it its share of the noise', () => {
  const random = prng(9);
  const left = Array.from({ length: 20_000 }, () => thinned(50, 0.5, random));
  const mean = left.reduce((sum, n) => sum + n, 0) / left.length;
  const variance = left.reduce((sum, n) => sum + (n - mean) ** 2, 0) / left.length;
  expect(mean).toBeCloseTo(25, 0);
  expect(variance).toBeGreaterThan(11.5);
  expect(variance).toBeLessThan(13.5);
  expect([thinned(50, 0, random), thinned(50, 1, random), thinned(0, 0.5, random)]).toEqual([50, 0, 0]);
});

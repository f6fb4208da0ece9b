import { expect, test } from 'vitest';
import { Replay } from '../../../detectors/backtest/replay.ts';
import { PAGE_WHEN_DEFAULT } from '../../../detectors/steep-drop/page-when.ts';
import { Traffic } from '../../support/traffic.ts';

const START = Date.UTC(2026, 0, 5) / 1000;
const SECONDS = 3 * 3600;

/** Two falls of five minutes, an hour apart, at 20/s. */
function pagesBy(tunings: { from: number; pageWhen: typeof PAGE_WHEN_DEFAULT }[]): number[] {
  const traffic = new Traffic(3);
  const down = (second: number): boolean => [5400, 9000].some((at) => second >= at && second < at + 300);
  const counts = Float64Array.from({ length: SECONDS }, (_, second) => traffic.count(down(second) ? 0 : 20));
  const replay = new Replay({ pageWhen: PAGE_WHEN_DEFAULT, missing: 'nodata', tunings });
  const seconds = counts.map((_, i) => START + i);
  replay.take({ seconds, counts, lines: new Float64Array(0), length: SECONDS });
  return replay.end().pages.map(({ threshold }) => threshold);
}

test('each second is played by the threshold that held in it: from the second of a raise on it is raised', () => {
  const raised = { ...PAGE_WHEN_DEFAULT, raisedSigmas: 7.2, raisedByDays: 21 };
  expect(pagesBy([])).toEqual([expect.closeTo(-5.99, 2), expect.closeTo(-5.99, 2)]);
  expect(pagesBy([{ from: START + 8000, pageWhen: raised }])).toEqual([expect.closeTo(-5.99, 2), -7.2]);
  const back = { from: START + 8500, pageWhen: PAGE_WHEN_DEFAULT };
  expect(pagesBy([{ from: START, pageWhen: raised }, back])).toEqual([-7.2, expect.closeTo(-5.99, 2)]);
});

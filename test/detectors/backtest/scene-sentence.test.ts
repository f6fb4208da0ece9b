/** Sentences like `outage at 14:00 pages within 6 s`: what is played, and what is expected. */
import { expect, test } from 'vitest';
import { madeRows } from '../../../detectors/backtest/made-series.ts';
import { parseScene, type Scene, type SentenceProblem } from '../../../detectors/backtest/scene-sentence.ts';
import { SCENES } from '../../../detectors/backtest/scenes.ts';

const TUESDAY = Date.UTC(2026, 0, 13) / 1000;

function scene(text: string, timezone = 'UTC'): Scene {
  const found = parseScene(text, timezone);
  if ('message' in found) throw new Error(`${text}: ${found.message}`);
  return found;
}

/** Share of the usual rate, at seconds from the time named; null = no data. */
function shareAt(one: Scene, after: number, at: number, seed = 1): number | null {
  for (const rows of madeRows({ series: one.seriesOf(seed), start: 0, usual: () => 1000, noise: 'none', seed: 1 })) {
    const found = rows.seconds.subarray(0, rows.length).indexOf(after + at);
    if (found >= 0) return (rows.counts[found] as number) / 1000;
  }
  return null;
}

test('an outage begins at the second named, on the wall of the time zone', () => {
  const one = scene('outage at 14:00 pages within 6 s');
  expect(one.start).toBe(TUESDAY + 14 * 3600 - 600);
  expect(one.expected).toEqual([{ after: 600, within: 6, notBefore: 0 }]);
  expect([-1, 0, 599, 600].map((at) => shareAt(one, 600, at))).toEqual([1, 0, 0, 1]);
  expect(scene('outage at 14:00 pages within 6 s', 'America/New_York').start).toBe(one.start + 5 * 3600);
});

test('what is said of a scene may come in any order', () => {
  const asked = scene('half lost on Sunday of 5 min at 03:00: none');
  expect(scene('half lost at 03:00 of 300 s on Sun: none')).toMatchObject({ start: asked.start, seconds: asked.seconds, expected: [] });
  expect(asked.start).toBe(TUESDAY + 5 * 86_400 + 3 * 3600 - 600);
  expect([299, 300].map((at) => shareAt(asked, 600, at))).toEqual([0.5, 1]);
  expect(shareAt(scene('80% lost pages within 5 s'), 600, 0)).toBeCloseTo(0.2);
  expect(shareAt(scene('all lost: none'), 600, 0)).toBe(0);
});

test('a network cut is no data, and no zero', () => {
  const one = scene('network cut of 30 s: none');
  expect([-1, 0, 29, 30].map((at) => shareAt(one, 600, at))).toEqual([1, null, null, 1]);
});

test('a dip begins anywhere within a second, and takes as long as it is said to take', () => {
  const one = scene('deploy dip of 2 s: none');
  const lost = (seed: number): number[] => [0, 1, 2].map((at) => 1 - (shareAt(one, 600, at, seed) ?? 0));
  for (const seed of [1, 2, 3]) expect(lost(seed).reduce((sum, share) => sum + share, 0)).toBeCloseTo(2, 2);
  expect(lost(1)).not.toEqual(lost(2));
});

test('a sale ends at the time named, from four times as much to once', () => {
  const one = scene('sale end at 20:00: none');
  const after = TUESDAY + 20 * 3600 - one.start;
  expect([-1, 0].map((at) => shareAt(one, after, at))).toEqual([4, 1]);
});

test('a slide reaches 30% when it is said to', () => {
  const one = scene('slow slide over 3 min: none');
  expect([0, 90, 180, 1000].map((at) => shareAt(one, 600, at))).toEqual([1, 0.65, 0.3, 0.3]);
});

test('a closing is a habit of the metric', () => {
  expect(scene('closing at night: none').open).toEqual({ from: 5 * 60, to: 23 * 60 });
  expect(scene('closing at 18:00 of 12 h: none').open).toEqual({ from: 6 * 60, to: 18 * 60 });
});

test('a page that is expected late is waited for', () => {
  expect(scene('half lost pages within 40 min').seconds).toBeGreaterThan(600 + 2400);
});

test.each(SCENES.map(({ name }) => [name]))('"%s" can be played', (name) => {
  expect(scene(`${name}: none`).seconds).toBeGreaterThan(600);
  if (name !== 'ordinary day') expect(scene(`${name} at 12:30 pages within 30 s`).expected).toHaveLength(1);
});

test.each([
  ['outtage at 14:00: none', 0, 7, 'Did you mean `outage`?'],
  ['outage at 25:00: none', 10, 5, 'Write it like'],
  ['outage at 14:00', 0, 15, 'Write it like'],
  ['outage at 14:00 pages within a moment', 29, 8, 'Write it like 6 s or 5 min.'],
  ['burst of 3 s: none', 9, 3, 'Write it like'],
  ['deploy dip of 9 h: none', 14, 3, 'Left out it is 2 s.'],
  ['steep slide over 10 s pages within 2 h', 35, 3, 'Ask for a page within'],
  ['130% lost: none', 0, 9, 'There are'],
  [': none', 0, 1, 'Write it like'],
])('"%s" is refused at its column', (text, offset, length, hint) => {
  const problem = parseScene(text, 'UTC') as SentenceProblem;
  expect(problem.hint).toContain(hint);
  expect({ offset: problem.offset, length: problem.length }).toEqual({ offset, length });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Rows } from '../../../detectors/backtest/csv.ts';
import { CsvProblem } from '../../../detectors/backtest/csv-line.ts';
import { Replay, type Replayed, type ReplayOptions, ZERO_FILL_SECONDS_MAX } from '../../../detectors/backtest/replay.ts';
import { PAGE_WHEN_DEFAULT } from '../../../detectors/steep-drop/page-when.ts';
import { steepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { Traffic } from '../../support/traffic.ts';

const START = 1_767_225_600;
const HOUR = 3600;
const RATE = 100;

type Row = readonly [second: number, n: number];

function rowsOf(list: readonly Row[]): Rows {
  return {
    seconds: Float64Array.from(list, ([second]) => second),
    counts: Float64Array.from(list, ([, n]) => n),
    lines: Float64Array.from(list, (_, i) => i + 1),
    length: list.length,
  };
}

function replay(list: readonly Row[], options: Partial<ReplayOptions> = {}): Replayed {
  const one = new Replay({ pageWhen: PAGE_WHEN_DEFAULT, missing: 'nodata', ...options });
  one.take(rowsOf(list));
  return one.end();
}

/** Seconds since START; the share of the usual rate that comes is asked for each, null leaves its row out. */
function rows(seconds: number, share: (at: number) => number | null, seed = 11): Row[] {
  const traffic = new Traffic(seed);
  return Array.from({ length: seconds }, (_, at): Row | null => {
    const here = share(at);
    return here === null ? null : [START + at, traffic.count(RATE * here)];
  }).filter((row) => row !== null);
}

const OUTAGE = 2 * HOUR;
const outage = rows(3 * HOUR, (at) => (at >= OUTAGE && at < OUTAGE + 300 ? 0 : 1));

test('the pages are those of the live detector, second by second, however the rows come in batches', () => {
  const detector = steepDrop(PAGE_WHEN_DEFAULT);
  const live = outage.flatMap(([second, n]) => {
    const { fall } = detector.next({ second, n, share: 1 });
    return fall?.at === second ? [{ ...fall }] : [];
  });
  expect(live).toHaveLength(1);
  const [{ missing: _, ...facts }] = live as [(typeof live)[0]];
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), (batch) => {
      const one = new Replay({ pageWhen: PAGE_WHEN_DEFAULT, missing: 'nodata' });
      for (let at = 0; at < outage.length; at += batch) one.take(rowsOf(outage.slice(at, at + batch)));
      expect(one.end().pages).toMatchObject([facts]);
    }),
    { numRuns: 5 },
  );
});

test('an outage is one page with what fell, when, how far, and when it was over', () => {
  const { pages, ...found } = replay(outage);
  expect(pages).toHaveLength(1);
  const [page] = pages as [(typeof pages)[0]];
  expect(page.from).toBe(START + OUTAGE);
  expect(page.at - page.from).toBeLessThan(6);
  expect(page.resolvedAt).toBeGreaterThanOrEqual(START + OUTAGE + 300 + 59);
  expect(page.resolvedAt).toBeLessThan(START + OUTAGE + 300 + 90);
  expect(page.rateBefore).toBeGreaterThan(0.9 * RATE);
  expect(page).toMatchObject({ rateAfter: 0, drop: 1, derivative: -100 });
  expect(page.steepness).toBeLessThan(page.threshold);
  expect(page.eventsMissing).toBeGreaterThan(0.95 * 300 * RATE);
  expect(page.eventsMissing).toBeLessThan(1.05 * 300 * RATE);
  expect(found).toMatchObject({ seconds: 3 * HOUR, from: START, to: START + 3 * HOUR - 1, missing: 0, stepSeconds: 1, state: 'normal' });
  expect(found.events).toBe(outage.reduce((sum, [, n]) => sum + n, 0));
  expect(found.warmingSeconds).toBe(HOUR);
});

test('a page is open while nothing has come back', () => {
  const { pages, state } = replay(rows(OUTAGE + 60, (at) => (at < OUTAGE ? 1 : 0)));
  expect(pages).toMatchObject([{ resolvedAt: null }]);
  expect(state).toBe('dropped');
});

test('a further fall while down is a page of its own, and both are over together', () => {
  const staged = rows(OUTAGE + 1800, (at) => (at < OUTAGE ? 1 : at < OUTAGE + 600 ? 0.5 : at < OUTAGE + 900 ? 0 : 1));
  const { pages } = replay(staged);
  expect(pages).toHaveLength(2);
  expect(pages[0]?.resolvedAt).not.toBeNull();
  expect(pages[1]?.resolvedAt).toBe(pages[0]?.resolvedAt);
});

test('seconds without a row are no data or true zeros, as said', () => {
  const holed = rows(OUTAGE + 600, (at) => (at >= OUTAGE && at < OUTAGE + 120 ? null : 1));
  expect(replay(holed)).toMatchObject({ pages: [], missing: 120, seconds: OUTAGE + 480, stepSeconds: 1 });
  const { pages, missing, seconds } = replay(holed, { missing: 'zero' });
  expect(pages).toMatchObject([{ from: START + OUTAGE, rateAfter: 0 }]);
  expect({ missing, seconds }).toEqual({ missing: 120, seconds: OUTAGE + 600 });
});

test('zeros fill a gap up to the limit and no second more', () => {
  const after = (gap: number): readonly Row[] => [
    [5, 1],
    [6 + gap, 1],
  ];
  expect(replay(after(ZERO_FILL_SECONDS_MAX), { missing: 'zero' }).seconds).toBe(ZERO_FILL_SECONDS_MAX + 2);
  expect(() => replay(after(ZERO_FILL_SECONDS_MAX + 1), { missing: 'zero' })).toThrow(CsvProblem);
  expect(replay(after(9e10))).toMatchObject({ seconds: 2, missing: 9e10, stepSeconds: 9e10 + 1 });
});

test('nothing pages in a planned closing', () => {
  const closed = (second: number): boolean => second >= START + OUTAGE && second < START + OUTAGE + 300;
  expect(replay(outage, { closed }).pages).toEqual([]);
});

test('the steepest second is one that did not page', () => {
  const { steepest, pages } = replay(outage);
  expect(steepest?.steepness).toBeLessThan(-2);
  const [page] = pages;
  const isOfTheFall = (page?.from ?? 0) <= (steepest?.at ?? 0) && (steepest?.at ?? 0) < (page?.at ?? 0);
  expect(isOfTheFall).toBe(true);
});

test('around each page are the ten minutes before it and the minute after, with holes where there was no data', () => {
  const hole = OUTAGE - 100;
  const list = rows(OUTAGE + 2 * HOUR, (at) => (at === hole ? null : at >= OUTAGE && at < OUTAGE + 300 ? 0 : 1));
  const pictured: [number, number, (number | null)[]][] = [];
  replay(list, { pictured: (page, { start, counts }) => pictured.push([page.at, start, counts]) });
  expect(pictured).toHaveLength(1);
  const [[at, start, counts]] = pictured as [(typeof pictured)[0]];
  const known = new Map(list);
  expect(start).toBe(at - 600);
  expect(counts).toEqual(Array.from({ length: 661 }, (_, i) => known.get(start + i) ?? null));
  expect(counts[START + hole - start]).toBeNull();
});

test('a page at the very end is pictured with what there is', () => {
  const pictured: (number | null)[][] = [];
  const { pages } = replay(
    rows(OUTAGE + 10, (at) => (at < OUTAGE ? 1 : 0)),
    { pictured: (_, { counts }) => pictured.push(counts) },
  );
  expect(pages).toHaveLength(1);
  expect(pictured[0]?.at(-1)).toBeNull();
  expect(pictured[0]?.[600]).toBe(0);
});

test('the least distance of two rows is told, whatever the last one is', () => {
  const far: readonly Row[] = [0, 60, 180, 240, 600].map((second) => [second, 1]);
  expect(replay(far)).toMatchObject({ stepSeconds: 60, missing: 596, seconds: 5 });
});

test('without a row there is nothing', () => {
  expect(replay([])).toMatchObject({ seconds: 0, from: null, to: null, missing: 0, stepSeconds: null, pages: [], steepest: null });
});

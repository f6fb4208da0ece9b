import { expect, test } from 'vitest';
import { Normals } from '../../../detectors/steep-drop/normal.ts';
import type { SteepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { Traffic } from '../../support/traffic.ts';
import { again, DAY, HOUR, MONDAY, warm } from './world.ts';

const START = 9 * DAY + 14 * HOUR;
const SALE_SECONDS = 2700;
const RATE = 100;

interface Sale {
  /** Times the usual rate, at so many seconds after the sale began. */
  readonly times: (since: number) => number;
  readonly until: number;
  readonly isPlanned: boolean;
  readonly restoredAt?: number;
}

/** @returns seconds since the sale began at which it paged, and whether it is down at the end */
function live({ times, until, isPlanned, restoredAt }: Sale): { pages: number[]; isDown: boolean; detector: SteepDrop } {
  const traffic = new Traffic(4);
  let detector = warm({ traffic, shape: () => RATE, at: START });
  const pages: number[] = [];
  let isDown = false;
  for (let since = 0; since < until; since++) {
    const expected = isPlanned && since < SALE_SECONDS - 300;
    if (since === restoredAt) detector = again(detector);
    const second = MONDAY + START + since;
    const found = detector.next({ second, n: traffic.count(RATE * times(since)), share: 1, expected });
    if (found.fall?.at === second) pages.push(since);
    isDown = found.isDown;
  }
  return { pages, isDown, detector };
}

const sale = (since: number): number => (since < SALE_SECONDS ? 5 : 1);

test('half of a planned sale lost is found as fast as outside it, and not at all where it is not planned', () => {
  const lost = (since: number): number => (since >= 1200 ? 2.5 : sale(since));
  const { pages } = live({ times: lost, until: 1300, isPlanned: true });
  expect(pages).toHaveLength(1);
  expect((pages[0] as number) - 1200).toBeLessThanOrEqual(5);
  expect(live({ times: lost, until: 1300, isPlanned: false }).pages).toEqual([]);
});

test('restored within the sale it finds the same', () => {
  const lost = (since: number): number => (since >= 1200 ? 2.5 : sale(since));
  const whole = live({ times: lost, until: 1300, isPlanned: true }).pages;
  expect(live({ times: lost, until: 1300, isPlanned: true, restoredAt: 1100 }).pages).toEqual(whole);
});

test('all lost is found from the first minute to the last', () => {
  for (const at of [120, 1200, 2650]) {
    const lost = (since: number): number => (since >= at ? 0 : sale(since));
    expect(live({ times: lost, until: at + 30, isPlanned: true }).pages, `${at}`).toHaveLength(1);
  }
});

test('it may end up to five minutes early, in time or late', () => {
  for (const end of [2410, 2699, 2700, 3300]) {
    expect(live({ times: (since) => (since < end ? 5 : 1), until: end + 600, isPlanned: true }).pages, `${end}`).toEqual([]);
  }
});

test('what is down in it is not taken for back because this time of day brings less, and closes after it', () => {
  const lost = (since: number): number => (since < 1200 ? 5 : since < SALE_SECONDS ? 2.5 : 1);
  expect(live({ times: lost, until: SALE_SECONDS - 10, isPlanned: true })).toMatchObject({ isDown: true });
  expect(live({ times: lost, until: SALE_SECONDS + 200, isPlanned: true })).toMatchObject({ isDown: false });
});

test('what was planned teaches this time of day no more than it was known for, and a fall in it as much as ever', () => {
  const normals = new Normals();
  const minute = (at: number, rate: number, expected: boolean): void => {
    for (let second = at; second < at + 60; second++) normals.add(second, rate, 1, false, expected);
  };
  for (let day = 0; day < 4; day++) {
    for (let at = 0; at < DAY; at += 60) {
      const isSale = day > 0 && at >= 12 * HOUR && at < 14 * HOUR;
      minute(day * DAY + at, isSale ? (day === 3 ? 20 : 500) : 100, isSale);
    }
  }
  const noon = 12.5 * HOUR;
  expect(normals.quarterHour((DAY + noon) / 900)).toBeCloseTo(100, 0);
  expect(normals.quarterHour((2 * DAY + noon) / 900)).toBeCloseTo(100, 0);
  expect(normals.quarterHour((3 * DAY + noon) / 900)).toBeCloseTo(20, 0);
});

test('the hour of a planned event is its own, from its fifth minute on, and ends with it', () => {
  const normals = new Normals();
  const feed = (from: number, minutes: number, rate: number, expected: boolean): void => {
    for (let second = from; second < from + minutes * 60; second++) normals.add(second, rate, 1, false, expected);
  };
  feed(0, 30, 100, false);
  feed(1800, 4, 500, true);
  normals.add(2040, 500, 1, false, true);
  expect(normals.hour(2040, true)).toBeCloseTo(100, 0);
  feed(2041, 2, 500, true);
  expect(normals.hour(2160, true)).toBeCloseTo(500, 0);
  expect(normals.hour(2160, false)).toBeCloseTo(100, 0);
});

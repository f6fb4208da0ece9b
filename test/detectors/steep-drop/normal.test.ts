/** What is normal: the last hour, and this time of day on the days before. */
import { describe, expect, test } from 'vitest';
import { Normals } from '../../../detectors/steep-drop/normal.ts';
import { DAY, HOUR, MONDAY } from './world.ts';

type Rate = (second: number) => number;

/** These seconds since MONDAY, without noise. */
function lived(rate: Rate, from: number, to: number, normals = new Normals(), frozen: (second: number) => boolean = () => false): Normals {
  for (let second = from; second < to; second++) normals.add(MONDAY + second, rate(second), 1, frozen(second));
  return normals;
}

const constant =
  (rate: number): Rate =>
  () =>
    rate;
const hourOf = (second: number): number => Math.floor((((second % DAY) + DAY) % DAY) / HOUR);
const dayOf = (second: number): number => Math.floor(second / DAY);

describe('the hour', () => {
  test('is not known before ten minutes', () => {
    expect(lived(constant(5), 0, 9 * 60 + 59).hour(MONDAY)).toBeNull();
    expect(lived(constant(5), 0, 10 * 60 + 1).hour(MONDAY)).toBe(5);
  });

  test('is the median of its minutes, so that neither a spike nor a hole moves it', () => {
    const spiked = lived((second) => (second > 2000 && second < 3000 ? 50 : 5), 0, HOUR);
    expect(spiked.hour(MONDAY + HOUR)).toBe(5);
  });

  test('forgets what is longer ago', () => {
    const stepped = lived((second) => (second < HOUR ? 5 : 20), 0, 2 * HOUR + 60);
    expect(stepped.hour(MONDAY + 2 * HOUR + 60)).toBe(20);
  });

  test('leaves out the minutes of a closing, once three of the opening are over, and says the same when restored', () => {
    const open: Rate = (second) => (hourOf(second) >= 9 && hourOf(second) < 21 ? 40 : 1);
    const opening = 3 * DAY + 9 * HOUR;
    const at = (minutes: number): number | null => {
      const normals = lived(open, 0, opening + 60 * minutes + 1);
      const restored = Normals.restore(JSON.parse(JSON.stringify(normals.save())));
      const hour = normals.hour(MONDAY + opening + 60 * minutes);
      expect(restored.hour(MONDAY + opening + 60 * minutes)).toBe(hour);
      return hour;
    };
    // A quarter hour's typical rate is that of its neighbours, too, so the first one of the opening counts as closed.
    expect([at(5), at(15)]).toEqual([1, 1.6]);
    expect([at(18), at(29), at(30), at(45)]).toEqual([40, 40, 40, 40]);
  });

  test('stands still while down', () => {
    const down = lived(
      (second) => (second < HOUR ? 5 : 0),
      0,
      3 * HOUR,
      new Normals(),
      (second) => second >= HOUR,
    );
    expect(down.hour(MONDAY + 3 * HOUR)).toBe(5);
  });

  test('a minute of which less than half is known is left out', () => {
    const normals = lived(constant(5), 0, 20 * 60);
    for (let minute = 20; minute < 50; minute++) {
      for (let at = 0; at < 29; at++) normals.add(MONDAY + minute * 60 + at, 1000, 1, false);
    }
    expect(normals.hour(MONDAY + 51 * 60)).toBe(5);
  });

  test('a partly readable minute counts by what was readable', () => {
    const normals = new Normals();
    for (let second = 0; second < 12 * 60; second++) normals.add(MONDAY + second, 6, 0.6, false);
    expect(normals.hour(MONDAY + 720)).toBeCloseTo(10, 9);
  });

  test('moves as the day moves in half an hour, between 0.6 and 1.6 times', () => {
    const morning: Rate = (second) => (hourOf(second) < 8 ? 10 : hourOf(second) < 9 ? 13 : 100);
    const normals = lived(morning, 0, 3 * DAY + 8.5 * HOUR);
    const median = 10;
    expect(normals.hour(MONDAY + 3 * DAY + 8 * HOUR + 20 * 60)).toBeGreaterThan(1.1 * median);
    expect(normals.hour(MONDAY + 3 * DAY + 9 * HOUR + 20 * 60)).toBeCloseTo(1.6 * (normals.hour(MONDAY + 3 * DAY + 7 * HOUR) as number), 6);
  });

  test('no rate at all is a normal, too', () => {
    expect(lived(constant(0), 0, HOUR).hour(MONDAY + HOUR)).toBe(0);
  });
});

describe('the day', () => {
  const at = (normals: Normals, second: number): number => normals.day(MONDAY + second) as number;

  test('is not known on the first', () => {
    expect(lived(constant(5), 0, DAY - 1800).day(MONDAY + DAY - 1800)).toBeNull();
  });

  test('is what this time of day had, not another', () => {
    const normals = lived((second) => 10 + hourOf(second), 0, 4 * DAY);
    expect(at(normals, 4 * DAY + 3.5 * HOUR)).toBeCloseTo(13, 1);
    expect(at(normals, 4 * DAY + 20.5 * HOUR)).toBeCloseTo(30, 1);
  });

  test('is the median of a week, so that one bad day hides nothing', () => {
    const normals = lived((second) => (dayOf(second) === 3 ? 0 : 40), 0, 6 * DAY);
    expect(at(normals, 6 * DAY + 12 * HOUR)).toBeCloseTo(40, 1);
  });

  test('a closing is known when it was seen on two of the last three days', () => {
    const closes =
      (from: number): Rate =>
      (second) =>
        hourOf(second) >= 20 && dayOf(second) >= from ? 2 : 40;
    expect(at(lived(closes(6), 0, 7 * DAY), 7 * DAY + 21 * HOUR)).toBeCloseTo(40, 1);
    expect(at(lived(closes(5), 0, 7 * DAY), 7 * DAY + 21 * HOUR)).toBeCloseTo(2, 1);
  });

  test('a quiet weekend is known once seen, on the same weekday', () => {
    const weekly: Rate = (second) => (dayOf(second) % 7 >= 5 ? 20 : 40);
    const normals = lived(weekly, 0, 12 * DAY);
    expect(at(normals, 12 * DAY + 12 * HOUR)).toBeCloseTo(20, 1);
    expect(at(normals, 14 * DAY + 12 * HOUR)).toBeCloseTo(40, 1);
  });

  test.each([
    [1, 40],
    [2, 0],
  ])('a hole on the same weekday, seen %d times, makes %d/s normal', (times, rate) => {
    const noon = (second: number): boolean => hourOf(second) >= 11 && hourOf(second) <= 13;
    const holes: Rate = (second) => ((dayOf(second) === 7 || (times === 2 && dayOf(second) === 0)) && noon(second) ? 0 : 40);
    expect(at(lived(holes, 0, 14 * DAY), 14 * DAY + 12 * HOUR)).toBeCloseTo(rate, 1);
  });

  test('a week ago and a fortnight ago are known at any time of day', () => {
    const fortnight: Rate = (second) => (dayOf(second) === 0 ? 8 : dayOf(second) === 7 ? 10 : 40);
    const normals = lived(fortnight, 0, 14 * DAY);
    for (const hour of [1, 6, 12, 18, 23]) {
      lived(constant(40), 14 * DAY + (hour - 1) * HOUR, 14 * DAY + hour * HOUR, normals);
      // Both weekdays are under 0.3 of the typical rate: the higher of the two counts.
      expect(at(normals, 14 * DAY + hour * HOUR)).toBeCloseTo(10, 1);
    }
  });

  test('what was down is part of it all the same: a closing must not page for ever', () => {
    const normals = new Normals();
    for (let second = 0; second < 3 * DAY; second++) normals.add(MONDAY + second, hourOf(second) >= 20 ? 0 : 40, 1, hourOf(second) >= 20);
    expect(at(normals, 3 * DAY + 21 * HOUR)).toBe(0);
  });
});

test('a new normal that a person accepted is the only one', () => {
  const normals = lived(constant(40), 0, 5 * DAY);
  normals.accept(12);
  expect(normals.hour(MONDAY + 5 * DAY)).toBe(12);
  expect(normals.day(MONDAY + 5 * DAY)).toBeNull();
});

test('restored in the middle of a quarter hour it goes on the same', () => {
  const rate: Rate = (second) => 10 + hourOf(second) + (second % 7);
  const end = 15 * DAY + 5 * HOUR + 7 * 60 + 13;
  const normals = lived(rate, 0, end - 1000);
  lived(rate, end - 1000, end, normals);
  const restored = Normals.restore(JSON.parse(JSON.stringify(normals.save())));
  for (let second = end; second < end + 2 * HOUR; second++) {
    for (const each of [normals, restored]) each.add(MONDAY + second, rate(second), 1, false);
    if (second % 61 === 0) {
      expect(restored.hour(MONDAY + second)).toBe(normals.hour(MONDAY + second));
      expect(restored.day(MONDAY + second)).toBe(normals.day(MONDAY + second));
    }
  }
});

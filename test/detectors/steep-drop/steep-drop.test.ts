/** The detector over its life: warming, falling, down, back; tuned, restored, told that what stands is normal. */
import { expect, test } from 'vitest';
import { type SavedSteepDrop, steepDrop, WARM_SECONDS } from '../../../detectors/steep-drop/steep-drop.ts';
import { falls, steady, Traffic } from '../../support/traffic.ts';
import { again, DAY, HOUR, live, MONDAY, PAGE_WHEN, warm } from './world.ts';

const NOON = 8 * DAY + 14 * HOUR;

test('a new metric is warming for an hour in which it would not have paged', () => {
  const traffic = new Traffic(1);
  const detector = steepDrop(PAGE_WHEN);
  const states: string[] = [];
  for (let second = 0; second <= WARM_SECONDS; second++) {
    const { state, warmSeconds } = detector.next({ second, n: traffic.poisson(100), share: 1 });
    if (state === 'warming') expect(warmSeconds).toBe(second);
    states.push(state);
  }
  expect(states.indexOf('normal')).toBe(WARM_SECONDS);
});

test('a would-be page begins the hour anew, and pages nobody', () => {
  const traffic = new Traffic(2);
  const detector = steepDrop(PAGE_WHEN);
  const shape = falls(steady(100), { at: 3000, left: 0, lasts: 60 });
  expect(live(detector, { traffic, shape, from: 0, to: 3400 })).toEqual([]);
  const { state, warmSeconds } = detector.next({ second: MONDAY + 3400, n: 100, share: 1 });
  expect(state).toBe('warming');
  expect(warmSeconds).toBeLessThan(400);
});

test('a fall is drawn, paged, held down, and over after a minute above the line', () => {
  const traffic = new Traffic(3);
  const usual = steady(100);
  const detector = warm({ traffic, shape: usual, at: NOON });
  const happens = falls(usual, { at: NOON + 10, left: 0, lasts: 120 });
  const seen: [state: string, second: number][] = [];
  for (let second = 0; second < 205; second++) {
    const finding = detector.next({ second: MONDAY + NOON + second, n: traffic.count(happens(NOON + second)), share: 1 });
    if (seen.at(-1)?.[0] !== finding.state) seen.push([finding.state, second]);
    expect(finding.isDown).toBe(finding.fall !== undefined);
    expect(finding.isDown).toBe(finding.state === 'dropped' || finding.state === 'recovering');
  }
  expect(seen.map(([state]) => state)).toEqual(['normal', 'falling', 'dropped', 'recovering', 'normal']);
  const [, falling, dropped, recovering, over] = seen.map(([, second]) => second) as [number, number, number, number, number];
  expect(falling).toBe(10);
  expect(dropped).toBe(13);
  expect(recovering).toBeGreaterThanOrEqual(130);
  expect(over).toBeGreaterThanOrEqual(130 + 59);
  expect(over).toBeLessThan(130 + 70);
});

test('the facts of a fall are those of the fall, not of the window that showed it', () => {
  const traffic = new Traffic(4);
  const usual = steady(100);
  const detector = warm({ traffic, shape: usual, at: NOON });
  const [fall] = live(detector, { traffic, shape: falls(usual, { at: NOON + 10, left: 0.2 }), from: NOON, to: NOON + 60 });
  expect(fall?.from).toBe(NOON + 10);
  expect(fall?.at).toBe(NOON + 13);
  expect((fall?.rateBefore as number) / 100).toBeCloseTo(1, 0);
  expect(fall?.drop).toBeGreaterThan(0.7);
  expect(fall?.drop).toBeLessThan(0.9);
  expect(fall?.derivative).toBeLessThan(-70);
  expect(fall?.threshold).toBeCloseTo(-5.99, 2);
  expect(fall?.steepness).toBeLessThan(-6);
  expect(fall?.missing).toBeGreaterThan(250);
});

test('what is missing adds up while down', () => {
  const traffic = new Traffic(5);
  const usual = steady(100);
  const detector = warm({ traffic, shape: usual, at: NOON });
  live(detector, { traffic, shape: falls(usual, { at: NOON, left: 0.5 }), from: NOON, to: NOON + 600 });
  const { fall } = detector.next({ second: MONDAY + NOON + 600, n: 50, share: 1 });
  expect((fall?.missing as number) / (0.5 * 600 * (fall?.rateBefore as number))).toBeCloseTo(1, 1);
});

test('when it is over the outage is part of nothing: the seconds after it are calm', () => {
  for (const rate of [5, 100]) {
    const traffic = new Traffic(rate);
    const usual = steady(rate);
    const detector = warm({ traffic, shape: usual, at: NOON });
    const outage = falls(usual, { at: NOON, left: 0, lasts: 900 });
    live(detector, { traffic, shape: outage, from: NOON, to: NOON + 1080 });
    let falling = 0;
    for (let second = NOON + 1080; second < NOON + 2000; second++) {
      if (detector.next({ second: MONDAY + second, n: traffic.count(rate), share: 1 }).state !== 'normal') falling++;
    }
    // -4 sigma happens sixty times a day by itself.
    expect(falling).toBeLessThan(8);
  }
});

test('nothing is learned of the noise in a spike, in a closing or while down', () => {
  const traffic = new Traffic(14);
  const usual = steady(100);
  const detector = warm({ traffic, shape: usual, at: NOON });
  const learnedOf = (): number => detector.save().dispersion.learned.reduce((a, b) => a + b, 0);
  const learnedIn = (rate: number, from: number, seconds: number, closed = false): number => {
    const before = learnedOf();
    live(detector, { traffic, shape: steady(rate), from, to: from + seconds, closed: () => closed });
    return learnedOf() - before;
  };
  expect(learnedIn(100, NOON, 100)).toBeGreaterThan(100);
  expect(learnedIn(100, NOON + 100, 100, true)).toBe(0);
  // The long reference, 300 s, stands above 1.3 times normal from a minute of four times as much on.
  learnedIn(400, NOON + 200, 60);
  expect(learnedIn(400, NOON + 260, 300)).toBe(0);
  learnedIn(0, NOON + 560, 10);
  expect(learnedIn(0, NOON + 570, 100)).toBe(0);
});

test('an outage does not become the new normal, however long', () => {
  const traffic = new Traffic(6);
  const usual = steady(100);
  const detector = warm({ traffic, shape: usual, at: NOON });
  const pages = live(detector, { traffic, shape: falls(usual, { at: NOON, left: 0 }), from: NOON, to: NOON + 20 * HOUR });
  expect(pages).toHaveLength(1);
  const finding = detector.next({ second: MONDAY + NOON + 20 * HOUR, n: 0, share: 1 });
  expect(finding).toMatchObject({ state: 'dropped', isDown: true });
  expect((finding.hour as number) / 100).toBeGreaterThan(0.5);
});

test('what a person accepts as the new normal ends the incident, and a fall from there is one', () => {
  const traffic = new Traffic(7);
  const usual = steady(100);
  const detector = warm({ traffic, shape: usual, at: NOON });
  const lower = falls(usual, { at: NOON, left: 0.3 });
  live(detector, { traffic, shape: lower, from: NOON, to: NOON + 600 });
  detector.acceptNewNormal();
  expect(live(detector, { traffic, shape: lower, from: NOON + 600, to: NOON + 4000 })).toEqual([]);
  const accepted = detector.next({ second: MONDAY + NOON + 4000, n: 30, share: 1 });
  expect(accepted.state).toBe('normal');
  expect((accepted.hour as number) / 30).toBeCloseTo(1, 0);
  const gone = falls(lower, { at: NOON + 4001, left: 0 });
  expect(live(detector, { traffic, shape: gone, from: NOON + 4001, to: NOON + 4060 })).toHaveLength(1);
});

test('a new threshold keeps all that was learned', () => {
  const traffic = new Traffic(8);
  const usual = steady(100);
  const detector = warm({ traffic, shape: usual, at: NOON });
  const strict = again(detector);
  strict.tune({ ...PAGE_WHEN, drop: 0.9 });
  const happens = falls(usual, { at: NOON, left: 0.3 });
  expect(live(strict, { traffic, shape: happens, from: NOON, to: NOON + 120 })).toEqual([]);
  expect(live(detector, { traffic, shape: happens, from: NOON, to: NOON + 120 })).toHaveLength(1);
});

test('a threshold in sigmas stands instead of the budget', () => {
  const traffic = new Traffic(13);
  const usual = steady(100);
  const detector = warm({ traffic, shape: usual, at: NOON });
  const surer = again(detector);
  surer.tune({ ...PAGE_WHEN, sigmas: 40 });
  const happens = falls(usual, { at: NOON, left: 0, lasts: 6 });
  expect(live(surer, { traffic, shape: happens, from: NOON, to: NOON + 60 })).toEqual([]);
  expect(live(detector, { traffic, shape: happens, from: NOON, to: NOON + 60 })).toHaveLength(1);
});

test('there is never a page while there is no data, and a long gap asks the time of day', () => {
  const traffic = new Traffic(9);
  const usual = steady(100);
  const detector = warm({ traffic, shape: usual, at: NOON });
  const back = NOON + HOUR;
  const first = detector.next({ second: MONDAY + back, n: 100, share: 1 });
  expect(first).toMatchObject({ isDown: false, steepness: 0, state: 'normal' });
  expect(first.day).not.toBeNull();
  // Half of what this time of day knows is not deep enough yet: 80 % must be lost until the windows are full.
  const half = again(detector);
  expect(live(half, { traffic, shape: steady(50), from: back + 1, to: back + 400 })).toEqual([]);
  expect(live(detector, { traffic, shape: steady(5), from: back + 1, to: back + 400 })).toHaveLength(1);
});

test('after a long gap nothing pages where this time of day is not known, until the windows are full', () => {
  const traffic = new Traffic(10);
  const detector = warm({ traffic, shape: steady(100), at: 4 * HOUR, days: 0 });
  expect(live(detector, { traffic, shape: steady(2), from: 5 * HOUR, to: 6 * HOUR })).toEqual([]);
});

test('before the first hour of seconds history alone is no reason to page', () => {
  const detector = steepDrop(PAGE_WHEN);
  for (let minute = 0; minute < 1440 * 3; minute++) detector.remember({ minute: MONDAY / 60 + minute, rate: 100 });
  expect(live(detector, { traffic: new Traffic(11), shape: steady(0), from: 3 * DAY, to: 3 * DAY + HOUR - 1 })).toEqual([]);
});

test('what another version saved is refused by its number', () => {
  const saved = { ...steepDrop(PAGE_WHEN).save(), version: 1 } as unknown as SavedSteepDrop;
  expect(() => steepDrop(PAGE_WHEN, saved)).toThrow('version 1 was saved; this program reads 2');
});

test('a metric takes no more than 16 kB of numbers, and 32 kB as JSON', () => {
  const traffic = new Traffic(12);
  const detector = warm({ traffic, shape: steady(50), at: NOON, days: 16 });
  expect(JSON.stringify(detector.save()).length).toBeLessThan(32_000);
  const before = process.memoryUsage().arrayBuffers;
  const many = Array.from({ length: 200 }, () => steepDrop(PAGE_WHEN));
  expect((process.memoryUsage().arrayBuffers - before) / many.length).toBeLessThan(16_384);
});

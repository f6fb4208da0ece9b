/** Is it still down: the newest seconds look more like fallen than like recovered. */
import { expect, test } from 'vitest';
import { Seconds } from '../../../detectors/steep-drop/rate.ts';
import { stillDown } from '../../../detectors/steep-drop/still-down.ts';

const DROP = 0.4;
const FOR = 4;
const USUAL = 100;

function taken(...counts: number[]): Seconds {
  const seconds = new Seconds();
  for (const n of [...Array(100).fill(USUAL), ...counts]) seconds.add(n, 1);
  return seconds;
}

const ask = (seconds: Seconds, window: number, forSeconds = FOR) =>
  stillDown(seconds, { window, rate: seconds.rate(window), upper: USUAL }, DROP, forSeconds);

test('nothing for four seconds is down', () => {
  expect(ask(taken(0, 0, 0, 0), 4)).toEqual({ holds: true, recovered: null });
});

test('nothing for less than `for` is not yet', () => {
  expect(ask(taken(0, 0, 0), 3).holds).toBe(false);
  expect(ask(taken(0, 0, 0), 3, 3).holds).toBe(true);
});

test('a dip that is over is over, though longer windows are still low', () => {
  const over = ask(taken(0, 0, 0, 0, 0, 0, 98), 8);
  expect(over.holds).toBe(false);
  expect(over.recovered).toMatchObject({ seconds: 1, events: 98 });
});

test('one stray event in a total loss is not a recovery', () => {
  expect(ask(taken(0, 0, 0, 1, 0), 4).holds).toBe(true);
});

test('the edge is where fallen and recovered are equally likely', () => {
  // Half is left of 100/s: (100 - 50) / ln 2 = 72.1 events in one second.
  const fallen = { window: 6, rate: 50, upper: USUAL };
  expect(stillDown(taken(50, 50, 50, 50, 50, 72), fallen, DROP, FOR).holds).toBe(true);
  const over = stillDown(taken(50, 50, 50, 50, 50, 73), fallen, DROP, FOR);
  expect(over.recovered).toMatchObject({ seconds: 1, events: 73 });
  expect(over.recovered?.allowed).toBeCloseTo(50 / Math.log(2), 9);
});

test('a tail shorter than the window that came back counts, too', () => {
  // Half is left of 4/s: 2 events are allowed in one second, 5 in two.
  const slow = { window: 24, rate: 2, upper: 4 };
  const seconds = new Seconds();
  for (const n of [...Array(50).fill(4), ...Array(22).fill(2), 4, 2]) seconds.add(n, 1);
  expect(stillDown(seconds, slow, DROP, 1).recovered).toMatchObject({ seconds: 2, events: 6 });
});

test('what lies no lower than usual is not down', () => {
  expect(stillDown(taken(100, 100, 100, 100), { window: 4, rate: 100, upper: 100 }, DROP, FOR).holds).toBe(false);
});

test('two seconds nothing and one second all is down: no run of four looks healthy', () => {
  const rhythm = Array.from({ length: 15 }, (_, i) => (i % 3 === 2 ? USUAL : 0));
  expect(ask(taken(...rhythm), 12).holds).toBe(true);
});

test('a rhythm that came back for `for` is over', () => {
  const rhythm = Array.from({ length: 12 }, (_, i) => (i % 3 === 2 ? USUAL : 0));
  expect(ask(taken(...rhythm, 100, 100, 100, 100), 12).holds).toBe(false);
});

test('a rhythm needs a window of three runs of four, or three times a longer `for`', () => {
  const rhythm = Array.from({ length: 30 }, (_, i) => (i % 3 === 2 ? USUAL : 0));
  const holds = (window: number, forSeconds: number): boolean => ask(taken(...rhythm), window, forSeconds).holds;
  expect([0, 1, 2, 4].map((forSeconds) => [holds(11, forSeconds), holds(12, forSeconds)])).toEqual(Array(4).fill([false, true]));
  expect([holds(17, 6), holds(18, 6)]).toEqual([false, true]);
});

test('a rhythm slow enough for runs that look healthy is none, however long `for` is', () => {
  const rhythm = Array.from({ length: 45 }, (_, i) => (i % 9 < 4 ? 0 : USUAL));
  for (const forSeconds of [0, 2, 4, 5, 6, 7, 8]) expect(ask(taken(...rhythm), 24, forSeconds).holds).toBe(false);
});

test('with `for: 0s` the newest seconds are asked only as parts of the window', () => {
  expect(ask(taken(0), 1, 0).holds).toBe(true);
});

import { expect, test } from 'vitest';
import {
  againstUsual,
  initialsOf,
  listed,
  longWhile,
  rateDigits,
  signedSlope,
  stopwatch,
} from '../../../dashboards/web/src/words/numbers.ts';
import { marksOf, markText, minuteMarks, roundTop, steadyTop, stripScale } from '../../../platform/charts/axis.ts';

test.each([
  [1480, '1,480'],
  [118.4, '118'],
  [6.42, '6.4'],
  [0.312, '0.31'],
  [0, '0'],
])('a rate of %d is shown as %s', (rate, text) => {
  expect(rateDigits(rate)).toBe(text);
});

test('the difference to usual is signed with a true minus', () => {
  expect([againstUsual(122, 118), againstUsual(5.1, 6.4), againstUsual(118.2, 118)]).toEqual(['+3%', '\u221220%', 'as usual']);
});

test('a derivative always shows its sign, but for nothing', () => {
  expect([signedSlope(0.1), signedSlope(-15.52), signedSlope(0.04), signedSlope(-0.04), signedSlope(-100), signedSlope(3)]).toEqual([
    '+0.1',
    '\u221215.5',
    '0',
    '0',
    '\u2212100',
    '+3',
  ]);
});

test('a watch shows minutes and seconds, hours when there are any, and never less than nothing', () => {
  expect([stopwatch(79_000), stopwatch(3_725_999), stopwatch(-5)]).toEqual(['1:19', '1:02:05', '0:00']);
});

test('how long nobody was woken is told in the largest unit that says something', () => {
  expect(
    [longWhile(23 * 86_400_000), longWhile(47 * 3_600_000), longWhile(61_000), longWhile(5)].map((text) => text.replace('\u00a0', ' ')),
  ).toEqual(['23 days', '47 hours', '1 minute', '1 minute']);
});

test('initials stand for a person: of two words their first letters, of one its first two', () => {
  expect(['ana', 'Bo Larsen', 'this terminal', 'anna.maria-k', 'é', 'ÿ😀x', ''].map(initialsOf)).toEqual([
    'An',
    'BL',
    'TT',
    'AK',
    'É',
    'Ÿ😀',
    '',
  ]);
});

test('names are listed as people say them', () => {
  expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a and b', 'a, b and c']);
});

test('the top of an axis is round, in three equal steps, and holds what it has to', () => {
  expect([177, 141, 61.5, 13.5, 0.6].map(roundTop)).toEqual([180, 150, 75, 15, 0.6]);
  expect(marksOf(75)).toEqual([0, 25, 50, 75]);
  expect([0, 0.5, 1200, 25_000].map(markText)).toEqual(['0', '0.5', '1,200', '25k']);
});

test('the top changes rarely: up when it must, down only when half would do', () => {
  expect(steadyTop(null, 100)).toBe(120);
  expect(steadyTop(180, 179)).toBe(180);
  expect(steadyTop(180, 100)).toBe(180);
  expect(steadyTop(180, 181)).toBe(240);
  expect(steadyTop(180, 90)).toBe(90);
});

test('minutes stand so far apart that their labels do not touch', () => {
  expect(minuteMarks(1000, 1300, 400)).toEqual([1020, 1080, 1140, 1200, 1260]);
  expect(minuteMarks(1000, 1300, 200)).toEqual([1080, 1200]);
});

test('the strip has one scale: -3 half way down, -12 at the edge, what is beyond touches it', () => {
  expect([stripScale(-3), stripScale(-12), stripScale(-100), stripScale(0)]).toEqual([-0.5, -1, -1, 0]);
  expect(stripScale(3)).toBe(0.5);
  expect(stripScale(50)).toBe(0.5);
});

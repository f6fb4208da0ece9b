import { expect, test } from 'vitest';
import { type History, Recording } from '../../../detectors/tuning/history.ts';
import { hoursOf, momentsOf } from '../../../detectors/tuning/moments.ts';
import { prng } from '../../support/prng.ts';

const MIDNIGHT = 1_793_577_600;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Ten a second, twenty from nine to ten, four from three to four, nothing from one to two; it begins at six. */
function recorded(isKnown: (at: number) => boolean = () => true, closed?: (second: number) => boolean): History {
  const recording = new Recording();
  for (let at = 0; at < 3 * DAY; at++) {
    const hour = Math.floor(((at + 6 * HOUR) % DAY) / HOUR);
    if (isKnown(at)) recording.add(MIDNIGHT + 6 * HOUR + at, hour === 9 ? 20 : hour === 3 ? 4 : hour === 1 ? 0 : 10);
  }
  return recording.end(closed);
}

test('the quiet hour is the one with the fewest events in which anything is open', () => {
  expect(hoursOf(recorded())).toEqual({ quiet: { starts: 3 * HOUR, rate: 4 }, busy: { starts: 9 * HOUR, rate: 20 } });
  const isNight = (second: number): boolean => second % DAY >= 3 * HOUR && second % DAY < 4 * HOUR;
  expect(hoursOf(recorded(undefined, isNight))?.quiet.rate).toBe(10);
  expect(hoursOf({ ...recorded(), counts: new Float64Array(DAY) })).toBeNull();
});

test('moments lie in both hours of every whole day, in order, the same ones each time', () => {
  const history = recorded();
  const hours = hoursOf(history) as NonNullable<ReturnType<typeof hoursOf>>;
  const all = momentsOf(history, { hours, most: 10, from: DAY }, prng(1));
  expect(all).toEqual(momentsOf(history, { hours, most: 10, from: DAY }, prng(1)));
  expect(all.filter(({ hour }) => hour === 'quiet')).toHaveLength(10);
  expect(all.filter(({ hour }) => hour === 'busy')).toHaveLength(10);
  expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort((a, b) => a - b));
  for (const { at, hour } of all) {
    const ofDay = (at + 6 * HOUR) % DAY;
    expect(Math.floor(ofDay / HOUR)).toBe(hour === 'quiet' ? 3 : 9);
    expect(at).toBeGreaterThanOrEqual(DAY);
  }
  expect(new Set(all.map(({ at }) => Math.floor((at + 6 * HOUR) / DAY)))).toEqual(new Set([1, 2, 3]));
});

test('nothing is tried where little is known around a moment', () => {
  const history = recorded((at) => at < DAY || (at + 6 * HOUR) % 600 < 200);
  const hours = hoursOf(recorded()) as NonNullable<ReturnType<typeof hoursOf>>;
  expect(momentsOf(history, { hours, most: 10, from: DAY }, prng(1))).toEqual([]);
});

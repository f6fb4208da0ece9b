import { expect, test } from 'vitest';
import { chosen, type Ranked } from '../../../detectors/segments/ranking.ts';

const one = (segment: string, traffic: number, as: Partial<Ranked> = {}): Ranked => ({
  segment,
  traffic,
  isWatched: false,
  isDown: false,
  ...as,
});
const watched = { isWatched: true };

test('those with the most events are watched, as many as may be', () => {
  expect(chosen([one('a', 1), one('b', 3), one('c', 2)], 2)).toEqual(['b', 'c']);
  expect(chosen([one('a', 1), one('b', 3)], 2)).toEqual(['b', 'a']);
  expect(chosen([], 2)).toEqual([]);
});

test('a newcomer takes a place only where it has half as many events again', () => {
  expect(chosen([one('a', 9, watched), one('b', 4, watched), one('c', 5.9)], 2)).toEqual(['a', 'b']);
  expect(chosen([one('a', 9, watched), one('b', 4, watched), one('c', 6.1)], 2)).toEqual(['a', 'c']);
});

test('who is down keeps its place, whatever its events are meanwhile', () => {
  expect(chosen([one('a', 0.1, { isWatched: true, isDown: true }), one('b', 4, watched), one('c', 50)], 2)).toEqual(['c', 'a']);
  expect(chosen([one('a', 0.1, { isWatched: true, isDown: true }), one('c', 50)], 1)).toEqual(['a']);
});

test('where fewer may be watched than were, those with the fewest events go', () => {
  expect(chosen([one('a', 1, watched), one('b', 3, watched), one('c', 2, watched)], 2)).toEqual(['b', 'c']);
});

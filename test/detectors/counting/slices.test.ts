import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSlice, partitionsIn, showSlice } from '../../../detectors/counting/slices.ts';

test.each([
  ['2/4', { index: 2, of: 4 }],
  [' 1/1 ', { index: 1, of: 1 }],
  ['3/2', 'there is no slice 3 of 2: the last one is 2/2'],
  ['0/2', 'slices are counted from 1: of 2 the first is 1/2'],
  ['1/0', '"1/0" is no slice: there is at least one, 1/1'],
  ['2', '"2" is no slice: write which one of how many, like 2/4'],
  ['a/b', '"a/b" is no slice: write which one of how many, like 2/4'],
  ['-1/2', '"-1/2" is no slice: write which one of how many, like 2/4'],
  ['1/2/3', '"1/2/3" is no slice: write which one of how many, like 2/4'],
  ['', '"" is no slice: write which one of how many, like 2/4'],
])('%s is read as it is meant, or refused in words', (text, read) => {
  expect(parseSlice(text)).toEqual(read);
});

test('slices share out every partition, each once and fairly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 40 }), (of, partitions) => {
      const slices = Array.from({ length: of }, (_, i) => partitionsIn({ index: i + 1, of }, partitions));
      expect(slices.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: partitions }, (_, i) => i));
      const sizes = slices.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('a slice is shown as it is written', () => {
  expect(showSlice({ index: 2, of: 4 })).toBe('2/4');
});

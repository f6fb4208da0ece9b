import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRfc3339 } from '../../../platform/units/rfc3339.ts';

test('every moment that a program writes is read back to the millisecond', () => {
  const moments = fc.integer({ min: Date.UTC(1, 0, 1), max: Date.UTC(9999, 11, 31) });
  fc.assert(
    fc.property(moments, (ms) => {
      expect(parseRfc3339(new Date(ms).toISOString())).toBe(ms);
    }),
  );
});

test('an offset is taken off, finer fractions are cut, letters may be small', () => {
  const noon = Date.UTC(2025, 10, 21, 12);
  expect(parseRfc3339('2025-11-21T13:00:00+01:00')).toBe(noon);
  expect(parseRfc3339('2025-11-21T06:30:00-05:30')).toBe(noon);
  expect(parseRfc3339('2025-11-21t12:00:00.1239999z')).toBe(noon + 123);
  expect(parseRfc3339('2016-12-31T23:59:60Z')).toBe(Date.UTC(2017, 0, 1));
  expect(parseRfc3339('2024-02-29T00:00:00Z')).toBe(Date.UTC(2024, 1, 29));
});

test('what is no moment is none', () => {
  const wrong = ['', 'now', '2025-11-21', '2025-11-21T12:00:00', '2025-02-29T00:00:00Z', '2025-13-01T00:00:00Z', '2025-11-31T00:00:00Z'];
  const more = [
    '2025-11-21T24:00:00Z',
    '2025-11-21T12:60:00Z',
    '2025-11-21T12:00:61Z',
    '2025-11-21T12:00:00+24:00',
    '10000-01-01T00:00:00Z',
  ];
  for (const text of [...wrong, ...more, ' 2025-11-21T12:00:00Z', '2025-11-21T12:00:00Z\n']) expect(parseRfc3339(text), text).toBeNull();
});

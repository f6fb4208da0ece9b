import { expect, test } from 'vitest';
import { showWhere } from '../../../platform/units/where.ts';

const de = { segment: 'de', share: 0.83, drop: 0.98 };
const at = { segment: 'at', share: 0.09, drop: 0.04 };

test.each([
  [{}, null],
  [{ by: 'country', segments: [] }, 'everywhere alike, by country'],
  [{ by: 'country', segments: [de] }, 'country de \u221298% (83% of what is missing)'],
  [{ by: 'country', segments: [de, at] }, 'country de \u221298% (83% of what is missing), at \u22124% (9%)'],
  [{ by: 'country', segment: 'nl' }, 'only country nl'],
  [{ by: 'country', segment: 'nl', segments: [{ ...de, segment: 'nl' }] }, 'only country nl'],
  [{ by: 'country', segment: 'nl', segments: [{ ...de, segment: 'nl' }, at] }, 'only country nl, beside at \u22124%'],
])('%j is told as %s', (where, words) => {
  expect(showWhere(where)).toBe(words);
});

test('a name that is written from right to left is set apart, so that the numbers beside it keep their place', () => {
  const [hebrew, apart] = ['\u05d0\u05d1', '\u2068\u05d0\u05d1\u2069'];
  expect(showWhere({ by: 'shop', segments: [{ ...de, segment: hebrew }] })).toBe(`shop ${apart} \u221298% (83% of what is missing)`);
  expect(showWhere({ by: 'shop', segment: hebrew })).toBe(`only shop ${apart}`);
});

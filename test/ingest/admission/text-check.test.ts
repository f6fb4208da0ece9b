import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refuseText, textLimits } from '../../../ingest/admission/text-check.ts';

const padding = ' '.repeat(textLimits.uncheckedCharsMax);
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}${padding}`;
const values = (count: number): string => `[${Array(count).fill('0').join(',')}]${padding}`;

test('depth and number of values are held to their limits exactly', () => {
  expect(refuseText(nested(textLimits.depthMax))).toBeNull();
  expect(refuseText(nested(textLimits.depthMax + 1))?.code).toBe('too-deep');
  expect(refuseText(values(textLimits.valuesMax))).toBeNull();
  expect(refuseText(values(textLimits.valuesMax + 1))?.code).toBe('too-big');
});

test('what stands in strings is no structure', () => {
  const harmless = fc.array(fc.constantFrom('[', '{', ',', '"', '\\', '\\"', 'ü', '\u2028'), { minLength: 50, maxLength: 200 });
  fc.assert(
    fc.property(harmless, (parts) => {
      const list = Array.from({ length: 200 }, () => parts.join(''));
      expect(refuseText(`${JSON.stringify({ [parts.join('')]: list })}${padding}`)).toBeNull();
    }),
  );
  expect(refuseText(`["${'\\\\'.repeat(20_000)}",${nested(textLimits.depthMax)}]`)?.code).toBe('too-deep');
});

test('what is no JSON is left to the parser, wherever it breaks off', () => {
  for (const text of ['"', '"\\', '"\\"', '{"a":"b', ']]]]', '}{']) expect(refuseText(`${padding}${text}`)).toBeNull();
});

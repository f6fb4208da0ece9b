import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Colour, darkRules, LIGHT } from '../../../platform/charts/colours.ts';
import { linear, logarithmic } from '../../../platform/charts/scales.ts';
import { between, escaped, px, trace } from '../../../platform/charts/svg.ts';
import { shortened, textWidth } from '../../../platform/charts/text-width.ts';

test('an even axis begins at zero and ends at a round value that holds what is needed', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (need) => {
      const { at, marks } = linear(need, [300, 0]);
      expect(marks[0]).toEqual({ value: 0, text: '0' });
      expect(at(0)).toBe(300);
      expect(marks.at(-1)!.value).toBeGreaterThanOrEqual(need * (1 - 1e-5));
      expect(marks.at(-1)!.value).toBeLessThanOrEqual(need * 1.5);
    }),
  );
});

test('a logarithmic axis holds both ends, with marks that are apart', () => {
  const positive = fc.double({ min: -8, max: 8, noNaN: true }).map((power) => 10 ** power);
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const { at, marks } = logarithmic(low, high, [0, 500], 34);
      expect(at(low)).toBeGreaterThanOrEqual(-1e-6);
      expect(at(high)).toBeLessThanOrEqual(500 + 1e-6);
      expect(marks.length).toBeGreaterThan(0);
      const places = marks.map(({ value }) => at(value) as number);
      for (const [i, place] of places.slice(1).entries()) expect(place - places[i]!).toBeGreaterThanOrEqual(33.9);
    }),
    // Ends just short of a power of ten.
    { examples: [-8, -1e-9, 1].flatMap((power) => [5e-10, 8.7e-10, 2e-9].map((short): [number, number] => [10 ** (power - short), 1e4])) },
  );
});

test('what is no number, or not above zero, has no place on a logarithmic axis', () => {
  const { at } = logarithmic(1, 100, [0, 100], 30);
  expect([at(0), at(-1), at(Number.NaN), at(Number.POSITIVE_INFINITY)]).toEqual([null, null, null, null]);
  expect(at(10)).toBeCloseTo(50);
});

test('paths break where a point is missing', () => {
  expect(trace([[0, 1], [1, 2], null, [3, 4]])).toBe('M0 1L1 2M3 4h.1');
  expect(
    between(
      [[0, 1], [1, 1], null],
      [
        [0, 3],
        [1, 3],
        [2, 3],
      ],
    ),
  ).toBe('M0 1L1 1L1 3L0 3Z');
  expect(px(-0.01)).toBe('0');
});

test('text cannot become markup', () => {
  expect(escaped(`<a href="x" b='y'>&\u0001\ud800</a>`)).toBe('&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;&lt;/a&gt;');
});

test('words are as wide as they are, and what is too wide ends in an ellipsis', () => {
  // As a browser measures it: 253 px. A little too wide cuts nothing off.
  const width = textWidth('orders fell 62% in 4 s: 118/s to 45/s', { size: 15, semibold: true });
  expect(width).toBeGreaterThan(250);
  expect(width).toBeLessThan(266);
  expect(shortened('orders', { size: 12 }, 100)).toBe('orders');
  expect(shortened('orders of the shop', { size: 12 }, 66)).toBe('orders of…');
  expect(shortened('orders', { size: 12 }, 0)).toBe('…');
});

test('colours are the dashboard’s', () => {
  const css = readFileSync(new URL('../../../dashboards/web/src/styles/tokens.css', import.meta.url), 'utf8');
  const tokens = (selector: string): Map<string, string> => {
    const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? '';
    return new Map([...block.matchAll(/--([\w-]+):\s*(#[\da-f]{6});/g)].map(([, name, value]) => [name as string, value as string]));
  };
  const [dark, light] = [tokens(':root'), tokens(':root[data-theme="light"]')];
  const rules = darkRules('p');
  for (const colour of Object.keys(LIGHT) as Colour[]) {
    const name = colour.replace(/(\d)/, '-$1');
    expect(light.get(name), name).toBe(LIGHT[colour]);
    expect(rules).toContain(`.p [fill="${LIGHT[colour]}"]{fill:${dark.get(name)}}`);
  }
});

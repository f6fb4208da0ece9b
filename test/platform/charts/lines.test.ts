import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apart } from '../../../platform/charts/apart.ts';
import { type LinesScene, linesPicture } from '../../../platform/charts/lines.ts';
import { rasterize } from '../../../platform/charts/png.ts';
import { countOf, pixelsOf } from './pixels.ts';

const RATES = [0.1, 1, 10, 100, 1000, 10_000];
const delays = (a: number, floor: number): [number, number][] => RATES.map((rate) => [rate, Math.max(floor, a / rate)]);

const SCENE: LinesScene = {
  title: 'How long until a fall pages',
  x: { label: 'usual rate, events/s', log: true },
  y: { label: 'seconds until it paged', log: true },
  series: [
    { name: 'all lost', points: delays(20, 2) },
    { name: 'half lost', points: delays(90, 2.1) },
    { name: 'nothing can be faster', points: delays(10, 1), dashed: true },
  ],
  note: 'Simulated.',
};

const textsOf = (svg: string) =>
  [...svg.matchAll(/<text x="([^"]+)" y="([^"]+)"[^>]*>([^<]*)</g)].map(([, x, y, words]) => ({ x: Number(x), y: Number(y), words }));
const wordsOf = (svg: string): (string | undefined)[] => textsOf(svg).map(({ words }) => words);

test('a picture of curves says what each is, over which powers of ten', () => {
  const words = wordsOf(linesPicture(SCENE));
  expect(words).toEqual(
    expect.arrayContaining(['How long until a fall pages', 'usual rate, events/s', 'seconds until it paged', 'Simulated.']),
  );
  expect(words).toEqual(expect.arrayContaining(['all lost', 'half lost', 'nothing can be faster']));
  expect(words).toEqual(expect.arrayContaining(['0.1', '1', '10', '100', '1,000', '10k']));
});

test('a power of ten is as far from the last everywhere', () => {
  const columns = textsOf(linesPicture(SCENE)).filter(({ y }) => y === 78 + 280 + 18);
  const steps = columns.slice(1).map(({ x }, i) => x - columns[i]!.x);
  expect(columns.map(({ words }) => words)).toEqual(['0.1', '1', '10', '100', '1,000', '10k']);
  for (const step of steps) expect(Math.abs(step - steps[0]!)).toBeLessThanOrEqual(1);
});

test('names of curves that end together stand apart', () => {
  const series = Array.from({ length: 25 }, (_, i) => ({
    name: `curve ${i}`,
    points: [
      [1, 5],
      [10, 3 + i / 1000],
    ] as [number, number][],
  }));
  const rows = textsOf(linesPicture({ ...SCENE, series }))
    .filter(({ words }) => words?.startsWith('curve'))
    .map(({ y }) => y);
  const sorted = rows.toSorted((a, b) => a - b);
  for (const [i, y] of sorted.slice(1).entries()) expect(y - sorted[i]!).toBeGreaterThanOrEqual(15.9);
});

test('a floor is dashed and quiet, and takes no colour from the others', async () => {
  const pixels = pixelsOf(await rasterize(linesPicture(SCENE)));
  for (const colour of ['#0072b2', '#b84300', '#626c79']) expect(countOf(pixels, colour), colour).toBeGreaterThan(300);
  expect(linesPicture(SCENE).match(/stroke-dasharray/g)).toHaveLength(1);
});

test('points without a place on the axes leave a hole', () => {
  const points: [number, number][] = [
    [1, 1],
    [2, 2],
    [3, 0],
    [4, Number.NaN],
    [5, 3],
    [6, 4],
  ];
  const svg = linesPicture({ ...SCENE, series: [{ name: 'holes', points }] });
  expect(svg).not.toContain('NaN');
  const curve = /<path d="([^"]*)"[^>]*stroke-width="2"/.exec(svg)?.[1] ?? '';
  expect(curve.match(/M/g)).toHaveLength(2);
});

test('even axes begin at zero', () => {
  const svg = linesPicture({
    ...SCENE,
    x: { label: 'metrics' },
    y: { label: 'ms' },
    series: [
      {
        name: 'a',
        points: [
          [50, 3],
          [100, 4],
        ],
      },
    ],
  });
  expect(wordsOf(svg).filter((words) => words === '0')).toHaveLength(2);
});

test('no curves at all are a picture that says so', () => {
  expect(wordsOf(linesPicture({ ...SCENE, series: [] }))).toContain('no data');
  expect(wordsOf(linesPicture({ ...SCENE, series: [{ name: 'a', points: [] }] }))).toContain('no data');
});

test('names cannot break out, and long ones are shortened', () => {
  const name = '<script>alert(1)</script> and a name that goes on and on and on';
  const svg = linesPicture({ ...SCENE, title: name, series: [{ name, points: [[1, 1]] }] });
  expect(svg).not.toContain('<script');
  expect(wordsOf(svg).at(-3)).toMatch(/…$/);
});

test('the same curves are the same text', () => {
  expect(linesPicture(SCENE)).toBe(linesPicture(SCENE));
});

test('labels that fit stand apart, in their order, inside', () => {
  const wanted = fc.array(fc.integer({ min: -50, max: 350 }), { maxLength: 18 });
  fc.assert(
    fc.property(wanted, (places) => {
      const found = apart(places, 16, [0, 300]);
      const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]! || a - b);
      for (const [k, i] of order.entries()) {
        expect(found[i]).toBeGreaterThanOrEqual(-1e-9);
        expect(found[i]).toBeLessThanOrEqual(300 + 1e-9);
        if (k > 0) expect(found[i]! - found[order[k - 1]!]!).toBeGreaterThanOrEqual(16 - 1e-9);
      }
    }),
    { seed: 3 },
  );
});

test('labels that have room stay where they belong', () => {
  expect(apart([10, 200, 100], 16, [0, 300])).toEqual([10, 200, 100]);
  expect(apart([100, 100], 16, [0, 300])).toEqual([92, 108]);
});

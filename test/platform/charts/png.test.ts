import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { fallPicture } from '../../../platform/charts/fall.ts';
import { rasterize, rasterizeFall } from '../../../platform/charts/png.ts';
import { type Clock, systemClock } from '../../../platform/units/clock.ts';
import { ROOT } from '../../support/sources.ts';
import { fallen } from './made-up-fall.ts';
import { countOf, pixelsOf } from './pixels.ts';

const GROUND = '<rect width="100%" height="100%" fill="#ffffff"/>';
const svgOf = (inside: string, width = 100, height = 40): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${GROUND}${inside}</svg>`;
const written = (words: string): string => svgOf(`<text x="4" y="28" font-family="Inter" font-weight="600" font-size="20">${words}</text>`);

test('a picture is a PNG, twice as fine as its SVG', async () => {
  const png = await rasterize(fallPicture(fallen()));
  expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  expect(pixelsOf(png)).toMatchObject({ width: 1072, height: 660 });
});

test('the fall is there in its colour, at the right edges and nowhere before', async () => {
  const pixels = pixelsOf(await rasterize(fallPicture(fallen())));
  const inPlot = (from: number, to: number) => (x: number, y: number) => x >= from && x < to && y > 180 && y < 400;
  expect(countOf(pixels, '#b84300', inPlot(560, 620))).toBeGreaterThan(100);
  expect(countOf(pixels, '#b84300', inPlot(920, 980))).toBeGreaterThan(400);
  expect(countOf(pixels, '#b84300', inPlot(30, 560))).toBe(0);
  expect(countOf(pixels, '#0072b2', inPlot(30, 560))).toBeGreaterThan(2000);
});

test('the same SVG gives the same bytes', async () => {
  const svg = fallPicture(fallen());
  const [one, other] = await Promise.all([rasterize(svg), rasterize(svg)]);
  expect(Buffer.from(one).equals(other)).toBe(true);
});

test('letters are drawn in Inter, Greek and further ones too', async () => {
  const ink = async (words: string): Promise<number> => countOf(pixelsOf(await rasterize(written(words))), '#000000');
  const blank = await ink('');
  for (const words of ['orders', 'σ', 'Заказы', 'żółć', '−']) expect(await ink(words), words).toBeGreaterThan(blank);
});

test('what no font holds is left out as an ellipsis', async () => {
  const [known, unknown] = await Promise.all([rasterize(written('a…b')), rasterize(written('a注文🛒b'))]);
  expect(Buffer.from(unknown).equals(known)).toBe(true);
});

test('a fall for a mail is small, of the same colours, and opaque', async () => {
  const png = await rasterizeFall(fallen({ isBare: true, isLive: true }));
  expect(png.length).toBeLessThan(60_000);
  const pixels = pixelsOf(png);
  expect(pixels).toMatchObject({ width: 1072, height: 552 });
  expect(countOf(pixels, '#b84300', (x, y) => x >= 920 && x < 980 && y < 300)).toBeGreaterThan(400);
  expect(countOf(pixels, '#0072b2', (x) => x < 560)).toBeGreaterThan(2000);
  expect(countOf(pixels, '#ffffff', (x, y) => x === 0 && y === 0)).toBe(1);
});

test('a name of which no sign can be drawn is left to what stands beside', async () => {
  const named = (name: string): Promise<Uint8Array> => rasterizeFall(fallen({ isBare: true, name }));
  const [unknown, events, known] = await Promise.all([named('注文 🛒'), named('events'), named('注文 7')]);
  expect(Buffer.from(unknown).equals(events)).toBe(true);
  expect(Buffer.from(known).equals(events)).toBe(false);
});

test('what is no SVG is refused, and the next picture is drawn', async () => {
  await expect(rasterize('orders fell')).rejects.toThrow(/^The picture is not drawn: .*unknown token at 1:1/);
  await expect(rasterize('<svg xmlns="http://www.w3.org/2000/svg"><g>')).rejects.toThrow('The picture is not drawn');
  expect((await rasterize(svgOf(''))).length).toBeGreaterThan(50);
});

test('2 MB are drawn, a byte more is refused', async () => {
  const padded = (bytes: number): string => svgOf('').replace('</svg>', `${' '.repeat(bytes - svgOf('').length)}</svg>`);
  const most = 2 * 1024 * 1024;
  expect(pixelsOf(await rasterize(padded(most))).width).toBe(200);
  await expect(rasterize(padded(most + 1))).rejects.toThrow('its SVG has 2097153 bytes, 2097152 are allowed');
});

test('sixteen million pixels are drawn, more are refused before any memory is taken', async () => {
  expect(pixelsOf(await rasterize(svgOf('', 4000, 1))).width).toBe(8000);
  await expect(rasterize(svgOf('', 4000, 1001))).rejects.toThrow('16016000 pixels, 16000000 are allowed');
});

test('a hundred may wait for the one that is drawn', async () => {
  const asked = Array.from({ length: 102 }, () =>
    rasterize(svgOf('')).then(
      () => 'drawn',
      (error: Error) => error.message,
    ),
  );
  const answers = await Promise.all(asked);
  expect(answers.slice(0, 101)).toEqual(Array(101).fill('drawn'));
  expect(answers[101]).toMatch('100 others wait already');
});

test('one that never ends is given up, and the one behind it is drawn', async () => {
  const endless = svgOf(`<path fill="none" stroke="#000" d="M0 0${'L93.4 36.7L3.4 0.1'.repeat(90_000)}"/>`);
  let giveUp = (): void => {};
  const clock: Clock = {
    ...systemClock,
    after: (_, run) => {
      giveUp = run;
      return { cancel: () => {} };
    },
  };
  const refused = expect(rasterize(endless, clock)).rejects.toThrow('it takes longer than 6 s');
  const next = rasterize(svgOf(''));
  giveUp();
  await refused;
  expect(pixelsOf(await next).width).toBe(200);
});

test('a built Plummet draws as well, and ends when it has', () => {
  const script = `
    const { rasterize } = await import('./dist/platform/charts/png.js');
    const png = await rasterize('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>');
    process.stdout.write(Buffer.from(png).subarray(1, 4).toString());`;
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT, encoding: 'utf8', timeout: 15_000 });
  expect(told).toBe('PNG');
});

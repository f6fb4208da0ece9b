import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IncidentView } from '../../../dashboards/live-frames.ts';
import { fallsOf } from '../../../dashboards/web/src/picture/falls.ts';
import { figureOf, heightNeeded, rateOf } from '../../../dashboards/web/src/picture/figure.ts';
import { rowsFor } from '../../../dashboards/web/src/picture/mark-rows.ts';
import { gapsOf, type Span, type State } from '../../../dashboards/web/src/picture/span.ts';
import { bandAround, dispersionOf } from '../../../platform/charts/band.ts';
import { meanLine, secondsToAverage } from '../../../platform/charts/mean.ts';
import { countOf, fallAt, metric } from '../made-up.ts';

const T = 1_795_000_000;

function span(
  n: (number | null)[],
  { usual = 100, state = (): State => 'normal' }: { usual?: number; state?: (i: number) => State | null } = {},
): Span {
  const states = n.map((_, i) => state(i));
  return { from: T, n, usual: n.map((one) => (one === null ? null : usual)), derivative: n.map(() => 0), state: states };
}

const noisy = (usual: number, seconds: number, noise = 1): number[] => {
  const made = { info: metric('orders'), usual, noise };
  return Array.from({ length: seconds }, (_, i) => countOf(made, T + i));
};

test('the mean holds 400 events, 3 to 30 seconds of them, and 150 seconds of what is slow', () => {
  expect([1000, 100, 20, 5, 0.5].map(secondsToAverage)).toEqual([3, 4, 20, 30, 150]);
});

test('the mean is calmer than the seconds', () => {
  const raw = noisy(50, 300);
  const line = meanLine(raw, { width: 8, dispersion: 1, restarts: new Set() });
  const spread = (values: readonly (number | null)[]): number => Math.max(...values.map((value) => Math.abs((value ?? 50) - 50)));
  expect(spread(line.slice(30))).toBeLessThan(spread(raw.slice(30)) * 0.75);
});

test('a cliff stays a cliff: a second after all is lost the mean is zero', () => {
  const raw = [...noisy(50, 60), 0, 0, 0];
  const line = meanLine(raw, { width: 8, dispersion: 1, restarts: new Set() });
  expect(line[59]).toBeGreaterThan(35);
  expect(line[60]).toBe(0);
});

test('no mean reaches across the point where the fall began, nor across a gap', () => {
  const raw = [...Array<number>(20).fill(10), ...Array<number>(5).fill(8), null, 6, 6];
  const line = meanLine(raw, { width: 30, dispersion: 1, restarts: new Set([20]) });
  expect([line[19], line[20], line[24], line[25], line[26]]).toEqual([10, 8, 8, null, 6]);
});

test('every mean lies between the least and the most of its seconds', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(500), { nil: null }), { maxLength: 80 }), fc.integer({ min: 1, max: 40 }), (raw, width) => {
      const line = meanLine(raw, { width, dispersion: 1, restarts: new Set() });
      const known = raw.filter((n) => n !== null);
      line.forEach((value, i) => {
        if (raw[i] === null) expect(value).toBeNull();
        else expect(value).toBeGreaterThanOrEqual(Math.min(...known) - 1e-9);
        if (value !== null) expect(value).toBeLessThanOrEqual(Math.max(...known) + 1e-9);
      });
    }),
  );
});

test('99 % of healthy seconds lie in the band, calm or bursty', () => {
  for (const noise of [1, 4]) {
    const raw = noisy(200, 600, noise);
    const [low, high] = bandAround(200, dispersionOf(span(raw, { usual: 200 })));
    const inside = raw.filter((n) => n >= low && n <= high).length / raw.length;
    expect(inside, `noise ${noise}`).toBeGreaterThan(0.97);
    expect(high - low, `noise ${noise}`).toBeLessThan(6.5 * Math.sqrt(200 * noise) * 1.2);
  }
});

test('what is blind, and what lies between two known seconds, is a gap; what is not known yet is none', () => {
  const state = (i: number): State | null => (i >= 3 && i < 5 ? 'blind' : i === 7 || i > 9 ? null : 'normal');
  const raw = [1, 2, 3, null, null, 4, 5, null, 6, 7, null, null];
  expect(gapsOf(span(raw, { state }))).toEqual([
    { from: T + 3, to: T + 5 },
    { from: T + 7, to: T + 8 },
  ]);
});

test('a fall is drawn from where it began to where the metric was up again, with both parts of the line joined', () => {
  const raw = [...Array<number>(20).fill(100), ...Array<number>(20).fill(40), ...Array<number>(10).fill(100)];
  const state = (i: number): State => (i >= 24 && i < 40 ? 'dropped' : i >= 40 ? 'recovering' : 'normal');
  const fall = fallAt(T + 20, 100, 0.4);
  const incident = { metrics: [{ name: 'orders', fall, recovered: false }] } as unknown as IncidentView;
  const told = fallsOf('orders', span(raw, { state }), [incident]);
  expect(told).toEqual([{ from: T + 20, to: T + 40, derivative: -15.5 }]);
  const figure = figureOf(span(raw, { state }), { falls: told, dispersion: 1 });
  expect([figure.calm[19], figure.fallen[19], figure.fallen[20], figure.calm[20]]).toEqual([100, 100, 40, null]);
  expect([figure.fallen[40], figure.calm[40], figure.fallen[41]]).toEqual([100, 100, null]);
  expect(rateOf(figure)).toBe(100);
});

test('a fall that no incident tells of is found back to its beginning', () => {
  const raw = [...Array<number>(20).fill(100), ...Array<number>(20).fill(40)];
  const state = (i: number): State => (i >= 24 ? 'dropped' : 'normal');
  expect(fallsOf('orders', span(raw, { state }), [])).toEqual([{ from: T + 20, to: null, derivative: null }]);
});

test('the axis holds 1.5 times usual, and the whole of a sale', () => {
  const figureFor = (level: number): number => heightNeeded(figureOf(span(Array<number>(60).fill(level)), { falls: [], dispersion: 1 }));
  expect(figureFor(100)).toBe(150);
  expect(figureFor(300)).toBeCloseTo(324, 0);
});

test('while it is warming there is neither a usual rate nor a band', () => {
  const figure = figureOf(span(Array<number>(60).fill(100), { state: () => 'warming' }), { falls: [], dispersion: 1 });
  expect([figure.usual.every((value) => value === null), figure.high.every((value) => value === null)]).toEqual([true, true]);
});

test('names of marks share two rows and never a place; what has none keeps its line', () => {
  const marks = [
    { x: 300, row: 1, left: 'fell 14:03:04' },
    { x: 310, row: 0, right: 'paged 14:03:08' },
    { x: 420, row: 1, right: 'recovered 14:05:35' },
    { x: 400, row: 1, right: 'acknowledged' },
    { x: 880, row: 0, right: 'too near the edge' },
  ] as const;
  expect(rowsFor(marks, 900)).toEqual([
    { row: 1, named: true },
    { row: 0, named: true },
    { row: 1, named: true },
    { row: 1, named: false },
    { row: 0, named: false },
  ]);
});

/** Running sums of the last seconds: any stretch, at any age, exactly. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REFERENCE_SECONDS, REFERENCES, round, SECONDS_KEPT, Seconds, WINDOWS } from '../../../detectors/steep-drop/rate.ts';

function taken(counts: readonly number[], shares?: readonly number[]): Seconds {
  const seconds = new Seconds();
  counts.forEach((n, i) => {
    seconds.add(n, round(shares?.[i] ?? 1));
  });
  return seconds;
}

const plain = (values: readonly number[], from: number, to: number): number => values.slice(from, to).reduce((a, b) => a + b, 0);

/** Every stretch of a few positions that are still kept. */
function stretches(length: number): [from: number, to: number][] {
  const oldest = Math.max(0, length - SECONDS_KEPT);
  const places = [oldest, oldest + 1, Math.floor((oldest + length) / 2), length - 600, length - 5, length - 1, length].filter(
    (p) => p >= oldest,
  );
  return places.flatMap((from) => places.filter((to) => to >= from).map((to): [number, number] => [from, to]));
}

test.each([3, 700, SECONDS_KEPT, SECONDS_KEPT + 1, SECONDS_KEPT + 2, 3 * SECONDS_KEPT + 7])(
  'sums of any stretch hold after %d seconds',
  (length) => {
    const counts = Array.from({ length }, (_, i) => (i * 7919) % 1000);
    const seconds = taken(counts);
    for (const [from, to] of stretches(length)) expect(seconds.sum(from, to)).toBe(plain(counts, from, to));
    expect(seconds.exposure(Math.max(0, length - 9), length)).toBe(Math.min(length, 9));
  },
);

test('exposure counts a partly readable second as its part, also of seconds taken before the first such', () => {
  const shares = [...Array(3000).fill(1), ...Array(40).fill(0.75), ...Array(10).fill(0.6)];
  const seconds = taken(Array(shares.length).fill(10), shares);
  const rounded = shares.map(round);
  for (const [from, to] of stretches(shares.length)) expect(seconds.exposure(from, to)).toBe(plain(rounded, from, to));
  expect(seconds.rate(10)).toBeCloseTo(10 / 0.6, 1);
});

test('counts that a narrow sum cannot hold are kept all the same', () => {
  const counts = Array.from({ length: 4000 }, (_, i) => (i < 2000 ? 1_600_000 : 3e9));
  const seconds = taken(counts);
  for (const [from, to] of stretches(counts.length)) expect(seconds.sum(from, to)).toBe(plain(counts, from, to));
});

test('narrow sums go round many times and stay exact', () => {
  const counts = Array(9000).fill(1_600_000);
  const seconds = taken(counts);
  expect(seconds.sum(9000 - SECONDS_KEPT, 9000)).toBe(1_600_000 * SECONDS_KEPT);
});

test('sums with fractions are exact to 1/1024, for years', () => {
  const counts = Array.from({ length: 20_000 }, (_, i) => round((i % 13) * 123_456_789.789));
  const seconds = taken(counts);
  for (const [from, to] of stretches(counts.length)) expect(seconds.sum(from, to)).toBe(plain(counts, from, to));
});

test('what is saved and restored gives the same sums, wherever the ring stood', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 * SECONDS_KEPT }), fc.boolean(), fc.boolean(), (length, partly, fractions) => {
      const shares = Array.from({ length }, (_, i) => (partly && i % 5 === 0 ? 0.7 : 1));
      const seconds = taken(
        shares.map((_, i) => (fractions ? i / 7 : i % 50)),
        shares,
      );
      const restored = Seconds.restore(JSON.parse(JSON.stringify(seconds.save())));
      const start = seconds.taken - seconds.kept;
      expect(restored.kept).toBe(seconds.kept);
      for (const [from, to] of stretches(length)) {
        expect(restored.sum(from - start, to - start)).toBe(seconds.sum(from, to));
        expect(restored.exposure(from - start, to - start)).toBe(seconds.exposure(from, to));
      }
    }),
    { numRuns: 30 },
  );
});

test('the rate of more seconds than there are is that of those there are', () => {
  expect(new Seconds().rate(10)).toBe(0);
  expect(taken([4, 8]).rate(10)).toBe(6);
});

test('the longest window with its longest reference is kept', () => {
  const longest = WINDOWS.at(-1) as number;
  expect(Math.max(...REFERENCES.map((reference) => longest + reference(longest)))).toBe(SECONDS_KEPT);
});

test.each([
  [1, [4, 30, 300]],
  [3, [6, 30, 300]],
  [16, [32, 64, 300]],
  [128, [256, 512, 512]],
])('a window of %d s is compared with the %j s before it', (window, lengths) => {
  expect(REFERENCES.map((reference) => reference(window))).toEqual(lengths);
  const pair = WINDOWS.indexOf(window) * REFERENCES.length;
  if (pair >= 0) expect([...REFERENCE_SECONDS.subarray(pair, pair + 3)]).toEqual(lengths);
});

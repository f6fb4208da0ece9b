/** The noise that a metric is known to have. */
import { expect, test } from 'vitest';
import { Dispersion, neighbours, PAIRS } from '../../../detectors/steep-drop/dispersion.ts';
import { Seconds, WINDOWS } from '../../../detectors/steep-drop/rate.ts';
import { Scan } from '../../../detectors/steep-drop/scan.ts';
import { type Noise, Traffic } from '../../support/traffic.ts';

/** What is learned from hours of steady traffic. */
function learned(rate: number, seconds: number, noise: Noise = {}): Dispersion {
  const traffic = new Traffic(77, noise);
  const [ring, dispersion, scan] = [new Seconds(), new Dispersion(), new Scan()];
  for (let second = 0; second < seconds; second++) {
    ring.add(traffic.count(rate), 1);
    scan.look(ring, dispersion, 0, 6);
    scan.teach(dispersion);
  }
  return dispersion;
}

const pairOf = (window: number, reference: number): number => WINDOWS.indexOf(window) * 3 + reference;

test('noise is believed to be three times Poisson until it is known', () => {
  const unknown = new Dispersion();
  for (let pair = 0; pair < PAIRS; pair++) expect(unknown.of(pair, 100)).toBeCloseTo(3, 5);
});

test('Poisson traffic is known as such within a fifth in four hours, in long windows later', () => {
  const poisson = learned(50, 4 * 3600);
  for (const window of [1, 2, 4, 8]) {
    expect(poisson.of(pairOf(window, 1), 50)).toBeGreaterThanOrEqual(1);
    expect(poisson.of(pairOf(window, 1), 50)).toBeLessThan(1.2);
  }
  for (const window of [128, 256, 512]) expect(poisson.of(pairOf(window, 1), 50)).toBeGreaterThan(1.5);
});

test('it is said to be known once what was believed at first is forgotten: short windows within hours, long ones within days', () => {
  const isKnown = (hours: number, window: number): boolean => learned(50, hours * 3600).isKnown(pairOf(window, 0));
  expect([isKnown(1, 1), isKnown(4, 1), isKnown(4, 512)]).toEqual([false, true, false]);
  const [short, long] = [learned(50, 4 * 3600).of(pairOf(1, 0), 50), learned(50, 4 * 3600).of(pairOf(512, 0), 50)];
  expect(short).toBeLessThan(1.2);
  expect(long).toBeGreaterThan(1.5);
});

test('a variance of five times the mean is known as five, give or take a third', () => {
  const bursty = learned(100, 7200, { dispersion: 5 });
  for (const window of [1, 4, 16]) {
    expect(bursty.of(pairOf(window, 1), 100)).toBeGreaterThan(3.3);
    expect(bursty.of(pairOf(window, 1), 100)).toBeLessThan(6.7);
  }
});

test('noise with a memory is larger at longer windows', () => {
  const wandering = learned(100, 7200, { wander: { sigma: 0.2, memorySeconds: 60 } });
  expect(wandering.of(pairOf(64, 1), 100)).toBeGreaterThan(3 * wandering.of(pairOf(1, 1), 100));
});

test('noise learned at night grows with the rate of the day, eight times at most, and never shrinks', () => {
  const night = learned(20, 3600, { dispersion: 3 });
  const pair = pairOf(4, 1);
  const plain = night.of(pair, 20) - 1;
  expect(night.of(pair, 40) - 1).toBeCloseTo(2 * plain, 0);
  expect(night.of(pair, 20_000) - 1).toBeCloseTo(8 * plain, 5);
  expect(night.of(pair, 1) - 1).toBeLessThanOrEqual(plain);
});

test('one wild second moves it little', () => {
  const wild = learned(50, 3600);
  const before = wild.of(pairOf(1, 0), 50);
  wild.learn(pairOf(1, 0), 1e9, 50);
  expect(wild.of(pairOf(1, 0), 50)).toBeLessThan(before + 0.1);
});

test('it says the same when restored', () => {
  const known = learned(30, 1000, { dispersion: 2 });
  const restored = Dispersion.restore(JSON.parse(JSON.stringify(known.save())));
  for (let pair = 0; pair < PAIRS; pair++) expect(restored.of(pair, 40)).toBe(known.of(pair, 40));
});

test.each([
  [1, 1, 1],
  [5, 4, 6],
  [100, 64, 128],
  [512, 512, 512],
  [900, 512, 512],
])('a window of %d s lies between those of %d s and %d s', (window, shorter, longer) => {
  expect(neighbours(window).map((i) => WINDOWS[i])).toEqual([shorter, longer]);
});

/** The unit of a sum is the amount that makes it as noisy as a count, and nothing but its amounts moves it. */
import { expect, test } from 'vitest';
import { detectorOf } from '../../../detectors/compound/detector-of.ts';
import { Unit } from '../../../detectors/compound/unit.ts';
import { equal, exponential, logNormal, REVENUE, Shop, unitOf } from './sums.ts';

const HOURS = 3;

function learned(rate: number, amount: (shop: Shop, second: number) => number, seed = 1, of = logNormal(0.1)): number {
  const shop = new Shop(seed, of);
  const unit = new Unit();
  for (let second = 0; second < HOURS * 3600; second++) {
    unit.adopt();
    unit.add(unit.counted(amount(shop, second), 1), 1, true);
  }
  return unit.value + 0 * rate;
}

test.each([
  ['equal amounts of 40', equal, 40],
  ['exponential ones of 40 in the mean', exponential, 80],
  ['log-normal ones with a sigma of 1', logNormal(1), 109],
] as const)('%s stand for a unit of E[v²] / E[v], at any rate', (_, of, unit) => {
  for (const rate of [1, 20, 300]) {
    const value = learned(rate, (shop) => shop.second(rate), 3, of);
    expect(value / unit, `${rate}/s`).toBeGreaterThan(0.8);
    expect(value / unit, `${rate}/s`).toBeLessThan(1.2);
  }
});

test('one order of 50,000 among orders of 40 hardly moves it', () => {
  const without = learned(20, (shop) => shop.second(20));
  const once = learned(20, (shop, second) => shop.second(20) + (second === 5000 ? 50_000 : 0));
  expect(once / without).toBeLessThan(1.25);
});

test('neither does a huge order among the very first', () => {
  const once = learned(20, (shop, second) => shop.second(20) + (second === 20 ? 50_000 : 0));
  expect(once).toBeLessThan(60);
});

test('producers that flush every ten seconds leave it alone: their rhythm is no amount', () => {
  let held = 0;
  const flushed = learned(20, (shop, second) => {
    held += shop.second(20);
    if (second % 10 !== 0) return 0;
    const all = held;
    held = 0;
    return all;
  });
  expect(flushed).toBeLessThan(60);
});

test('a day that rises fivefold within hours does not move it', () => {
  const rising = learned(20, (shop, second) => shop.second(10 + (40 * second) / (HOURS * 3600)));
  expect(rising / 40).toBeGreaterThan(0.8);
  expect(rising / 40).toBeLessThan(1.2);
});

test('a sale that begins at once is counted in full within a minute', () => {
  const shop = new Shop(5, equal);
  const unit = new Unit();
  for (let second = 0; second < 1000; second++) unit.add(unit.counted(shop.second(20), 1), 1, true);
  for (let second = 0; second < 60; second++) unit.add(unit.counted(shop.second(200), 1), 1, true);
  const amount = shop.second(200);
  expect(unit.counted(amount, 1)).toBe(amount);
});

test('it is not learned while the metric is down', () => {
  const shop = new Shop(6, equal);
  const detector = detectorOf(REVENUE);
  shop.live(detector, 0, 2 * 3600, 50);
  const before = unitOf(detector);
  const dearer = new Shop(7, (traffic) => 400 + 0 * traffic.random());
  expect(shop.live(detector, 2 * 3600, 30, 0).isDown).toBe(true);
  for (let at = 0; at < 3600; at++) dearer.live(detector, 2 * 3600 + 30 + at, 1, 0.5);
  expect(unitOf(detector)).toBe(before);
});

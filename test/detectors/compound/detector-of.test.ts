/** Revenue is judged as surely as counts are, and told in money. */
import { expect, test } from 'vitest';
import { explain } from '../../../detectors/backtest/explain.ts';
import { detectorOf } from '../../../detectors/compound/detector-of.ts';
import { steepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { detectorContract } from '../../contracts/detector.ts';
import { MONDAY, PAGE_WHEN } from '../steep-drop/world.ts';
import { again, equal, exponential, logNormal, REVENUE, Shop, unitOf } from './sums.ts';

const HOUR = 3600;
const LIVED = 2 * HOUR;

function lived(shop: Shop, rate: number): ReturnType<typeof detectorOf> {
  const detector = detectorOf(REVENUE);
  shop.live(detector, 0, LIVED, rate);
  return detector;
}

const made =
  (amount: typeof equal, rate: (at: number) => number, share = (_: number) => 1) =>
  () => {
    const shop = new Shop(9, amount);
    return Array.from({ length: 10_000 }, (_, at) => {
      const readable = share(at);
      return { second: MONDAY + at, n: shop.second(rate(at) * readable), share: readable };
    });
  };

detectorContract('steep drop of sums', (saved) => detectorOf(REVENUE, saved as Parameters<typeof detectorOf>[1]), {
  'from the first second, down, recovered': made(exponential, (at) => (at >= 6000 && at < 7000 ? 0 : 50)),
  'slow, with huge orders': made(logNormal(1.5), (at) => (at >= 8000 ? 0 : 3)),
  'partly readable': made(
    equal,
    (at) => (at >= 7000 && at < 7600 ? 5 : 60),
    (at) => [1, 0.75, 0.51][Math.floor(at / 900) % 3] as number,
  ),
});

test('a metric that counts events has the plain detector, and nothing else in its state', () => {
  const [one, other] = [detectorOf({ pageWhen: PAGE_WHEN }), steepDrop(PAGE_WHEN)];
  for (let at = 0; at < 200; at++) {
    expect(one.next({ second: MONDAY + at, n: at % 7, share: 1 })).toEqual(other.next({ second: MONDAY + at, n: at % 7, share: 1 }));
  }
  expect(one.save()).toEqual(other.save());
  expect(one.constructor).toBe(other.constructor);
});

test('a total loss of revenue pages within seconds, and its facts are money', () => {
  const shop = new Shop(1, exponential);
  const detector = lived(shop, 50);
  let finding = shop.live(detector, LIVED, 1, 0);
  for (let at = 1; !finding.isDown && at < 10; at++) finding = shop.live(detector, LIVED + at, 1, 0);
  expect(finding.fall).toBeDefined();
  const { fall, usual } = finding;
  expect((fall?.at ?? 0) - MONDAY - LIVED).toBeLessThanOrEqual(5);
  expect(fall?.rateBefore).toBeGreaterThan(1600);
  expect(fall?.rateBefore).toBeLessThan(2400);
  expect(usual).toBe(fall?.rateBefore);
  expect(fall?.drop).toBeGreaterThan(0.95);
  expect(fall?.missing).toBeGreaterThan(3 * 1600);
  const later = shop.live(detector, LIVED + 10, 60, 0);
  expect(later.fall).toBe(fall);
  expect(later.fall?.missing).toBeGreaterThan(60 * 1600);
});

test('it is as sure of revenue as of fewer orders, whose number the outlook tells', () => {
  const shop = new Shop(2, exponential);
  const outlook = lived(shop, 50).outlook();
  const orders = (outlook.now?.rate ?? 0) / (outlook.unit ?? 1);
  expect(outlook.now?.rate).toBeGreaterThan(1700);
  expect(orders).toBeGreaterThan(20);
  expect(orders).toBeLessThan(30);
  expect(outlook.pageWhen).toEqual(PAGE_WHEN);
});

test('all prices halved at once is half of the revenue lost, and pages', () => {
  const shop = new Shop(3, exponential);
  const detector = lived(shop, 100);
  let paged = 0;
  for (let at = 0; at < 60 && paged === 0; at++) {
    const { fall } = detector.next({ second: MONDAY + LIVED + at, n: shop.second(100) / 2, share: 1 });
    if (fall) paged = at;
  }
  expect(paged).toBeGreaterThan(0);
});

test('an order of 50,000 among orders of 40 pages nobody when it leaves a window, nor draws a fall', () => {
  const shop = new Shop(4, logNormal(1));
  const detector = lived(shop, 10);
  for (let at = 0; at < 900; at++) {
    const n = shop.second(10) + (at === 100 ? 50_000 : 0);
    const finding = detector.next({ second: MONDAY + LIVED + at, n, share: 1 });
    expect(finding.isDown).toBe(false);
    expect(finding.state).toBe('normal');
    if (at > 100) expect(finding.rate).toBeLessThan(1200);
  }
});

test('in an outage such an order is no recovery', () => {
  const shop = new Shop(5, equal);
  const detector = lived(shop, 50);
  shop.live(detector, LIVED, 120, 0);
  detector.next({ second: MONDAY + LIVED + 120, n: 50_000, share: 1 });
  const finding = shop.live(detector, LIVED + 121, 120, 0);
  expect(finding.isDown).toBe(true);
});

test('a metric that never has enough amounts is too slow, and never pages', () => {
  const detector = detectorOf(REVENUE);
  let finding = detector.next({ second: MONDAY, n: 4000, share: 1 });
  for (let at = 1; at < 3 * HOUR; at++) finding = detector.next({ second: MONDAY + at, n: at % HOUR === 0 ? 4000 : 0, share: 1 });
  expect(finding.state).toBe('too slow');
  expect(detector.outlook().isNoiseKnown).toBe(false);
});

test('a second explained is told in money, and like how many events', () => {
  const shop = new Shop(6, exponential);
  const detector = lived(shop, 50);
  shop.live(detector, LIVED, 2, 0);
  const told = explain(again(detector), { second: MONDAY + LIVED + 2, n: 0, share: 1 });
  const [steepest] = told.questions;
  expect(told.unit).toBe(unitOf(detector));
  expect(steepest?.usual).toBeGreaterThan(1500);
  expect(steepest?.expected).toBeGreaterThan(1500);
  expect(steepest?.deep.hour?.normal).toBeGreaterThan(1500);
});

test('a derivative written in amounts/s² is one of amounts', () => {
  const literal = { ...REVENUE, pageWhen: { ...PAGE_WHEN, eventsPerSecond2: -10 } };
  const shop = new Shop(7, equal);
  const detector = detectorOf(literal);
  shop.live(detector, 0, LIVED, 50);
  const told = explain(detector, { second: MONDAY + LIVED, n: 0, share: 1 });
  // 2,000/s, all of it gone at 10/s²: 200 s, but no longer than what a drop at the default takes.
  expect(told.questions[0]?.fast.within).toBeLessThanOrEqual(PAGE_WHEN.withinSeconds);
  expect(told.questions[0]?.fast.within).toBeGreaterThan(13);
});

test('the past is remembered in money, whatever the unit turns out to be', () => {
  const shop = new Shop(8, exponential);
  const detector = detectorOf(REVENUE);
  for (let minute = -1440 * 3; minute < 0; minute++) detector.remember({ minute: MONDAY / 60 + minute, rate: 2000 });
  const { day } = shop.live(detector, 0, HOUR, 50);
  expect(day).toBeGreaterThan(1980);
  expect(day).toBeLessThan(2020);
});

/** What the shop would have done before it was started: made up from one seed, second by second or as how busy each minute was. */
import { MEAN_RATES, poisson, ShopTraffic } from './traffic.ts';

/** Events of one second, by type. */
export type SecondOfShop = Readonly<Record<string, number>>;

const SEED = 20_261_121;

/** A generator that goes on: call with ascending seconds (epoch). @param size  1 = some 50 orders a second */
export function shopHistory(size = 1, seed: number = SEED): (second: number) => SecondOfShop {
  const random = mulberry32(seed);
  const traffic = new ShopTraffic(random, size);
  return (second) => {
    const { orders, paid, signups, searches } = traffic.at(second);
    const placed = poisson(orders, random);
    return {
      'order.placed': placed,
      'payment.taken': binomial(placed, paid, random),
      'user.registered': poisson(signups, random),
      'search.run': poisson(searches, random),
    };
  };
}

/**
 * How busy the shop was in each minute, 1 at the week's mean: the shape of day and week, and a crowd that wanders.
 * The same minutes from the same beginning are the same ever again.
 *
 * @param minute  the first, since the epoch
 */
export function minuteLevels(minute: number, count: number, size = 1): number[] {
  const traffic = new ShopTraffic(mulberry32(SEED + minute), size);
  return Array.from({ length: count }, (_, i) => traffic.at((minute + i) * 60).signups / MEAN_RATES.signups);
}

/** Something that happened to the orders in [from, to), seconds since the epoch: they were so many times as many. */
export interface Scene {
  readonly from: number;
  readonly to: number;
  readonly times: number;
}

/** Of the orders, on the average of `[from, to)`. */
export function timesBetween(scenes: readonly Scene[], from: number, to: number): number {
  let times = 1;
  for (const scene of scenes) {
    const seconds = Math.min(to, scene.to) - Math.max(from, scene.from);
    if (seconds > 0) times += ((scene.times - 1) * seconds) / (to - from);
  }
  return times;
}

function binomial(of: number, share: number, random: () => number): number {
  let count = 0;
  for (let i = 0; i < of; i++) if (random() < share) count++;
  return count;
}

/** Numbers in [0, 1) from a seed. @see Tommy Ettinger, mulberry32 (public domain) */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

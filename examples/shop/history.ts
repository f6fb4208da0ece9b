/** What the shop would have done before it was started: made up second by second, from one seed. */
import { poisson, ShopTraffic } from './traffic.ts';

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

function binomial(of: number, share: number, random: () => number): number {
  let count = 0;
  for (let i = 0; i < of; i++) if (random() < share) count++;
  return count;
}

/** @see Tommy Ettinger, mulberry32 (public domain) */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

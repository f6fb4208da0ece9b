/**
 * A count of some seconds → counts of each, as chance would have it: each event falls into any of the seconds alike. An even spread
 * would be smoother than any traffic, and a detector that learns from it takes ordinary noise for a fall.
 */

/** From so many expected in a second on, a normal deviate stands for a binomial one. */
const NORMAL_FROM = 30;

/**
 * @param count    events, whole, >= 0
 * @param seconds  >= 1
 * @param seed     the same seed gives the same counts
 * @returns        as many counts as seconds, whole; their sum is `count`
 */
export function spread(count: number, seconds: number, seed: number): number[] {
  const random = randomOf(seed);
  const counts: number[] = [];
  let left = count;
  for (let still = seconds; still > 1; still--) {
    const here = binomial(left, 1 / still, random);
    counts.push(here);
    left -= here;
  }
  counts.push(left);
  return counts;
}

/** How many of `n` happen, each with probability `p`, below 1. */
export function binomial(n: number, p: number, random: () => number): number {
  const mean = n * p;
  if (mean >= NORMAL_FROM) {
    const deviate = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.min(n, Math.max(0, Math.round(mean + deviate * Math.sqrt(mean * (1 - p)))));
  }
  // From one that happens to the next the way is geometric.
  const log = Math.log(1 - p);
  let happened = 0;
  for (let at = skipped(random, log); at < n; at += 1 + skipped(random, log)) happened++;
  return happened;
}

function skipped(random: () => number, log: number): number {
  return Math.floor(Math.log(1 - random()) / log);
}

/** mulberry32: 32 bits of state are enough for the seconds of one step. */
export function randomOf(seed: number): () => number {
  let state = Math.imul(seed ^ (seed / 2 ** 32), 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Amounts of orders: how they differ, and what a second of so many orders adds up to. */
import type { Traffic } from '../../test/support/traffic.ts';

export interface Amounts {
  readonly name: string;
  /** Of one order, in units of its mean. */
  readonly draw: (traffic: Traffic) => number;
  /** E[v²] / E[v]² : so many times fewer events it is as noisy as. */
  readonly spread: number;
}

const logNormal = (sigma: number): Amounts => ({
  name: `log-normal(${sigma})`,
  draw: (traffic) => Math.exp(sigma * traffic.normal() - sigma ** 2 / 2),
  spread: Math.exp(sigma ** 2),
});

export const AMOUNTS: readonly Amounts[] = [
  { name: 'equal', draw: () => 1, spread: 1 },
  { name: 'exponential', draw: (traffic) => -Math.log(1 - traffic.random()), spread: 2 },
  logNormal(1),
  logNormal(1.5),
];

/** Of an order, in the user's own money. */
export const MEAN_AMOUNT = 40;
/** Sums drawn beforehand, of one amount, of ten and of a hundred: a thousand orders are ten draws and no thousand. */
const POOL = 16_384;
const SIZES = [100, 10, 1] as const;

/** Sums of seconds, from one seed. */
export class Till {
  readonly #traffic: Traffic;
  readonly #pools: readonly Float64Array[];

  constructor(traffic: Traffic, { draw }: Amounts) {
    this.#traffic = traffic;
    this.#pools = SIZES.map((size) => {
      const pool = new Float64Array(POOL);
      for (let i = 0; i < POOL; i++) {
        let sum = 0;
        for (let drawn = 0; drawn < size; drawn++) sum += MEAN_AMOUNT * draw(traffic);
        pool[i] = sum;
      }
      return pool;
    });
  }

  /** What so many orders add up to. */
  sum(orders: number): number {
    let sum = 0;
    let left = orders;
    for (const [i, size] of SIZES.entries()) {
      const pool = this.#pools[i] as Float64Array;
      for (; left >= size; left -= size) sum += pool[Math.floor(this.#traffic.random() * POOL)] as number;
    }
    return sum;
  }
}

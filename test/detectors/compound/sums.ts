/** Revenue: sums of orders whose amounts differ, and a detector of them that has lived. */
import { detectorOf } from '../../../detectors/compound/detector-of.ts';
import type { SavedSumDrop } from '../../../detectors/compound/sum-drop.ts';
import type { SteepDrop } from '../../../detectors/steep-drop/steep-drop.ts';
import { Traffic } from '../../support/traffic.ts';
import { MONDAY, PAGE_WHEN } from '../steep-drop/world.ts';

export const REVENUE = { pageWhen: PAGE_WHEN, value: 'amount' };

/** Of one order, 40 in the mean. */
export type Amount = (traffic: Traffic) => number;

export const equal: Amount = () => 40;
export const exponential: Amount = (traffic) => -40 * Math.log(1 - traffic.random());
export const logNormal =
  (sigma: number): Amount =>
  (traffic) =>
    40 * Math.exp(sigma * traffic.normal() - sigma ** 2 / 2);

export class Shop {
  readonly traffic: Traffic;
  readonly #amount: Amount;

  constructor(seed: number, amount: Amount) {
    this.traffic = new Traffic(seed);
    this.#amount = amount;
  }

  /** Revenue of one second at so many orders. */
  second(rate: number): number {
    let sum = 0;
    for (let left = this.traffic.count(rate); left > 0; left--) sum += this.#amount(this.traffic);
    return sum;
  }

  /** Seconds at one rate, the first being `from` seconds since Monday. */
  live(detector: SteepDrop, from: number, seconds: number, rate: number): ReturnType<SteepDrop['next']> {
    let finding = detector.next({ second: MONDAY + from, n: this.second(rate), share: 1 });
    for (let at = 1; at < seconds; at++) finding = detector.next({ second: MONDAY + from + at, n: this.second(rate), share: 1 });
    return finding;
  }
}

/** The same detector once more, from what it saved. */
export function again(detector: SteepDrop): SteepDrop {
  return detectorOf(REVENUE, JSON.parse(JSON.stringify(detector.save())) as SavedSumDrop);
}

/** What one event is worth to it. */
export function unitOf(detector: SteepDrop): number {
  return (detector.save() as SavedSumDrop).unit?.value ?? Number.NaN;
}

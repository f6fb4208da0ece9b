/** A world of apps and outages as the detector of one series sees it: each second as it closed, beside what was published. */
import type { ClosedSecond } from '../../detectors/counting/closing.ts';
import type { CountedMetric } from '../../detectors/counting/metric.ts';
import { Readings } from '../../detectors/counting/readings.ts';
import type { CountsRecord } from '../../platform/topics/counts.ts';
import type { App } from './outage-app.ts';
import { START_MS, World } from './outage-world.ts';

export const ORDERS: CountedMetric = { name: 'orders', event: 'order.placed' };
export const ANY_AMOUNT: CountedMetric = { name: 'amounts', event: 'order.placed', value: 'amount' };

/** A closed second as the detector of one series sees it; seconds are told from the start of the world. */
export interface Seen extends Omit<ClosedSecond, 'second'> {
  readonly at: number;
  /** From the second's end to its closing. */
  readonly lag: number;
  readonly n: number;
  /** 0: blind. */
  readonly share: number;
  readonly published: number;
}

export function watchOrders({ seed = 1, partitions = 3, metric = ORDERS } = {}): { world: World; seen: Seen[]; records: CountsRecord[] } {
  const readings = new Readings(partitions);
  const index = readings.watch(metric);
  const seen: Seen[] = [];
  const records: CountsRecord[] = [];
  const counts = (record: CountsRecord): void => {
    records.push(record);
    readings.take(record);
    for (let closed = readings.close(); closed; closed = readings.close()) {
      const { second, ...rest } = closed;
      const at = second - START_MS / 1000;
      const lag = world.now / 1000 - second - 1;
      seen.push({ ...rest, at, lag, n: readings.n(index), share: readings.share(index), published: world.published.get(second) ?? 0 });
    }
  };
  const world: World = new World({ seed, partitions, metrics: [metric], counts });
  return { world, seen, records };
}

/** Two apps a partition, 40 orders a second each. */
export function shop(world: World, options: { memory?: number; rate?: number } = {}): App[] {
  return Array.from({ length: 2 * world.partitions }, (_, i) =>
    world.app(`shop-${i}`, { partition: i % world.partitions, rate: 40, ...options }),
  );
}

export const between = (seen: Seen[], from: number, to: number): Seen[] => seen.filter(({ at }) => at >= from && at < to);

/** Less than what the readable partitions must have had, by more than chance. */
export const looksLikeAFall = ({ n, share, published }: Seen): boolean =>
  share > 0 && n < 0.8 * share * published - 3 * Math.sqrt(share * published);

export const blind = ({ share }: Seen): boolean => share === 0;

/** What a metric counts: which events, which field, which value; and the series that follows from it. */
import type { EventData, FieldValue } from '@plummet/sdk/batch';
import { segmentSeries } from '../../platform/topics/counts.ts';
import { hash53 } from './hash.ts';

export interface CountedMetric {
  readonly name: string;
  /** Event type: `order.placed`. */
  readonly event: string;
  /** Each field must hold one of its values. */
  readonly where?: Readonly<Record<string, readonly FieldValue[]>>;
  /** The numeric field that is added up; left out: events are counted. */
  readonly value?: string;
  /** Beside the whole each value of a field is counted by itself. */
  readonly by?: SegmentsBy;
  /** One of those values: this is the segment and not the whole. */
  readonly segment?: string;
}

export interface SegmentsBy {
  readonly field: string;
  /** So many values are watched and told by name; the others are `other`. */
  readonly max: number;
  /** What the falls of segments may cost together; left out: none of them is watched, they are counted and named only. */
  readonly segmentsFalsePagesPerYear?: number;
}

/**
 * Metric name, `~`, hash (53 bits) of what is counted: another threshold keeps the series, another filter begins a new one. `by` takes
 * nothing from the whole, so its series stays; that of a segment is the whole's, `/` and the segment.
 */
export function seriesOf(metric: CountedMetric): string {
  const where = Object.entries(metric.where ?? {}).map(([field, values]) => [field, [...values].map((v) => JSON.stringify(v)).sort()]);
  where.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const whole = `${metric.name}~${hash53(JSON.stringify([metric.event, where, metric.value ?? null])).toString(36)}`;
  return metric.segment === undefined ? whole : segmentSeries(whole, metric.segment);
}

/** Only whole types can be counted from a batch's tally alone. */
export function countsWholeType(metric: CountedMetric): boolean {
  return metric.where === undefined && metric.value === undefined && metric.segment === undefined;
}

export function matches(metric: CountedMetric, data: EventData | undefined): boolean {
  if (!metric.where) return true;
  for (const field in metric.where) {
    const found = data?.[field];
    if (found === undefined || !metric.where[field]?.includes(found)) return false;
  }
  return true;
}

/**
 * What an event adds to the metric's sum: what is no finite number adds nothing and is no error. Nor does what is below 0: a refund is no
 * order that failed to come, and a batch of them must not look like an outage.
 */
export function amountOf({ value }: CountedMetric, data: EventData | undefined): number {
  if (value === undefined) return 0;
  const found = data?.[value];
  return typeof found === 'number' && Number.isFinite(found) ? Math.max(0, found) : 0;
}

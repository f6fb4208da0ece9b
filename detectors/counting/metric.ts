/** What a metric counts: which events, which field, which value; and the series that follows from it. */
import type { EventData, FieldValue } from '@plummet/sdk/batch';

export interface CountedMetric {
  readonly name: string;
  /** Event type: `order.placed`. */
  readonly event: string;
  /** Each field must hold one of its values. */
  readonly where?: Readonly<Record<string, readonly FieldValue[]>>;
  /** The numeric field that is added up; left out: events are counted. */
  readonly value?: string;
}

/** Metric name, `~`, hash of what is counted: another threshold keeps the series, another filter begins a new one. */
export function seriesOf(metric: CountedMetric): string {
  const where = Object.entries(metric.where ?? {}).map(([field, values]) => [field, [...values].map((v) => JSON.stringify(v)).sort()]);
  where.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return `${metric.name}~${hash53(JSON.stringify([metric.event, where, metric.value ?? null]))}`;
}

/** Only whole types can be counted from a batch's tally alone. */
export function countsWholeType(metric: CountedMetric): boolean {
  return metric.where === undefined && metric.value === undefined;
}

export function matches(metric: CountedMetric, data: EventData | undefined): boolean {
  if (!metric.where) return true;
  for (const [field, values] of Object.entries(metric.where)) {
    const found = data?.[field];
    if (found === undefined || !values.includes(found)) return false;
  }
  return true;
}

/** cyrb53: 53 bits are enough to tell the filters of one installation apart. @see https://github.com/bryc/code (public domain) */
function hash53(text: string): string {
  let h1 = 0xdeadbeef;
  let h2 = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const ch = text.charCodeAt(i);
    h1 = Math.imul(h1 ^ ch, 2654435761);
    h2 = Math.imul(h2 ^ ch, 1597334677);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  return (4294967296 * (2097151 & h2) + (h1 >>> 0)).toString(36);
}

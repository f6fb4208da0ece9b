/** Records of one partition of `events` as producers, gateways and count processes write them, and counts merged as their readers do. */
import { type BatchEvent, encodeBatch, type SecondCounts, tallyOf } from '@plummet/sdk/batch';
import type { PartitionFold } from '../../../detectors/counting/partition.ts';
import type { LogRecord, StoredRecord } from '../../../platform/eventlog/eventlog.ts';
import type { Checkpoint, SavedPairs } from '../../../platform/topics/checkpoints.ts';
import { type CountsRecord, segmentOf } from '../../../platform/topics/counts.ts';
import { batchRecord, type ForeignEvent, foreignRecord, tickRecord } from '../../../platform/topics/events.ts';

/** 14:00 UTC on some Friday, in ms. */
export const START = Date.UTC(2025, 10, 21, 14, 0, 0);
export const START_SECOND = START / 1000;

export interface Said {
  producer?: string;
  seq: number;
  t0?: number;
  sent?: number;
  until?: number;
  published?: number;
  events?: BatchEvent[];
  lost?: SecondCounts;
  bye?: true;
}

/** A batch as text; what is left out is what an honest producer with one event a batch would say. */
export function batchText(said: Said): string {
  const { producer = 'shop#1', seq, t0 = START, bye, lost = {}, events = [['order.placed', 0]] } = said;
  const { sent = t0 + 100, until = t0 + 100, published = (seq + 1) * events.length } = said;
  return encodeBatch({ producer, seq, published, sent, until, t0, ...(bye && { bye }), lost, tally: tallyOf(t0, events), events });
}

/** A partition's records in the making. */
export class Partition {
  readonly records: StoredRecord[] = [];
  #next = 0;

  /** Lets offsets jump, as they do where Kafka has markers of its own. */
  skipTo(offset: number): this {
    this.#next = offset;
    return this;
  }

  put(record: LogRecord, appendedAt: number): this {
    const { key, value, headers = {} } = record;
    this.records.push({ partition: 0, offset: this.#next++, appendedAt, key, value, headers });
    return this;
  }

  /** Sent, received and appended at `at`, unless it says otherwise. */
  batch(said: Said, at: number = (said.t0 ?? START) + 100, received: number = at): this {
    return this.put(batchRecord(said.producer ?? 'shop#1', batchText({ sent: at, ...said }), received), at);
  }

  tick(at: number, appendedAt: number = at, writer = 'a'): this {
    return this.put(tickRecord({ writer, at }, 0), appendedAt);
  }

  foreign(events: ForeignEvent[], at: number): this {
    return this.put(foreignRecord(events, 0, at), at);
  }
}

export function foldAll(fold: PartitionFold, records: readonly StoredRecord[]): PartitionFold {
  for (const record of records) fold.take(record);
  return fold;
}

export interface Total {
  n: number;
  sum: number;
  lost: number;
}

/** The metric, and its segment behind a slash. */
const nameOf = (series: string): string => {
  const segment = segmentOf(series);
  return segment === null ? (series.split('~')[0] as string) : `${series.split('~')[0]}/${segment}`;
};

/**
 * Equal (series, second, partition, block) merge by the higher `to`; a second is the sum of its blocks and partitions.
 * @returns by `metric second`, seconds from `START`
 */
export function merged(records: readonly CountsRecord[]): Record<string, Total> {
  const cells = new Map<string, { to: number; key: string } & Total>();
  for (const { partition, block, to, rows } of records) {
    for (const [series, second, n, sum, lost] of rows) {
      const place = `${partition} ${block} ${series} ${second}`;
      const known = cells.get(place);
      if (!known || to >= known.to) cells.set(place, { to, key: `${nameOf(series)} ${second - START_SECOND}`, n, sum, lost });
    }
  }
  const totals: Record<string, Total> = {};
  for (const { key, n, sum, lost } of cells.values()) {
    const { [key]: total = { n: 0, sum: 0, lost: 0 } } = totals;
    totals[key] = { n: total.n + n, sum: total.sum + sum, lost: total.lost + lost };
  }
  return totals;
}

/** As topic checkpoints would keep it: JSON, and the sealed pairs beside. */
export function saved(fold: PartitionFold): { checkpoint: Checkpoint; pairs: SavedPairs[] } {
  const checkpoint = fold.checkpoint();
  const pairs = checkpoint.pairs.sealed.map((bucket) => fold.sealedPairs(bucket));
  return JSON.parse(JSON.stringify({ checkpoint, pairs })) as { checkpoint: Checkpoint; pairs: SavedPairs[] };
}

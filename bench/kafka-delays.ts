/** Hears topics `counts` and `signals`: how late each second's first signal and each probe's count came, by the broker's clock. */
import { connect, type Delivery, DomainEvent } from '@plummet/sdk';
import { kafka } from '@plummet/sdk/kafka';
import { seriesOf } from '../detectors/counting/metric.ts';
import type { EventLog, Reader, StoredRecord } from '../platform/eventlog/eventlog.ts';
import { openKafkaLog } from '../platform/eventlog/kafka/kafka.ts';
import { decodeCounts } from '../platform/topics/counts.ts';
import { decodeSignals } from '../platform/topics/signals.ts';
import { topics as topicsOf } from '../platform/topics/topic.ts';
import { systemClock } from '../platform/units/clock.ts';

const PROBE_MS = 130;
const PROBES = seriesOf({ name: 'probes', event: 'probe.sent' });

class ProbeSent extends DomainEvent {
  static readonly type = 'probe.sent';
}

/** Seconds. */
export interface Delays {
  /** From the end of a second to its first signal in the log. */
  readonly signals: readonly number[];
  /** From a probe's publish() to the first count that has it. */
  readonly counts: readonly number[];
}

export class KafkaDelays {
  readonly #log: EventLog;
  readonly #readers: Reader[];
  readonly #probes: Delivery;
  readonly #probing: NodeJS.Timeout;
  readonly #forget: () => void;
  readonly #sentAt: number[] = [];
  /** By second, partition and block, the highest `to` and its count. */
  readonly #whole = new Map<string, { to: number; n: number }>();
  #counted = 0;
  #newest = 0;
  #signals: number[] = [];
  #counts: number[] = [];

  private constructor(log: EventLog, brokers: readonly string[], partitions: number) {
    this.#log = log;
    const { counts, signals } = topicsOf({ events: partitions });
    this.#readers = [
      log.read(signals, new Map(), (records) => {
        for (const record of records) this.#signal(record);
      }),
      log.read(counts, new Map(), (records) => {
        for (const record of records) this.#count(record);
      }),
    ];
    this.#probes = connect({ via: kafka({ brokers }), producer: 'probes', flushAtExit: false });
    this.#forget = ProbeSent.notifies(this.#probes);
    this.#probing = setInterval(() => {
      this.#sentAt.push(Date.now());
      new ProbeSent().publish();
    }, PROBE_MS);
  }

  static async open(brokers: readonly string[], partitions: number): Promise<KafkaDelays> {
    const options = { brokers, topicPrefix: '', partitions: { events: partitions, counts: 1 } };
    const topics = Object.values(topicsOf(options.partitions));
    const log = await openKafkaLog({ kafka: options, clock: systemClock, topics, random: Math.random });
    return new KafkaDelays(log, brokers, partitions);
  }

  /** Decided so far, those that were taken included. */
  get seconds(): number {
    return this.#newest;
  }

  /** What came since this was called last. */
  take(): Delays {
    const delays = { signals: this.#signals, counts: this.#counts };
    this.#signals = [];
    this.#counts = [];
    return delays;
  }

  async close(): Promise<void> {
    clearInterval(this.#probing);
    this.#forget();
    await this.#probes.close({ withinMs: 1000 });
    for (const reader of this.#readers) await reader.stop();
    await this.#log.close();
  }

  #signal(record: StoredRecord): void {
    const { second } = decodeSignals(record);
    if (second <= this.#newest) return;
    this.#newest = second;
    this.#signals.push((record.appendedAt - (second + 1) * 1000) / 1000);
  }

  #count(record: StoredRecord): void {
    const { partition, block, to, rows } = decodeCounts(record);
    for (const [series, second, n] of rows) {
      if (series !== PROBES) continue;
      const place = `${second} ${partition} ${block}`;
      const known = this.#whole.get(place) ?? { to: -1, n: 0 };
      if (to <= known.to) continue;
      this.#whole.set(place, { to, n });
      for (let more = n - known.n; more > 0; more--) {
        this.#counts.push((record.appendedAt - (this.#sentAt[this.#counted++] as number)) / 1000);
      }
    }
  }
}

/** @param share  0..1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) throw new Error('nothing was measured');
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}

/** What was said of each metric last, by its name: its newest second, and what is told once a minute. */
import { metricOf, type OutlookFacts, type SegmentNow, type Signal } from '../../platform/topics/signals.ts';
import type { MetricInfo, MetricNow } from '../live-frames.ts';
import { Thresholds } from '../threshold.ts';

interface Known {
  second: number;
  signal: Signal;
  outlook: OutlookFacts | null;
  segments: readonly SegmentNow[] | null;
}

export class Latest {
  readonly #known = new Map<string, Known>();
  readonly #thresholds = new Thresholds();

  /** @returns whether the threshold of one of them is another one than before */
  take(second: number, signals: readonly Signal[]): boolean {
    let isOther = false;
    for (const signal of signals) {
      this.#takeOne(second, signal);
      if (signal.outlook && this.#thresholds.take(metricOf(signal.series), signal.outlook)) isOther = true;
    }
    return isOther;
  }

  withThreshold(metric: MetricInfo): MetricInfo {
    return this.#thresholds.of(metric);
  }

  #takeOne(second: number, signal: Signal): void {
    const name = metricOf(signal.series);
    const before = this.#known.get(name);
    if (second < (before?.second ?? 0)) return;
    // Another filter begins a new series, of which the old outlook says nothing.
    const same = before?.signal.series === signal.series ? before : undefined;
    const { outlook = same?.outlook ?? null, segments = same?.segments ?? null } = signal;
    this.#known.set(name, { second, signal, outlook, segments });
  }

  of(metric: MetricInfo): MetricNow {
    const known = this.#known.get(metric.name);
    const { state = null, rate = null, usual = null, progressSeconds = null } = known?.signal ?? {};
    const told = { outlook: known?.outlook ?? null, segments: known?.segments ?? null };
    return { ...metric, state, rate, usual, second: known?.second ?? null, progressSeconds, ...told };
  }

  /** Events of a series missing so far; null where nothing is said of it. */
  missing(series: string): number | null {
    const latest = this.#known.get(metricOf(series))?.signal;
    return latest?.series === series ? (latest.fall?.missing ?? null) : null;
  }
}

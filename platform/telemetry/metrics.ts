/** The registry behind /metrics, filled by the catalogue's calls. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { catalogue, type Entry, type Fields } from './catalogue.ts';

export class Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();

  constructor() {
    const registers = [this.#registry];
    for (const entry of Object.values(catalogue) as Entry[]) {
      const { name, help, labels = [], buckets } = entry;
      const options = { name, help, labelNames: [...labels], registers };
      if (entry.kind === 'counter') this.#counters.set(name, new Counter(options));
      else if (entry.kind === 'gauge') this.#gauges.set(name, new Gauge(options));
      else this.#histograms.set(name, new Histogram({ ...options, ...(buckets && { buckets: [...buckets] }) }));
    }
  }

  take(entry: Entry, fields: Fields): void {
    const labels = Object.fromEntries((entry.labels ?? []).map((label) => [label, String(fields[label] ?? '')]));
    const value = fields.value ?? 1;
    if (entry.kind === 'counter') this.#counters.get(entry.name)?.inc(labels, value);
    else if (entry.kind === 'gauge') this.#gauges.get(entry.name)?.set(labels, value);
    else this.#histograms.get(entry.name)?.observe(labels, value);
  }

  /** Prometheus text format 0.0.4. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

/** What may wake a person: a steep fall of a critical write metric, and nothing else, ever. */
import type { SteepLimit } from '../../platform/topics/incidents.ts';
import type { Signal } from '../../platform/topics/signals.ts';

/** A metric as far as alerting knows it. */
export interface WatchedMetric {
  readonly name: string;
  readonly series: string;
  readonly kind: 'write' | 'read';
  readonly critical: boolean;
  /** The field whose values are added up; left out: events are counted. */
  readonly value?: string | undefined;
  /** Told beside how steep it fell. */
  readonly steepLimit?: SteepLimit;
  /** Names of metrics that are told beside it. */
  readonly peers?: readonly string[];
}

declare const wakes: unique symbol;

/** Wakes somebody. Only `severityOf` makes one, so no other code can decide to page. */
type WakesSomebody = 1 & { readonly [wakes]: true };

/** 2 is told in the morning and drawn at once. */
export type Severity = WakesSomebody | 2;

/** @returns null where nothing has dropped */
export function severityOf(metric: WatchedMetric, signal: Pick<Signal, 'state'>): Severity | null {
  if (signal.state !== 'dropped') return null;
  return metric.critical && metric.kind === 'write' ? (1 as WakesSomebody) : 2;
}

/** Of a slow slide or an upward surprise: a critical metric's is told in the morning, any other's is only drawn and kept. Never 1. */
export function severityOfSlide({ critical }: Pick<WatchedMetric, 'critical'>): 2 | 3 {
  return critical ? 2 : 3;
}

/** Falls, signals and facts for tests of what alerting makes of them: orders fall from 118/s to 45/s in 4 s. */
import type { FellFacts } from '../../platform/topics/incidents.ts';
import type { FallFacts, Signal, SignalState, SignalsRecord } from '../../platform/topics/signals.ts';

/** 14:00:00 UTC on a Friday: where the manual clock starts. */
export const START_S = Date.UTC(2025, 10, 21, 14, 0, 0) / 1000;

export function fall(at: number, more: Partial<FallFacts> = {}): FallFacts {
  const rates = { rateBefore: 118, rateAfter: 45, drop: 0.62, derivative: -15.5 };
  return { from: at - 4, at, ...rates, steepness: -8.7, threshold: -6, fallWindow: 4, missing: 180, ...more };
}

export function fell(metric: string, at: number, more: Partial<FellFacts> = {}): FellFacts {
  return { ...fall(at), metric, series: `${metric}~1`, silent: [], producers: 15, ...more };
}

export function signal(metric: string, state: SignalState, more: Partial<Signal> = {}): Signal {
  return { series: `${metric}~1`, state, rate: 45, n: 45, usual: 118, derivative: -15.5, steepness: -8.7, drop: 0.62, ...more };
}

export function signals(second: number, findings: readonly Signal[], more: Partial<SignalsRecord> = {}): SignalsRecord {
  return { second, by: 'detect-a', at: second * 1000 + 700, silent: [], producers: 15, signals: findings, ...more };
}

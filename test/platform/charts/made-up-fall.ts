/** A metric that fell, with traffic from a seed, as its picture takes it. */
import type { FallScene } from '../../../platform/charts/fall.ts';
import { scattered } from './scattered.ts';

export interface MadeUp extends Partial<FallScene> {
  readonly left?: number;
  /** Seconds the fall takes, from its first to its page, and of data before it. */
  readonly rampSeconds?: number;
  readonly waitSeconds?: number;
  readonly beforeSeconds?: number;
  readonly afterSeconds?: number;
}

/** 2026-11-20 14:03:04 UTC */
export const FELL = 1_795_183_384;

export function fallen(made: MadeUp = {}): FallScene {
  const { left = 0.38, rampSeconds = 4, waitSeconds = 4, beforeSeconds = 700, afterSeconds = 0, ...given } = made;
  const { usual = 118 } = made;
  const start = FELL - beforeSeconds;
  const random = scattered(7);
  const counts = Array.from({ length: beforeSeconds + waitSeconds + 1 + afterSeconds }, (_, i) => {
    const done = Math.max(0, Math.min(1, (start + i - FELL + 1) / rampSeconds));
    const mean = usual * (1 - (1 - left) * done);
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * random()));
  });
  return {
    name: 'orders',
    from: FELL,
    at: FELL + waitSeconds,
    start,
    counts,
    usual,
    rateAfter: usual * left,
    drop: 1 - left,
    derivative: (-100 * (1 - left)) / rampSeconds,
    steepness: -8.7,
    threshold: -6,
    hour: usual * 0.97,
    day: null,
    ...given,
  };
}

/** The same seconds without those from..to after the fall's first (negative: before). */
export function withGap(scene: FallScene, from: number, to: number): FallScene {
  const counts = scene.counts.map((count, i) => (scene.start + i >= scene.from + from && scene.start + i < scene.from + to ? null : count));
  return { ...scene, counts };
}

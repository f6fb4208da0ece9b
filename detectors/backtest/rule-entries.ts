/** Entries of a file of rule tests → what is played, each with its defaults. */
import { parseDuration } from '../../platform/units/duration.ts';
import { parseShare } from '../../platform/units/share.ts';
import type { Usual } from './day-curve.ts';
import type { Noise } from './made-series.ts';
import { OPEN, type TestEntry } from './rule-file.ts';

type Repeats = Pick<TestEntry, 'seed' | 'times' | 'passes'>;

export const repeatsOf = ({ seed = 1, times = 1, passes = '100%' }: Repeats) => ({ seed, times, passes: parseShare(passes) ?? 1 });

export const secondsOf = (text: string): number => (parseDuration(text) ?? 0) / 1000;

export function noiseOf(noise: NonNullable<TestEntry['noise']>): Noise {
  if (noise === 'none') return 'none';
  return { dispersion: noise === 'poisson' ? 1 : noise.dispersion };
}

type UsualEntry = NonNullable<TestEntry['usual']>;

export function usualOf({ rate, day = 'two-humped', swing = '60%', weekend, open, closed_to: closedTo = '0%' }: UsualEntry): Usual {
  const hours = open === undefined ? null : OPEN.exec(open);
  const minute = (hour: number): number => Number(hours?.[hour]) * 60 + Number(hours?.[hour + 1]);
  return {
    ...{ rate, day, swing: parseShare(swing) ?? 0, closedTo: parseShare(closedTo) ?? 0 },
    weekend: weekend === undefined ? (day === 'two-humped' ? 0.6 : 1) : (parseShare(weekend) ?? 1),
    ...(hours && { open: { from: minute(1), to: minute(3) } }),
  };
}

export function sentenceOf(written: string | Readonly<Record<string, string>>): string {
  if (typeof written === 'string') return written;
  return Object.entries(written)
    .map(([what, result]) => `${what}: ${result}`)
    .join(' ');
}

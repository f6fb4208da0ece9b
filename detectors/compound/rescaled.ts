/** What a detector has learned, told in another unit: counts, rates and noise alike, so that every comparison stays what it was. */
import type { SavedSteepDrop } from '../steep-drop/steep-drop.ts';

/**
 * Squared distances grow with the factor (squares with its square, over what is expected), so dispersion does, too; steepness, shares and
 * times do not change.
 *
 * @param factor  new counts over old ones, > 0
 */
export function rescaled({ seconds, dispersion, normals, fall, ...rest }: SavedSteepDrop, factor: number): SavedSteepDrop {
  const all = (values: readonly number[]): number[] => values.map((value) => value * factor);
  const [minute, events, exposure] = normals.minute;
  const [quarter, rates] = normals.quarter;
  return {
    ...rest,
    seconds: { ...seconds, counts: all(seconds.counts) },
    dispersion: {
      quantiles: all(dispersion.quantiles),
      means: all(dispersion.means),
      rates: all(dispersion.rates),
      learned: dispersion.learned,
    },
    normals: {
      ...normals,
      minutes: all(normals.minutes),
      days: normals.days.map(([day, quarters]) => [day, quarters.map((rate) => (rate < 0 ? rate : rate * factor))]),
      minute: [minute, events * factor, exposure],
      quarter: [quarter, all(rates)],
    },
    ...(fall && {
      fall: { ...fall, rateBefore: fall.rateBefore * factor, rateAfter: fall.rateAfter * factor, missing: fall.missing * factor },
    }),
  };
}

/** From values to pixels, evenly or by powers of ten, with the round values that are worth a mark. */
import { marksOf, markText, roundTop } from './axis.ts';

export interface Scale {
  /** Pixels; null where the value has no place (zero on a logarithmic axis, or no number). */
  at(value: number): number | null;
  readonly marks: readonly { readonly value: number; readonly text: string }[];
}

/** Pixels of the first and of the last value. */
export type Range = readonly [first: number, last: number];

/** From zero to a round top that holds `need`. */
export function linear(need: number, [first, last]: Range): Scale {
  const top = roundTop(need);
  return {
    at: (value) => (Number.isFinite(value) ? first + (value / top) * (last - first) : null),
    marks: marksOf(top).map((value) => ({ value, text: markText(value) })),
  };
}

/** Ends may lie on these parts of a power of ten. */
const PARTS = [1, 2, 5];

/**
 * Evenly by powers of ten, from and to a 1, 2 or 5.
 *
 * @param from, to  > 0
 * @param labelPx   the least distance of two marks
 */
export function logarithmic(from: number, to: number, [first, last]: Range, labelPx: number): Scale {
  const low = roundOutwards(from, -1);
  const high = Math.max(roundOutwards(to, 1), roundOutwards(low * 1.01, 1));
  const length = Math.log(high / low);
  const at = (value: number): number | null =>
    value > 0 && Number.isFinite(value) ? first + (Math.log(value / low) / length) * (last - first) : null;
  const perDecade = (Math.abs(last - first) * Math.LN10) / length;
  return { at, marks: powerMarks(low, high, perDecade, labelPx).map((value) => ({ value, text: markText(value) })) };
}

function roundOutwards(value: number, direction: 1 | -1): number {
  const power = Math.floor(Math.log10(value) + 1e-10);
  const rounds = [...PARTS, 10].map((part) => exact(part, power));
  const fits = (round: number): boolean => (direction > 0 ? round >= value * (1 - 1e-9) : round <= value * (1 + 1e-9));
  return (direction > 0 ? rounds.find(fits) : rounds.findLast(fits)) ?? exact(1, power);
}

/** 1, 2, 5 of every power where there is room, else whole powers, else every second, third… one. */
function powerMarks(low: number, high: number, perDecade: number, labelPx: number): number[] {
  const parts = perDecade * Math.log10(2) >= labelPx ? PARTS : [1];
  const every = Math.max(1, Math.ceil(labelPx / perDecade));
  const marks: number[] = [];
  for (let power = Math.floor(Math.log10(low) + 1e-9); exact(1, power) <= high; power++) {
    if (power % every !== 0) continue;
    for (const part of parts) {
      const value = exact(part, power);
      if (value >= low && value <= high) marks.push(value);
    }
  }
  return marks;
}

/** 5e-2 is 0.05, and not 0.05000000000000001. */
const exact = (part: number, power: number): number => Number(`${part}e${power}`);

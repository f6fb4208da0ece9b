/** The axes: zero is always on it, the top is a round number that changes rarely, minutes stand below. */

const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
const INTERVALS = 3;
/** The top comes down only when this share of it would do. */
const TOO_TALL = 0.55;

/** The smallest top of three equal, round steps that holds `need`. */
export function roundTop(need: number): number {
  const wanted = Math.max(need, 1e-6) / INTERVALS;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = (ROUND.find((round) => round * power >= wanted * (1 - 1e-9)) ?? 10) * power;
  return Number((step * INTERVALS).toPrecision(6));
}

/** @param before  the top until now, or null */
export function steadyTop(before: number | null, need: number): number {
  if (before !== null && need <= before && need >= before * TOO_TALL) return before;
  return roundTop(need);
}

export function marksOf(top: number): number[] {
  return [0, 1, 2, 3].map((k) => Number(((top / INTERVALS) * k).toPrecision(6)));
}

/** `1,480`, `0.5`, `25k`, `1.5M` */
export function markText(value: number): string {
  if (value >= 1_000_000) return `${Number((value / 1_000_000).toPrecision(4))}M`;
  if (value >= 10_000) return `${Number((value / 1000).toPrecision(4))}k`;
  return value >= 1000 ? value.toLocaleString('en-US') : String(value);
}

const MINUTE_STEPS = [60, 120, 300, 600, 900, 1800, 3600];

/** Full minutes within a window of seconds, so far apart that their labels do not touch. */
export function minuteMarks(from: number, to: number, widthPx: number, labelPx = 52): number[] {
  const perPx = (to - from) / Math.max(1, widthPx);
  const step = MINUTE_STEPS.find((seconds) => seconds / perPx >= labelPx) ?? 7200;
  const marks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) marks.push(at);
  return marks;
}

/**
 * The strip's one scale for every metric: signed square root, so that -3 is always half way down and -12 at the edge.
 *
 * @returns -1 at -12 %/s, 0.5 at +3 and beyond: what rises is of little interest
 */
export function stripScale(derivative: number): number {
  const scaled = Math.sign(derivative) * Math.sqrt(Math.abs(derivative) / 12);
  return Math.max(-1, Math.min(0.5, scaled));
}

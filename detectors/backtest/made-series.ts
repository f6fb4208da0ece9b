/** Series → seconds with counts: exact ones, or ones drawn from a seed. */
import type { Rows } from './csv.ts';
import { Traffic } from './made-traffic.ts';
import type { Series, Stretch } from './series.ts';

/** How counts stray from what is expected of a second: not at all, or with this variance over mean (1 = Poisson). */
export type Noise = 'none' | { readonly dispersion: number };

export interface MadeSeries {
  readonly series: Series;
  /** Since the epoch. */
  readonly start: number;
  /** Events/s usually; what a level in percent is of. */
  readonly usual: ((second: number) => number) | null;
  readonly noise: Noise;
  readonly seed: number;
}

const ROWS_MAX = 16_384;
/** Sums of decimals miss a whole number by less. */
const HAIR = 1e-9;

/** Rows of the seconds that have data, in order: the same object each time, filled anew. */
export function* madeRows({ series, start, usual, noise, seed }: MadeSeries): Generator<Rows, void> {
  const rows: Rows = { seconds: new Float64Array(ROWS_MAX), counts: new Float64Array(ROWS_MAX), lines: NO_LINES, length: 0 };
  const draw = noise === 'none' ? wholeEvents() : drawn(noise.dispersion, seed);
  let second = start;
  for (const { times, stretches } of series.parts) {
    for (let turn = 0; turn < times; turn++) {
      for (const stretch of stretches) {
        if (stretch.level === null) second += stretch.seconds;
        for (let at = 0; stretch.level !== null && at < stretch.seconds; at++) {
          rows.seconds[rows.length] = second;
          rows.counts[rows.length++] = draw(expectedAt(stretch, stretch.level, at, second, usual));
          second++;
          if (rows.length < ROWS_MAX) continue;
          yield rows;
          rows.length = 0;
        }
      }
    }
  }
  if (rows.length > 0) yield rows;
}

/** Made rows come from no file. */
const NO_LINES = new Float64Array(0);

function expectedAt({ step, ofUsual }: Stretch, level: number, at: number, second: number, usual: MadeSeries['usual']): number {
  // Steps of a third end a hair below the 0 that was meant.
  const expected = Math.max(0, level + step * at);
  return ofUsual && usual ? expected * usual(second) : expected;
}

/** Whole events spread evenly: half an event a second is one in every other. */
function wholeEvents(): (expected: number) => number {
  let owed = 0;
  return (expected) => {
    const sum = owed + expected;
    const n = Math.floor(sum + HAIR);
    owed = Math.max(0, sum - n);
    return n;
  };
}

function drawn(dispersion: number, seed: number): (expected: number) => number {
  const traffic = new Traffic(seed, { dispersion });
  return (expected) => traffic.count(expected);
}

/** A day and a half with all that divides limits: outages, dips, slides, sales, planned ones too, a closing, gaps, another source. */
import { type History, Recording } from '../../../detectors/tuning/history.ts';
import { type Noise, Traffic } from '../../support/traffic.ts';
import type { Amount } from '../compound/sums.ts';

const START = Date.parse('2026-11-02T00:00:00Z') / 1000;
const HOUR = 3600;

interface Happening {
  readonly at: number;
  readonly lasts: number;
  /** What it makes of the usual rate, by the second since it began. */
  readonly times: (since: number) => number;
}

export interface Eventful extends Noise {
  readonly rate: number;
  readonly hours?: number;
  /** Of each event, to be added up; left out: events are counted. */
  readonly amount?: Amount;
}

export function eventful(seed: number, { rate, hours = 36, amount = () => 1, ...noise }: Eventful): History {
  const traffic = new Traffic(seed, noise);
  const happenings = Array.from({ length: Math.round(hours * 1.5) }, (): Happening => happening(traffic.random, hours * HOUR));
  const recording = new Recording();
  for (let at = 0; at < hours * HOUR; at++) {
    const day = 1 + 0.5 * Math.sin((2 * Math.PI * at) / (24 * HOUR));
    let times = at % (24 * HOUR) > 20 * HOUR && at % (24 * HOUR) < 21 * HOUR ? 0.02 : 1;
    for (const { at: begins, lasts, times: made } of happenings) if (at >= begins && at < begins + lasts) times *= made(at - begins);
    if (at === 9 * HOUR || at === 30 * HOUR + 77) recording.beginAnew();
    if (times >= 0) recording.add(START + at, sumOf(traffic, rate * day * times, amount), at % 7919 < 40 ? 0.75 : 1);
  }
  const closing = (second: number): boolean => (second - START) % (24 * HOUR) > 20 * HOUR && (second - START) % (24 * HOUR) < 20.5 * HOUR;
  // Outages lie in it, begin before its end, and are over after it.
  const planned = (second: number): boolean => (second - START) % (3 * HOUR) > 1.5 * HOUR && (second - START) % (3 * HOUR) < 2.6 * HOUR;
  return recording.end(closing, planned);
}

function sumOf(traffic: Traffic, expected: number, amount: Amount): number {
  let sum = 0;
  for (let left = traffic.count(expected); left > 0; left--) sum += amount(traffic);
  return sum;
}

function happening(random: () => number, span: number): Happening {
  const at = Math.floor(HOUR * 0.7 + random() * (span - HOUR));
  const depth = 0.2 + 0.8 * random();
  const lasts = [2, 5, 30, 200, 900, 2500][Math.floor(random() * 6)] as number;
  const kind = Math.floor(random() * 6);
  if (kind === 0) return { at, lasts, times: () => -1 };
  if (kind === 1) return { at, lasts: 3 * lasts, times: () => 1 + 4 * depth };
  if (kind === 2) return { at, lasts: lasts + 60, times: (since) => 1 - depth * Math.min(1, since / 60) };
  if (kind === 3) return { at, lasts, times: (since) => (since % 3 === 2 ? 1 : 0.1) };
  return { at, lasts, times: () => (kind === 4 ? 0 : 1 - depth) };
}

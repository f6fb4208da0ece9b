/** One second explained, as plain data: what `plummet explain --json` prints and `GET /api/metrics/NAME/explain` answers. */
import type { Explained } from './explain.ts';
import type { Reached } from './until.ts';
import { clock, type Reason, verdict } from './verdict.ts';

/** What is known of the second. */
export type Known = Exclude<Reached, { is: 'outside' }>;

/**
 * Seconds since the epoch, rates in events/s, shares 0..1, sigmas below 0 where something fell, null where something is not known.
 *
 * `at` is the second as ISO 8601, `reason` one of those in verdict.ts or "no data", and `verdict` the sentence. With data there follow
 * the facts of `Explained`, by the same names: `state, isDown, held, warmSeconds, recoveredSeconds, outSince, recoversAt, count, rate,
 * usual, hour, day, limits, pairs, questions, alone, fall`. Without data `state` is "no data", `before` and `after` are the seconds
 * around it that have some, and `outSince` is when the page was sent that is out.
 */
export type Explanation =
  | ({ readonly second: number; readonly at: string; readonly reason: Reason; readonly verdict: string } & Explained)
  | {
      readonly second: number;
      readonly at: string;
      readonly pages: false;
      readonly reason: 'no data';
      readonly verdict: string;
      readonly state: 'no data';
      readonly before: number;
      readonly after: number;
      readonly outSince: number | null;
    };

export function explanationOf(second: number, known: Known): Explanation {
  const at = new Date(second * 1000).toISOString().replace('.000', '');
  if (known.is === 'no data') {
    const { before, after, outSince } = known;
    return { second, at, pages: false, reason: 'no data', verdict: noData(known, second), state: 'no data', before, after, outSince };
  }
  const { reason, sentence } = verdict(known.told);
  const { pages, second: _second, ...facts } = known.told;
  return { second, at, pages, reason, verdict: sentence, ...(shortened(facts) as Omit<Explained, 'pages' | 'second'>) };
}

function noData({ before, after, outSince }: Extract<Known, { is: 'no data' }>, second: number): string {
  const out = outSince === null ? '' : ` The page of ${clock(outSince, second)} stays out.`;
  const between = `no data between ${clock(before, second)} and ${clock(after, second)}`;
  return `Does not page: ${between}, and nothing is decided without.${out}`;
}

const DIGITS = 6;

/** Numbers to six digits, however deep they lie. */
function shortened(value: unknown): unknown {
  if (typeof value === 'number') return (Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS))) + 0;
  if (Array.isArray(value)) return value.map(shortened);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shortened(each)]));
}

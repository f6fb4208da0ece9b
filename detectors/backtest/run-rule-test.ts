/** Plays a rule test through the live detector and says whether it passed, and where not, why. */
import { rateOf } from './day-curve.ts';
import { comparePages, type Difference } from './expected-pages.ts';
import { madeRows } from './made-series.ts';
import { type Page, Replay } from './replay.ts';
import { type RuleTest, seedOf } from './rule-test.ts';
import type { WarmStarts } from './warm-start.ts';
import { type Told, whyOf } from './why-of.ts';

/** A difference and what the detector itself says of it; null where the page says it all. */
export type Explained = Difference & { readonly why: Told | null };

export interface Outcome {
  readonly name: string;
  readonly metric: string | null;
  readonly passed: boolean;
  /** Seconds that were judged, of all repeats. */
  readonly seconds: number;
  readonly start: number;
  readonly repeats: number;
  readonly repeatsPassed: number;
  /** Share of the repeats that must pass. */
  readonly passes: number;
  /** Of each expected page, over the repeats in which it came; null: in none. */
  readonly delays: readonly (Delays | null)[];
  /** Of the first repeat that failed. */
  readonly failed: { readonly seed: number; readonly differences: readonly Explained[]; readonly pages: readonly Page[] } | null;
  /** Pages of the first repeat. */
  readonly pages: readonly Page[];
  /** Expected pages whose mean delay is too long. */
  readonly slow: readonly { readonly after: number; readonly mean: number; readonly meanWithin: number }[];
}

/** Seconds. */
export interface Delays {
  readonly mean: number;
  readonly most: number;
}

/** Some repeats of a test, as they can be handed from thread to thread. */
export interface Repeats {
  /** The first of them, from 0. */
  readonly from: number;
  readonly compared: readonly { readonly passed: boolean; readonly delays: readonly (number | null)[] }[];
  readonly seconds: number;
  readonly pages: readonly Page[];
  readonly failed: Outcome['failed'];
}

/** Repeats `from` up to and without `to`. Never throws for what a test file may hold. */
export function playRepeats(test: RuleTest, from: number, to: number, starts: WarmStarts): Repeats {
  const compared: Repeats['compared'][number][] = [];
  let seconds = 0;
  let first: readonly Page[] = [];
  let failed: Outcome['failed'] = null;
  for (let repeat = from; repeat < to; repeat++) {
    const seed = seedOf(test, repeat);
    const played = play(test, seed, starts);
    const { differences, delays } = comparePages(test.expected, played.pages, test.start);
    if (repeat === from) first = played.pages;
    seconds += played.seconds;
    compared.push({ passed: differences.length === 0, delays });
    if (differences.length === 0 || failed) continue;
    const explained = differences.map((difference) => ({ ...difference, why: whyOf(difference, test, seed, starts) }));
    failed = { seed, differences: explained, pages: played.pages };
  }
  return { from, compared, seconds, pages: first, failed };
}

/** @param parts  all repeats of the test, in any order */
export function outcomeOf(test: RuleTest, parts: readonly Repeats[]): Outcome {
  const ordered = [...parts].sort((a, b) => a.from - b.from);
  const compared = ordered.flatMap((part) => part.compared);
  const repeatsPassed = compared.filter(({ passed }) => passed).length;
  const delays = test.expected.map((_, i) => delaysOf(compared.map((one) => one.delays[i] ?? null)));
  const slow = test.expected.flatMap(({ after, meanWithin }, i) => {
    const mean = delays[i]?.mean;
    return meanWithin !== undefined && mean !== undefined && mean > meanWithin ? [{ after, mean, meanWithin }] : [];
  });
  const { name, metric, start, times, passes } = test;
  return {
    ...{ name, metric, start, passes, delays, slow, repeatsPassed },
    passed: isEnough(repeatsPassed, { repeats: times, passes }) && slow.length === 0,
    seconds: ordered.reduce((sum, part) => sum + part.seconds, 0),
    repeats: times,
    failed: ordered.find((part) => part.failed !== null)?.failed ?? null,
    pages: ordered[0]?.pages ?? [],
  };
}

/** A share of so many misses a whole number by less. */
const HAIR = 1e-9;

/** Whether so many of the repeats passed as must. */
export function isEnough(passed: number, { repeats, passes }: Pick<Outcome, 'repeats' | 'passes'>): boolean {
  return passed >= passes * repeats - HAIR;
}

/** The whole test, here. */
export function runRuleTest(test: RuleTest, starts: WarmStarts): Outcome {
  return outcomeOf(test, [playRepeats(test, 0, test.times, starts)]);
}

function play(test: RuleTest, seed: number, starts: WarmStarts): { readonly pages: readonly Page[]; readonly seconds: number } {
  const { watched, start, usual, offsetSeconds, noise } = test;
  const detector = starts.detector(test);
  const replay = new Replay({ ...watched, missing: 'nodata', learned: { detector, finding: null } });
  const rate = usual && rateOf(usual, offsetSeconds);
  for (const rows of madeRows({ series: test.seriesOf(seed), start, usual: rate, noise, seed })) replay.take(rows);
  return replay.end();
}

function delaysOf(all: readonly (number | null)[]): Delays | null {
  const known = all.filter((delay) => delay !== null);
  if (known.length === 0) return null;
  return { mean: known.reduce((sum, delay) => sum + delay, 0) / known.length, most: Math.max(...known) };
}

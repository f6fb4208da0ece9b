/** One rule test: what is played, and which pages are expected of it. Plain data, so that it can be handed to a thread. */
import type { JudgedMetric } from '../compound/detector-of.ts';
import type { Usual } from './day-curve.ts';
import type { Noise } from './made-series.ts';
import type { Series } from './series.ts';

/** The rule that is tried. Tests of one metric share the object. */
export interface Watched extends JudgedMetric {
  /** Whether a planned closing holds in a second (since the epoch). */
  readonly closed?: ((second: number) => boolean) | undefined;
  /** Whether a planned event holds in it. */
  readonly expected?: ((second: number) => boolean) | undefined;
}

/** One page that is to come; seconds from the series' first, or from `after`. */
export interface ExpectedPage {
  readonly after: number;
  /** The decision's second is over by then. */
  readonly within: number;
  readonly notBefore: number;
  /** Share lost as the page tells it, from the least to the most. */
  readonly drop?: { readonly least: number; readonly most: number };
  /** From the page on. */
  readonly resolvedWithin?: number;
  /** Mean over all repeats. */
  readonly meanWithin?: number;
}

/** What it lived through before its first second. */
export interface Before {
  /** Nothing: it is new. */
  readonly isCold: boolean;
  /** Of the usual, minute by minute, then second by second. */
  readonly historyDays: number;
  readonly livedSeconds: number;
}

export interface RuleTest {
  readonly name: string;
  /** Of the YAML; null: a rule of its own. */
  readonly metric: string | null;
  readonly watched: Watched;
  /** One for each repeat: some scenes differ by more than their noise. */
  readonly seriesOf: (seed: number) => Series;
  /** Of all repeats alike, in seconds. */
  readonly seconds: number;
  /** First second, since the epoch. */
  readonly start: number;
  /** Null: the series' first level. */
  readonly usual: Usual | null;
  /** Of the local clock ahead of UTC, s. */
  readonly offsetSeconds: number;
  readonly noise: Noise;
  readonly seed: number;
  readonly times: number;
  /** Share of the repeats that must pass, above 0 to 1. */
  readonly passes: number;
  readonly before: Before;
  /** In the order of time; empty: no page. */
  readonly expected: readonly ExpectedPage[];
}

/** Of one repeat, from 0: whoever wants to see it alone writes it into the test. */
export const seedOf = ({ seed }: Pick<RuleTest, 'seed'>, repeat: number): number => seed + repeat;

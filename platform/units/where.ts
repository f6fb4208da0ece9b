/** Where a metric fell, by its segments, in the same words in mail, on the wall and in a terminal. */
import { showLoss } from './numbers.ts';
import { showShare } from './share.ts';

/** From here on letters are written from right to left: Hebrew, Arabic and their like. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A name that is written from right to left, set apart so that the numbers beside it keep their place and sign. */
export function setApart(name: string): string {
  return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}

/** As a fall tells it. Names are clean already. */
export interface Where {
  /** The field that parts the metric. */
  readonly by?: string;
  /** Only this one fell. */
  readonly segment?: string;
  /** Who lost most first; empty: all alike. */
  readonly segments?: readonly { readonly segment: string; readonly share: number; readonly drop: number }[];
}

/** `country de −98% (83% of what is missing), at −4% (9%)`, `only country nl`, `everywhere alike, by country`; null: nobody can tell. */
export function showWhere({ by = 'segment', segment, segments }: Where): string | null {
  if (segment !== undefined) {
    const others = (segments ?? []).filter((one) => one.segment !== segment);
    const too = others.length > 0 ? `, beside ${others.map((one) => `${setApart(one.segment)} ${showLoss(one.drop)}`).join(', ')}` : '';
    return `only ${by} ${setApart(segment)}${too}`;
  }
  if (segments === undefined) return null;
  if (segments.length === 0) return `everywhere alike, by ${by}`;
  const told = segments.map((one, i) => {
    return `${setApart(one.segment)} ${showLoss(one.drop)} (${showShare(one.share)}${i === 0 ? ' of what is missing' : ''})`;
  });
  return `${by} ${told.join(', ')}`;
}

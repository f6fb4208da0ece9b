/** The detector of a metric: the steep-drop detector where events are counted, one that divides by a unit where values are added up. */
import { type PageWhen, type SavedSteepDrop, type SteepDrop, steepDrop } from '../steep-drop/steep-drop.ts';
import { SumDrop } from './sum-drop.ts';

/** What of a metric decides how it is judged. */
export interface JudgedMetric {
  readonly pageWhen: PageWhen;
  /** The field that is added up; left out: events are counted. */
  readonly value?: string | undefined;
}

/** @throws Error where what was saved is of another version: it is learned anew */
export function detectorOf({ pageWhen, value }: JudgedMetric, saved?: SavedSteepDrop): SteepDrop {
  return value === undefined ? steepDrop(pageWhen, saved) : new SumDrop(pageWhen, saved);
}

/** What a second is judged by, for whoever explains it: to be read only, and only during the call, as the detector goes on with it. */
import type { Fall } from './finding.ts';
import type { Circumstances } from './judge.ts';
import type { Scan } from './scan.ts';

export interface Evidence {
  readonly circumstances: Circumstances;
  /** Of this time of day, as far as what is down may come back to it. Events/s, null = it says nothing. */
  readonly recoveryDay: number | null;
  /** Positions before this one are in no window and no reference. */
  readonly scannedFrom: number;
  /** The pairs that are sure at the detector's own threshold, the steepest of all, and the seconds without an event up to now. */
  readonly scan: Pick<Scan, 'sure' | 'steepest' | 'zeros'>;
  /** Of the seconds that warming takes, before this one. */
  readonly warmSeconds: number;
  /** In a planned closing. */
  readonly closed: boolean;
  /** The page that is out, and the position after its second. */
  readonly fall: Fall | undefined;
  readonly pagedAt: number;
  /** Of a sum: the amount that one event stands for here; left out: events are counted. */
  readonly unit?: number;
}

/** Is told what a second is judged by before anything is decided or learned from it. */
export type Witness = (evidence: Evidence) => void;

/** How fast a topic is brought into the store; tests go faster. */

export interface Pace {
  /** A slice goes on its way so often; a larger one sooner. */
  readonly beatMs: number;
  /** Positions are inserted so often: what is read again after a crash is inserted again, and changes nothing. */
  readonly saveMs: number;
  /** A store that is away for less is waited for; after it slices go to the disk. */
  readonly patienceMs: number;
  /** Another process that moved a position within this is at it: more than twice as long as from one saving to the next. */
  readonly freshMs: number;
}

export const PACE: Pace = { beatMs: 1000, saveMs: 3000, patienceMs: 5000, freshMs: 8000 };

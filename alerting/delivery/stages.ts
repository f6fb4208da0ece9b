/** The way of one attempt: claimed, illustrated, held against what is known by now, sent, settled. Stages are functions of one shape. */
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';
import type { Attempt } from '../../platform/topics/incidents.ts';
import type { Clock } from '../../platform/units/clock.ts';
import type { Message, Outcome, Picture } from '../notify/notifier.ts';
import type { Notifiers } from '../notify/registry.ts';
import { claim } from './claim.ts';
import { hold } from './hold.ts';
import { illustrate } from './illustrate.ts';
import type { Journal } from './journal.ts';
import { send } from './send.ts';
import { settle } from './settle.ts';
import type { WriteBehind } from './write-behind.ts';

/** An attempt on its way. */
export interface Page {
  readonly incident: string;
  readonly attempt: Attempt;
  /** Monotonic milliseconds at which it was decided. */
  readonly decidedAt: number;
  /** What an earlier try came to is not known. */
  readonly repeat: boolean;
  /** Begun when it was decided; never rejects. Left out: none is drawn for it. */
  readonly drawing?: Promise<Picture | null>;
  /** Set by `illustrate`, where it was ready in time. */
  readonly picture?: Picture;
  /** Set by `send`. */
  readonly outcome?: Outcome;
}

/** It goes no further, for this reason. */
export interface Held {
  readonly held: string;
}

/** What stages need of the process that they run in. */
export interface Surroundings {
  readonly journal: Journal;
  readonly behind: WriteBehind;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Name of this process in the journal. */
  readonly by: string;
  /** Milliseconds since the epoch, steady. */
  readonly now: () => number;
  readonly notifiers: () => Notifiers;
  /** What to say, by what is known at this moment; null where the person or the way is gone. */
  readonly messageOf: (page: Page) => Message | null;
}

export type Stage = (page: Page, surroundings: Surroundings) => Promise<Page | Held>;

export const STAGES: readonly Stage[] = [claim, illustrate, hold, send, settle];

export async function deliver(page: Page, surroundings: Surroundings): Promise<Page | Held> {
  let underway = page;
  for (const stage of STAGES) {
    const next = await stage(underway, surroundings);
    if ('held' in next) return next;
    underway = next;
  }
  return underway;
}

/** What a row of the fault matrix is: how it is done, and what it has to show beside the figures that every row has. */
import type { Round } from './round.ts';
import type { World } from './world.ts';

/** The row's own figure, against its promise. */
export interface Figure {
  readonly text: string;
  readonly ok: boolean;
}

interface About {
  /** As in the fault matrix: `F04`. */
  readonly id: string;
  readonly what: string;
  /** By what the fault is made here. */
  readonly means: string;
  /** What it may take at most; left out: a minute and a half. */
  readonly secondsMax?: number;
}

/** Lived through by the one world of a run. It heals what it broke, also where it throws. */
export interface WorldFault extends About {
  /** A crash may stand between `intended` and `sent`: the page may come once more, under the same Message-ID. */
  readonly mayRepeat?: boolean;
  /** The longest that no second of some metric may be decided on; a row fails at five times as long. */
  readonly undecidedMs?: number;
  run(world: World, round: Round): Promise<Figure | undefined>;
}

/** Needs no Kafka, and has a small world of its own. */
export interface LoneFault extends About {
  runAlone(random: () => number): Promise<LoneVerdict>;
}

export interface LoneVerdict {
  readonly lost: number;
  readonly double: number;
  readonly falsePages: number;
  readonly missedPages: number;
  readonly figure?: Figure;
  readonly problems: readonly string[];
}

export type Fault = WorldFault | LoneFault;

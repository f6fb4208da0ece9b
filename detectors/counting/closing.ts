/** Which second is closed, over which partitions of `events`, and who had not spoken for it: a function of the counts in their order. */
import type { CountsRecord } from '../../platform/topics/counts.ts';
import { Speakers, type Spoken } from './speakers.ts';

/** Progress must have passed a second's end by so much: a batch takes its time. */
const GRACE_MS = 500;
/** Nobody is waited for longer than this, from when the producer's partition had passed the second. */
const LATEST_MS = 3000;
/** A partition whose progress stands still while the event log flows on for so long is left out. */
const STILL_MS = 2000;
/** A step of progress over more than this has no ticks inside: nobody could speak, so silence in it means nothing. */
const CUT_OFF_MS = 2000;
/** Ticks come each 250 ms and counts too: a larger step was no time in which anybody could have spoken. */
const FLOW_STEP_MAX_MS = 500;
const SILENT_NAMES_MAX = 20;
/** After a longer jump (a machine that slept, a clock that was set) the seconds before are nobody's any more. */
const OPEN_SECONDS_MAX = 3600;

export interface ClosedSecond {
  readonly second: number;
  /** By partition of `events`: still, late, or cut off with producers that have not spoken since. */
  readonly leftOut: readonly boolean[];
  /** How many are left out. */
  readonly missing: number;
  /** Producers that had not spoken for it. */
  readonly silent: readonly string[];
  /** Heard in the last 10 s. */
  readonly producers: number;
  /** Every partition flows, there have been producers, and none has spoken for this second: when one did last, ms. */
  readonly noneSpeaksSince: number | null;
}

/** Progress reached this value at this flow of the partition. */
interface Step {
  readonly progress: number;
  readonly flow: number;
  readonly cutOff: boolean;
}

/** How a partition passed a second. */
interface Passing {
  /** Its flow from which on its producers are waited for. */
  readonly atFlow: number;
  /** Part of the second lies in a jump. */
  readonly cutOff: boolean;
}

interface Partition {
  to: number;
  progress: number;
  /** Its progress with the jumps taken out, ms: the time in which its producers could speak. */
  flow: number;
  /** Its flow when it came back from being cut off. */
  backAtFlow: number;
  /** The front's flow when its progress moved last. */
  movedAtFlow: number;
  /** Those that lead through the open seconds, oldest first. */
  readonly steps: Step[];
}

/**
 * Waiting runs on *flow*: progress with its jumps taken out. After an outage of the event log, or of a partition, ticks come
 * at once and the producers' backlogs a little later; flow gives everybody the whole 3 s from there on.
 */
export class Closing {
  readonly #partitions: Partition[];
  readonly #speakers: Speakers;
  #front = 0;
  /** Of the front. */
  #flow = 0;
  /** The next second to close; null before the first progress. */
  #next: number | null = null;
  #closedAny = false;

  constructor(partitions: number) {
    this.#partitions = Array.from({ length: partitions }, () => ({
      ...{ to: 0, progress: 0, flow: 0, backAtFlow: 0, movedAtFlow: 0, steps: [] },
    }));
    this.#speakers = new Speakers(partitions);
  }

  /** Progress (ms) of the partition farthest on; 0 before the first. */
  get front(): number {
    return this.#front;
  }

  /** Progress (ms) that all partitions have reached which are not still: while it stands, nothing can close. */
  get passed(): number {
    return Math.min(...this.#partitions.filter((partition) => !this.#isStill(partition)).map(({ progress }) => progress));
  }

  /** When any producer spoke last, ms; kept with saved state, for it may be longer ago than what is read again. */
  get spokeAt(): number | null {
    return this.#speakers.spokeAt;
  }

  restoreSpokeAt(at: number): void {
    this.#speakers.spokeAt = Math.max(this.#speakers.spokeAt ?? at, at);
  }

  /** A record that a twin was ahead of says nothing new. */
  take({ partition: number, to, progress, waits, more }: CountsRecord): void {
    const partition = this.#partitions[number];
    if (!partition || more || to < partition.to) return;
    partition.to = to;
    if (progress > partition.progress) this.#advance(partition, progress);
    this.#speakers.hear(number, waits, progress, partition.flow);
  }

  /** @returns the next second if it closes with what was taken so far; to be asked again until it returns null */
  close(): ClosedSecond | null {
    if (this.#next === null) return null;
    const second = Math.max(this.#next, Math.floor(this.#front / 1000) - OPEN_SECONDS_MAX);
    const end = (second + 1) * 1000;
    const passings = this.#passings(second);
    if (!passings) return null;
    const spoken = this.#partitions.map(({ flow }, number) => this.#speakers.spoken(number, end, flow));
    if (this.#partitions.some((partition, number) => isWaiting(partition, passings[number], spoken[number]))) return null;
    const leftOut = this.#partitions.map((_, number) => {
      const { told, waiting, late } = spoken[number] as Spoken;
      const passing = passings[number];
      return !passing || late > 0 || (passing.cutOff && (waiting > 0 || told === 0));
    });
    this.#next = second + 1;
    this.#closedAny = true;
    const speaks = spoken.some(({ told, late }) => told + late > 0);
    const closed = this.#describe(second, end, leftOut, speaks);
    this.#speakers.forget(end, this.#flows);
    return closed;
  }

  /** The share of producers that came or went since second `from`, those that fell silent before second `to`. */
  producersChanged(from: number, to: number, { second, leftOut }: ClosedSecond): number {
    return this.#speakers.changed(from * 1000, to * 1000, (second + 1) * 1000, (partition) => !leftOut[partition]);
  }

  #describe(second: number, end: number, leftOut: boolean[], speaks: boolean): ClosedSecond {
    const missing = leftOut.filter(Boolean).length;
    return {
      second,
      leftOut,
      missing,
      silent: this.#speakers.silent(end, (partition) => !leftOut[partition], SILENT_NAMES_MAX),
      producers: this.#speakers.heard(this.#flows),
      noneSpeaksSince: missing === 0 && !speaks ? this.#speakers.spokeAt : null,
    };
  }

  #advance(partition: Partition, progress: number): void {
    const isFirst = partition.progress === 0;
    const cutOff = !isFirst && progress - partition.progress > CUT_OFF_MS;
    if (progress > this.#front) {
      this.#flow += flowOf(this.#front, progress);
      this.#front = progress;
    }
    partition.flow += flowOf(partition.progress, progress);
    partition.progress = progress;
    partition.movedAtFlow = this.#flow;
    if (cutOff) partition.backAtFlow = partition.flow;
    partition.steps.push({ progress, flow: partition.flow, cutOff });
    // The first second of which ticks were read from its beginning on.
    if (isFirst && !this.#closedAny) this.#next = Math.max(this.#next ?? 0, Math.floor(progress / 1000) + 1);
  }

  get #flows(): number[] {
    return this.#partitions.map(({ flow }) => flow);
  }

  /** By partition how the second was passed, undefined where it is still; null while a readable one has not passed it. */
  #passings(second: number): (Passing | undefined)[] | null {
    const passings: (Passing | undefined)[] = [];
    for (const partition of this.#partitions) {
      while (partition.steps[0] && partition.steps[0].progress <= second * 1000) partition.steps.shift();
      const passing = this.#isStill(partition) ? undefined : passingOf(partition, (second + 1) * 1000 + GRACE_MS);
      if (passing === null) return null;
      passings.push(passing);
    }
    return passings;
  }

  #isStill({ movedAtFlow }: Partition): boolean {
    return this.#flow - movedAtFlow >= STILL_MS;
  }
}

function passingOf({ steps, backAtFlow }: Partition, time: number): Passing | null {
  const passed = steps.findIndex(({ progress }) => progress >= time);
  if (passed < 0) return null;
  const cutOff = steps.slice(0, passed + 1).some((step) => step.cutOff);
  return { atFlow: Math.max((steps[passed] as Step).flow, backAtFlow), cutOff };
}

function isWaiting({ flow }: Partition, passing: Passing | undefined, spoken: Spoken | undefined): boolean {
  return passing !== undefined && spoken !== undefined && spoken.waiting > 0 && flow - passing.atFlow < LATEST_MS;
}

function flowOf(before: number, after: number): number {
  return before > 0 ? Math.min(after - before, FLOW_STEP_MAX_MS) : 0;
}

/** What was seen of one producer: which batches are repeats, which were passed over, how many events are lost with those. */
import type { SavedGap, SavedSeen } from '../../platform/topics/checkpoints.ts';

/** Ranges of seq that were passed over and may yet come. One batch in flight makes more than one of them rare. */
export const GAPS_MAX = 64;
/** What was passed over for so long (log time) is told as lost; it is still counted if it comes. */
export const GAP_LOST_AFTER_MS = 60_000;
/** Batches whose `t0` is remembered: the same seq with another one is from another sender. */
export const BEGUN_REMEMBERED = 32;

export interface Heard {
  readonly seq: number;
  readonly t0: number;
  /** The producer's running number of events up to the end of the batch. */
  readonly published: number;
}

interface Gap {
  readonly from: number;
  readonly to: number;
  /** The running number of events up to the batch before the gap. */
  readonly before: number;
  /** Published in the gap's batches. */
  readonly events: number;
  /** Log time at which it was noticed, ms. */
  readonly since: number;
  readonly told: boolean;
}

export class Seen {
  #first = -1;
  #highest = -1;
  #publishedBefore = 0;
  #published = 0;
  /** By seq. */
  #gaps: Gap[] = [];
  /** In the order heard. */
  readonly #begun: [seq: number, t0: number][] = [];
  /** Events of gaps for which there was no more room, not yet told. */
  #overflow = 0;

  /**
   * @param events  in this batch, those it says were discarded too
   * @param now     log time, ms
   * @returns whether it is to be counted: a repeat is not; what another sender under the same id says is
   */
  hear(batch: Heard, events: number, now: number): 'new' | 'repeat' | 'other sender' {
    const { seq, published } = batch;
    if (this.#highest < 0) {
      this.#first = seq;
      this.#highest = seq;
      this.#publishedBefore = published - events;
      this.#published = published;
    } else if (seq > this.#highest) {
      this.#passOver(this.#gaps.length, this.#highest + 1, seq - 1, this.#published, published - events, now);
      this.#highest = seq;
      this.#published = published;
    } else if (seq < this.#first) {
      this.#passOver(0, seq + 1, this.#first - 1, published, this.#publishedBefore, now);
      this.#first = seq;
      this.#publishedBefore = published - events;
    } else if (!this.#fill(batch, events)) {
      if (this.#isRepeat(batch)) return 'repeat';
      this.#remember(batch);
      return 'other sender';
    }
    this.#remember(batch);
    return 'new';
  }

  /** Is anything passed over that was not told as lost yet? */
  get waiting(): boolean {
    return this.#overflow > 0 || this.#gaps.some(({ told }) => !told);
  }

  /** Events newly known as lost. @param now log time, ms */
  takeLost(now: number): number {
    let events = this.#overflow;
    this.#overflow = 0;
    this.#gaps = this.#gaps.map((gap) => {
      if (gap.told || now - gap.since < GAP_LOST_AFTER_MS) return gap;
      events += gap.events;
      return { ...gap, told: true };
    });
    return events;
  }

  /** Keeps what tells repeats, lets go what tells senders apart: enough for a producer that is silent. */
  rest(): void {
    this.#begun.splice(0, this.#begun.length - 1);
  }

  #passOver(place: number, from: number, to: number, before: number, upTo: number, now: number): void {
    if (to < from) return;
    this.#gaps.splice(place, 0, { from, to, before, events: Math.max(0, upTo - before), since: now, told: false });
    this.#trim();
  }

  /** Takes a batch that was passed over out of its gap. @returns false where it lies in none */
  #fill({ seq, published }: Heard, events: number): boolean {
    const at = this.#gaps.findIndex((gap) => gap.from <= seq && seq <= gap.to);
    const gap = this.#gaps[at];
    if (!gap) return false;
    this.#gaps.splice(at, 1);
    const { from, to, before, since, told } = gap;
    const after: Gap = { from: seq + 1, to, before: published, events: Math.max(0, before + gap.events - published), since, told };
    const earlier: Gap = { from, to: seq - 1, before, events: Math.max(0, published - events - before), since, told };
    for (const rest of [after, earlier]) if (rest.from <= rest.to) this.#gaps.splice(at, 0, rest);
    this.#trim();
    return true;
  }

  /** The oldest gap beyond `GAPS_MAX` is given up: what comes of it still is taken for a repeat, so it is told as lost. */
  #trim(): void {
    if (this.#gaps.length <= GAPS_MAX) return;
    const oldest = this.#gaps.shift();
    if (oldest && !oldest.told) this.#overflow += oldest.events;
  }

  /**
   * Of a batch whose seq was seen. Where its `t0` is no longer remembered: a producer's `t0` grow with its seq, so one
   * that is later than that of a higher seq is from another sender.
   */
  #isRepeat({ seq, t0 }: Heard): boolean {
    const begun = Math.floor(t0);
    const same = this.#begun.filter(([other]) => other === seq);
    if (same.length > 0) return same.some(([, other]) => other === begun);
    return !this.#begun.some(([other, otherT0]) => other > seq && otherT0 < begun);
  }

  #remember({ seq, t0 }: Heard): void {
    this.#begun.push([seq, Math.floor(t0)]);
    if (this.#begun.length > BEGUN_REMEMBERED) this.#begun.shift();
  }

  save(): SavedSeen {
    const gaps = this.#gaps.map((gap): SavedGap => [gap.from, gap.to, gap.before, gap.events, gap.since, gap.told]);
    let [lastSeq, lastT0] = [0, 0];
    const begun = this.#begun.flatMap(([seq, t0]) => {
      const step = [seq - lastSeq, t0 - lastT0];
      [lastSeq, lastT0] = [seq, t0];
      return step;
    });
    return {
      first: this.#first,
      highest: this.#highest,
      publishedBefore: this.#publishedBefore,
      published: this.#published,
      gaps,
      begun,
    };
  }

  static restore(saved: SavedSeen): Seen {
    const seen = new Seen();
    seen.#first = saved.first;
    seen.#highest = saved.highest;
    seen.#publishedBefore = saved.publishedBefore;
    seen.#published = saved.published;
    seen.#gaps = saved.gaps.map(([from, to, before, events, since, told]) => ({ from, to, before, events, since, told }));
    let [seq, t0] = [0, 0];
    for (let i = 0; i + 1 < saved.begun.length; i += 2) {
      seq += saved.begun[i] as number;
      t0 += saved.begun[i + 1] as number;
      seen.#begun.push([seq, t0]);
    }
    return seen;
  }
}

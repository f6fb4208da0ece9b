/** The steep-drop detector over a sum: amounts become as many events as are as noisy, and what it finds is told in amounts again. */
import type { OutlookFacts, SpeedFacts } from '../../platform/topics/signals.ts';
import { Dispersion } from '../steep-drop/dispersion.ts';
import type { Witness } from '../steep-drop/evidence.ts';
import { COUNT_MAX, type Count, emptyFinding, type Fall, type Finding, type Minute } from '../steep-drop/finding.ts';
import { type PageWhen, type SavedSteepDrop, type SteepDrop, steepDrop } from '../steep-drop/steep-drop.ts';
import { rescaled } from './rescaled.ts';
import { type SavedUnit, Unit } from './unit.ts';

/** What a detector of sums has learned: that of counts, in units, and what the unit is. */
export interface SavedSumDrop extends SavedSteepDrop {
  readonly unit?: SavedUnit;
}

/** The limits as they hold for events that stand for so much each: a derivative that was written in amounts/s² is one of amounts. */
export function inEvents(pageWhen: PageWhen, unit: number): PageWhen {
  const { eventsPerSecond2 } = pageWhen;
  return eventsPerSecond2 === undefined ? pageWhen : { ...pageWhen, eventsPerSecond2: eventsPerSecond2 / unit };
}

export class SumDrop implements SteepDrop {
  #pageWhen: PageWhen;
  #inner: SteepDrop;
  #unit: Unit;
  readonly #finding: Finding = emptyFinding();
  /** The fall as the inner detector has it, to tell a new one. */
  #fall: Fall | undefined;
  #last: number | null = null;

  constructor(pageWhen: PageWhen, saved?: SavedSumDrop) {
    this.#pageWhen = pageWhen;
    this.#unit = saved?.unit ? Unit.restore(saved.unit) : new Unit();
    this.#inner = steepDrop(inEvents(pageWhen, this.#unit.value), saved);
    this.#last = saved?.at.second ?? null;
    this.#finding.isDown = saved?.fall !== undefined;
  }

  next(count: Count, closed = false, witness?: Witness): Finding {
    const { second, n, share } = count;
    if (!this.#finding.isDown) this.#adopt();
    const unit = this.#unit.value;
    // Nonsense is for the inner detector to refuse.
    const counted = n <= COUNT_MAX && share > 0 ? this.#unit.counted(n, share) : n;
    const told = witness && ((evidence: Parameters<Witness>[0]): void => witness({ ...evidence, unit }));
    const finding = this.#inner.next({ ...count, n: counted / unit }, closed, told);
    if (this.#last !== null && second !== this.#last + 1) this.#unit.break();
    this.#last = second;
    this.#unit.add(counted, share, !finding.isDown && !closed);
    this.#tell(finding, unit);
    return this.#finding;
  }

  remember({ minute, rate }: Minute): void {
    this.#inner.remember({ minute, rate: rate / this.#unit.value });
  }

  save(): SavedSumDrop {
    return { ...this.#inner.save(), unit: this.#unit.save() };
  }

  outlook(): OutlookFacts {
    const unit = this.#unit.value;
    const { now, quietest, day, ...facts } = this.#inner.outlook();
    const inAmounts = <T extends SpeedFacts>(speed: T): T => ({ ...speed, rate: speed.rate * unit });
    const speeds = { now: now && inAmounts(now), quietest: quietest && inAmounts(quietest), day: day && inAmounts(day) };
    return { ...facts, ...speeds, pageWhen: { ...this.#pageWhen }, ...(this.#unit.isKnown ? { unit } : { isNoiseKnown: false }) };
  }

  tune(pageWhen: PageWhen): void {
    this.#pageWhen = pageWhen;
    this.#inner.tune(inEvents(pageWhen, this.#unit.value));
  }

  acceptNewNormal(): void {
    this.#inner.acceptNewNormal();
  }

  beginAnew(because: 'not known since' | 'counted elsewhere'): void {
    this.#inner.beginAnew(because);
    this.#unit.break();
    if (because === 'counted elsewhere') this.#last = null;
  }

  /** Everything that is kept changes with the unit, so that no comparison does. */
  #adopt(): void {
    const wasKnown = this.#unit.isUsed;
    const factor = this.#unit.adopt();
    if (factor === 1) return;
    const saved = rescaled(this.#inner.save(), factor);
    // Noise of what was not known to be an event yet says nothing.
    this.#inner = steepDrop(
      inEvents(this.#pageWhen, this.#unit.value),
      wasKnown ? saved : { ...saved, dispersion: new Dispersion().save() },
    );
  }

  #tell({ fall, ...found }: Finding, unit: number): void {
    const inAmounts = (rate: number | null): number | null => rate && rate * unit;
    const told = this.#finding;
    if (fall !== this.#fall) {
      // Whoever holds the one before is told what was missing up to this second.
      if (told.fall && this.#fall) told.fall.missing = this.#fall.missing * unit;
      told.fall = fall && { ...fall, rateBefore: fall.rateBefore * unit };
    }
    this.#fall = fall;
    if (fall && told.fall) Object.assign(told.fall, { rateAfter: fall.rateAfter * unit, missing: fall.missing * unit });
    Object.assign(told, found, { rate: found.rate * unit, derivativePerSecond2: found.derivativePerSecond2 * unit });
    Object.assign(told, { usual: inAmounts(found.usual), hour: inAmounts(found.hour), day: inAmounts(found.day) });
  }
}

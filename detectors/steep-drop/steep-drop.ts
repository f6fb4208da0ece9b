/** The door of the steep-drop detector: `next(count)` says what it finds in each second; state is saved, restored, tuned. */
import type { Count, Fall, Finding } from './finding.ts';
import type { PageWhen } from './page-when.ts';

export type { Count, Fall, Finding, State } from './finding.ts';
export type { PageWhen } from './page-when.ts';

/** Everything a detector has learned, as plain JSON. */
export interface SavedSteepDrop {
  readonly version: 1;
  readonly [part: string]: unknown;
}

/** One minute of stored history: epoch minute and its events/s. */
export interface Minute {
  readonly minute: number;
  readonly rate: number;
}

export interface SteepDrop {
  /** Seconds skipped between calls are no data. `closed` holds pages back in a planned closing. */
  next(count: Count, closed?: boolean): Finding;
  /** Teaches the normals from stored minutes, oldest first and before the first `next`. */
  remember(minute: Minute): void;
  save(): SavedSteepDrop;
  /** New thresholds, same windows and noise. */
  tune(pageWhen: PageWhen): void;
  /** Ends the incident: what comes in now is the new normal. */
  acceptNewNormal(): void;
}

export function steepDrop(pageWhen: PageWhen, saved?: SavedSteepDrop): SteepDrop {
  return new Simple(pageWhen, saved);
}

const HISTORY = 300;

/** Windows of 4 to 32 s against the 300 s before them. */
class Simple implements SteepDrop {
  #pageWhen: PageWhen;
  #counts: number[] = [];
  #warm = 0;
  #up = 0;
  readonly #finding: Finding;

  constructor(pageWhen: PageWhen, saved?: SavedSteepDrop) {
    this.#pageWhen = pageWhen;
    const state = saved as unknown as { counts: number[]; warm: number; up: number; fall?: Fall } | undefined;
    this.#counts = [...(state?.counts ?? [])];
    this.#warm = state?.warm ?? 0;
    this.#up = state?.up ?? 0;
    this.#finding = {
      second: 0,
      state: 'warming',
      isDown: state?.fall !== undefined,
      rate: 0,
      usual: null,
      hour: null,
      day: null,
      derivative: 0,
      derivativePerSecond2: 0,
      steepness: 0,
      drop: 0,
      warmSeconds: 0,
      recoveredSeconds: 0,
      fall: state?.fall && { ...state.fall },
    };
  }

  next({ second, n, share }: Count, closed = false): Finding {
    const finding = this.#finding;
    const { drop, forSeconds } = this.#pageWhen;
    finding.second = second;
    if (!finding.isDown) this.#counts.push(n / share);
    if (this.#counts.length > HISTORY + 32) this.#counts.shift();
    this.#warm = Math.min(3600, this.#warm + 1);
    finding.warmSeconds = this.#warm;
    if (finding.fall) this.#recover(finding, finding.fall, n / share);
    else {
      const w = Math.max(4, forSeconds);
      const recent = this.#counts.slice(-w);
      const before = this.#counts.slice(0, -w);
      const total = recent.reduce((a, b) => a + b, 0);
      finding.rate = total / recent.length;
      finding.usual = before.length < 60 ? null : before.reduce((a, b) => a + b, 0) / before.length;
      const expected = (finding.usual ?? 0) * w;
      finding.steepness = total < expected ? -Math.sqrt(2 * ((total > 0 ? total * Math.log(total / expected) : 0) - total + expected)) : 0;
      finding.drop = expected > 0 ? Math.max(0, 1 - total / expected) : 0;
      finding.derivative = (-finding.drop * 100) / w;
      finding.derivativePerSecond2 = (finding.derivative / 100) * (finding.usual ?? 0);
      const down = finding.steepness < -6 && finding.drop > drop && !closed && this.#warm >= 3600;
      finding.state = this.#warm < 3600 ? 'warming' : down ? 'dropped' : finding.steepness < -4 ? 'falling' : 'normal';
      if (down) {
        finding.isDown = true;
        const { steepness, derivative } = finding;
        const rateBefore = finding.usual ?? 0;
        const fall = { rateBefore, rateAfter: finding.rate, drop: finding.drop, derivative, steepness, threshold: -6, fallWindow: w };
        finding.fall = { ...fall, from: second - w + 1, at: second, missing: expected - total };
      }
    }
    return finding;
  }

  #recover(finding: Finding, fall: Fall, n: number): void {
    finding.rate += (n - finding.rate) / 5;
    fall.missing += fall.rateBefore - n;
    fall.rateAfter = finding.rate;
    this.#up = finding.rate > (1 - this.#pageWhen.drop / 2) * fall.rateBefore ? this.#up + 1 : 0;
    finding.recoveredSeconds = this.#up;
    finding.state = this.#up > 0 ? 'recovering' : 'dropped';
    if (this.#up >= 60) this.acceptNewNormal();
  }

  remember(_minute: Minute): void {}

  save(): SavedSteepDrop {
    const { fall } = this.#finding;
    return { version: 1, counts: [...this.#counts], warm: this.#warm, up: this.#up, ...(fall && { fall: { ...fall } }) };
  }

  tune(pageWhen: PageWhen): void {
    this.#pageWhen = pageWhen;
  }

  acceptNewNormal(): void {
    this.#up = 0;
    this.#finding.isDown = false;
    this.#finding.fall = undefined;
    this.#finding.state = 'normal';
  }
}

/** The door of the steep-drop detector: `next(count)` says what it finds in each second; state is saved, restored, tuned. */
import type { OutlookFacts } from '../../platform/topics/signals.ts';
import { Breaks, type SavedBreaks } from './breaks.ts';
import { Dispersion, PAIRS, type SavedDispersion } from './dispersion.ts';
import type { Witness } from './evidence.ts';
import { type Count, countProblem, emptyFinding, type Fall, type Finding, type Minute } from './finding.ts';
import { type Circumstances, pagingPair } from './judge.ts';
import { Normals, type SavedNormals } from './normal.ts';
import { Outlooks } from './outlook.ts';
import type { PageWhen } from './page-when.ts';
import { fitRamp } from './ramp.ts';
import { round, type SavedSeconds, Seconds } from './rate.ts';
import { heldAfterPage, isUp, isUpEachMinute, looksUp, RECOVERY_SECONDS, recoveryLine } from './recovery.ts';
import { type Pair, Scan } from './scan.ts';
import { FALLING_SIGMAS, showDown, showWatched } from './shown.ts';
import { raiseOf, thresholdOf } from './threshold.ts';
import { type Alone, aloneAfter, belowDayAlone } from './time-of-day-alone.ts';

export type { Fall, Finding } from './finding.ts';
export type { PageWhen } from './page-when.ts';

/** A new metric pages nobody until it had so many seconds in which it would not have paged. */
export const WARM_SECONDS = 3600;
/** Half life of the share of time spent below -4 sigma, and the share from which on a metric is known to be bursty. */
export const BURSTY_SECONDS: number = 6 * 3600;
export const BURSTY_SHARE = 0.02;
/** The long reference above this multiple of normal is a spike: nothing is learned in it. */
const SPIKE_TIMES = 1.3;
const USUAL_SECONDS = 300;
const LONGEST_SECONDS = 512;

/** Everything a detector has learned, as plain JSON. */
export interface SavedSteepDrop {
  readonly version: 2;
  readonly seconds: SavedSeconds;
  readonly dispersion: SavedDispersion;
  readonly normals: SavedNormals;
  /** Numbers of the machine, by name. */
  readonly at: Readonly<Record<(typeof KEPT)[number], number | null>> & SavedBreaks;
  readonly fall?: Fall;
}

export interface SteepDrop {
  /**
   * Seconds skipped between calls are no data. `closed` holds pages back in a planned closing. The witness changes nothing.
   *
   * @throws RangeError where a count means nothing (not a number, below 0, no share, no later second): nothing is taken from it
   */
  next(count: Count, closed?: boolean, witness?: Witness): Finding;
  /** Teaches the normals from stored minutes, oldest first and before the first `next`. */
  remember(minute: Minute): void;
  save(): SavedSteepDrop;
  /** How fast it can be sure, by what it knows now. Some tens of microseconds: for once a minute. */
  outlook(): OutlookFacts;
  /** New thresholds, same windows and noise. */
  tune(pageWhen: PageWhen): void;
  /** Ends the incident: what comes in now is the new normal. */
  acceptNewNormal(): void;
  /** Forgets a fall, because it is not known since or the next second is counted elsewhere: then nothing before it is compared with. */
  beginAnew(because: 'not known since' | 'counted elsewhere'): void;
}

const KEPT = ['second', 'first', 'warm', 'bursty', 'up', 'zeros', 'pagedAt', 'dispersion'] as const;

/** @throws Error where what was saved is of another version: it is learned anew */
export function steepDrop(pageWhen: PageWhen, saved?: SavedSteepDrop): SteepDrop {
  return new Detector(pageWhen, saved);
}

class Detector implements SteepDrop {
  #pageWhen: PageWhen;
  #sigmas: number;
  readonly #seconds: Seconds;
  readonly #dispersion: Dispersion;
  readonly #normals: Normals;
  readonly #scan = new Scan();
  readonly #finding: Finding = emptyFinding();
  readonly #outlooks = new Outlooks();
  /** The last second taken; null before the first. */
  #second: number | null = null;
  /** Positions before this one belong to another time: a long gap or an outage lies between. */
  #first = 0;
  readonly #breaks = new Breaks();
  /** Position after the newest page, while down. */
  #pagedAt = 0;
  #warm = 0;
  #bursty = 0;
  #up = 0;

  constructor(pageWhen: PageWhen, saved?: SavedSteepDrop) {
    this.#pageWhen = pageWhen;
    this.#sigmas = thresholdOf(pageWhen);
    if (saved && saved.version !== 2) throw new Error(`a detector of version ${String(saved.version)} was saved; this program reads 2`);
    this.#seconds = saved ? Seconds.restore(saved.seconds) : new Seconds();
    this.#dispersion = saved ? Dispersion.restore(saved.dispersion) : new Dispersion();
    this.#normals = saved ? Normals.restore(saved.normals) : new Normals();
    if (saved) this.#restore(saved);
  }

  next({ second, n, share, expected = false }: Count, closed = false, witness?: Witness): Finding {
    const problem = countProblem(second, n, share, this.#second);
    if (problem) throw new RangeError(`second ${second} cannot be judged: ${problem}`);
    const finding = this.#finding;
    if (this.#second !== null && second > this.#second + 1) this.#gap(second - this.#second - 1);
    this.#second = second;
    const whole = round(share);
    this.#seconds.add(n, whole);
    this.#breaks.planned(this.#seconds.taken, closed, expected);
    this.#normals.add(second, n, whole, finding.isDown || closed, expected);
    finding.second = second;
    finding.warmSeconds = this.#warm;
    finding.hour = this.#normals.hour(second, expected);
    finding.day = this.#normals.day(second);
    // While down the seconds since the page are compared with each other: a second fall is seen, the first not seen again.
    const first = finding.isDown ? Math.max(this.#first, this.#pagedAt) : this.#first;
    this.#scan.look(this.#seconds, this.#dispersion, first, this.#sigmas);
    witness?.({
      circumstances: this.#circumstances(finding, first),
      recoveryDay: this.#breaks.recoveryDay(finding.day, this.#seconds.taken),
      scannedFrom: first,
      scan: this.#scan,
      warmSeconds: this.#warm,
      closed,
      fall: finding.fall,
      pagedAt: this.#pagedAt,
    });
    if (finding.fall) this.#down(finding, finding.fall, n / whole, closed);
    else this.#watch(finding, closed);
    return finding;
  }

  remember({ minute, rate, expected = false }: Minute): void {
    for (let at = 0; at < 60; at++) this.#normals.add(minute * 60 + at, rate, 1, false, expected);
  }

  outlook(): OutlookFacts {
    const known = { dispersion: this.#dispersion, normals: this.#normals, pageWhen: this.#pageWhen };
    return this.#outlooks.look({ ...known, usual: this.#finding.usual, second: this.#second ?? 0 });
  }

  tune(pageWhen: PageWhen): void {
    this.#outlooks.forget();
    this.#pageWhen = pageWhen;
    this.#sigmas = thresholdOf(pageWhen);
  }

  acceptNewNormal(): void {
    this.#normals.accept(this.#seconds.rate(RECOVERY_SECONDS));
    this.#recovered(this.#finding);
  }

  beginAnew(because: 'not known since' | 'counted elsewhere'): void {
    if (this.#finding.isDown) this.#recovered(this.#finding);
    if (because === 'not known since') return;
    this.#first = this.#seconds.taken;
    this.#second = null;
    this.#scan.zeros = 0;
  }

  #watch(finding: Finding, closed: boolean): void {
    const page = closed ? null : this.#paging(finding);
    this.#learn(finding, !closed);
    const usual = finding.hour ?? (this.#seconds.taken - this.#first >= RECOVERY_SECONDS ? this.#seconds.rate(USUAL_SECONDS) : null);
    showWatched(finding, usual, { seconds: this.#seconds, scan: this.#scan, dispersion: this.#dispersion, first: this.#first });
    if (this.#warm < WARM_SECONDS) {
      this.#warm = page ? 0 : this.#warm + 1;
      finding.state = 'warming';
      return;
    }
    if (page) {
      this.#fell(finding, page);
      return;
    }
    const normal = this.#normal(finding);
    if (normal !== null && 2 * normal * LONGEST_SECONDS < this.#sigmas ** 2 * this.#dispersion.of(PAIRS - 3, normal))
      finding.state = 'too slow';
    else finding.state = finding.steepness <= -FALLING_SIGMAS ? 'falling' : 'normal';
  }

  #paging(finding: Finding): Pair | null {
    const pair = this.#steepestPaging(finding, this.#first);
    if (pair || this.#alone(this.#first) === null) return pair;
    return belowDayAlone(this.#circumstances(finding, this.#first));
  }

  #steepestPaging(finding: Finding, first: number): Pair | null {
    return this.#scan.sure.length === 0 ? null : pagingPair(this.#scan.sure, this.#circumstances(finding, first));
  }

  #circumstances({ hour, day }: Finding, first: number): Circumstances {
    const { backAt, hidden } = this.#breaks;
    const limits = { drop: this.#pageWhen.drop, sigmas: this.#sigmas, backAt, hidden, first };
    const alone = this.#alone(first);
    const expected = this.#breaks.isExpected(this.#seconds.taken);
    return { seconds: this.#seconds, dispersion: this.#dispersion, pageWhen: this.#pageWhen, limits, hour, day, expected, alone };
  }

  #alone(first: number): Alone | null {
    return aloneAfter(this.#breaks, first, this.#seconds.taken, this.#pageWhen.forSeconds);
  }

  #learn(finding: Finding, isHealthy: boolean): void {
    const { steepest } = this.#scan;
    const low = steepest <= -FALLING_SIGMAS;
    this.#bursty += ((low ? 1 : 0) - this.#bursty) / BURSTY_SECONDS;
    if (!isHealthy || (low && this.#warm >= WARM_SECONDS && this.#bursty < BURSTY_SHARE)) return;
    const normal = this.#normal(finding);
    if (normal !== null && this.#seconds.rate(USUAL_SECONDS) > SPIKE_TIMES * normal) return;
    this.#scan.teach(this.#dispersion);
  }

  /** @param before  the fall that is not over yet, of which this is the next: its usual rate holds, and its losses count on */
  #fell(finding: Finding, { window, from, usual: edge, steepness }: Pair, before?: Fall): void {
    const ramp = fitRamp(this.#seconds, from, edge, before ? this.#pagedAt : this.#first);
    const [usual, rateAfter] = [before?.rateBefore ?? edge, ramp.after];
    const drop = 1 - rateAfter / usual;
    const derivative = (-100 * (edge - rateAfter)) / usual / ramp.length;
    const ago = this.#seconds.taken - Math.min(ramp.from, this.#seconds.taken - 1);
    const missing = before?.missing ?? Math.max(0, usual * ago - this.#seconds.sum(this.#seconds.taken - ago, this.#seconds.taken));
    const facts = { rateBefore: usual, rateAfter, drop, derivative, steepness, threshold: -this.#sigmas };
    const told = { ...facts, ...raiseOf(this.#pageWhen), fallWindow: window, missing };
    finding.fall = { ...told, from: finding.second - ago + 1, at: finding.second };
    finding.isDown = true;
    finding.state = 'dropped';
    Object.assign(finding, { usual, rate: rateAfter, drop, steepness, derivative });
    finding.derivativePerSecond2 = (derivative / 100) * usual;
    finding.recoveredSeconds = 0;
    this.#pagedAt = this.#seconds.taken;
    this.#up = 0;
  }

  #down(finding: Finding, fall: Fall, n: number, closed: boolean): void {
    fall.missing = Math.max(0, fall.missing + fall.rateBefore - n);
    showDown(finding, fall, this.#seconds, this.#first);
    const line = recoveryLine(fall.rateBefore, this.#breaks.recoveryDay(finding.day, this.#seconds.taken), this.#pageWhen.drop);
    const isBack = isUpEachMinute(this.#seconds, line, this.#pagedAt);
    const left = fall.rateBefore * (1 - fall.drop);
    const looksBack = looksUp(this.#seconds, line, left) || (isBack && this.#scan.sure.length === 0);
    this.#up = looksBack ? this.#up + 1 : 0;
    // A bursty metric whose minutes are as usual is not down; its noise is not what it was.
    this.#learn(finding, !closed && isBack && this.#bursty >= BURSTY_SHARE);
    finding.recoveredSeconds = Math.min(RECOVERY_SECONDS, this.#up);
    finding.state = this.#up > 0 ? 'recovering' : 'dropped';
    const held = closed || heldAfterPage(finding.second - fall.at, isBack) !== null;
    const again = held ? null : this.#steepestPaging(finding, Math.max(this.#first, this.#pagedAt));
    if (again) this.#fell(finding, again, fall);
    if (this.#up >= RECOVERY_SECONDS && isUp(this.#seconds, line, left)) this.#recovered(finding);
  }

  /** What was down is no reference for what comes, nor part of a window. */
  #recovered(finding: Finding): void {
    this.#first = Math.max(this.#first, this.#seconds.taken - RECOVERY_SECONDS);
    finding.fall = undefined;
    finding.isDown = false;
    finding.recoveredSeconds = 0;
    finding.state = 'normal';
    this.#up = 0;
  }

  #gap(seconds: number): void {
    this.#scan.zeros = 0;
    if (this.#breaks.gap(seconds, this.#seconds.taken)) this.#first = this.#seconds.taken;
  }

  #normal({ hour, day }: Finding): number | null {
    return hour === null || day === null ? (hour ?? day) : Math.min(hour, day);
  }

  save(): SavedSteepDrop {
    const start = this.#seconds.taken - this.#seconds.kept;
    const at = {
      second: this.#second,
      first: Math.max(0, this.#first - start),
      warm: this.#warm,
      bursty: this.#bursty,
      up: this.#up,
      zeros: this.#scan.zeros,
      pagedAt: Math.max(0, this.#pagedAt - start),
      dispersion: PAIRS,
      ...this.#breaks.save(start),
    };
    const { fall } = this.#finding;
    const parts = { seconds: this.#seconds.save(), dispersion: this.#dispersion.save(), normals: this.#normals.save() };
    return { version: 2, ...parts, at, ...(fall && { fall: { ...fall } }) };
  }

  #restore({ at, fall }: SavedSteepDrop): void {
    this.#second = at.second;
    this.#first = at.first ?? 0;
    this.#breaks.restore(at);
    this.#warm = at.warm ?? 0;
    this.#bursty = at.bursty ?? 0;
    this.#up = at.up ?? 0;
    this.#scan.zeros = at.zeros ?? 0;
    this.#pagedAt = at.pagedAt ?? 0;
    if (!fall) return;
    this.#finding.fall = { ...fall };
    this.#finding.isDown = true;
  }
}

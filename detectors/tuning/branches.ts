/**
 * A history played once for many limits. Those that nothing has told apart yet share one detector: a branch. In the second in which they
 * would do different things the branch is divided, the new one going on from what the detector knew at its last save, played anew up to
 * there; where two branches know the same again they are one again. So every limit sends exactly the pages that it sends alone.
 */
import type { Evidence } from '../steep-drop/evidence.ts';
import type { Count, Fall } from '../steep-drop/finding.ts';
import { heldAfterPage, isUpEachMinute, recoveryLine } from '../steep-drop/recovery.ts';
import { FALLING_SIGMAS } from '../steep-drop/shown.ts';
import { BURSTY_SECONDS, BURSTY_SHARE, type SavedSteepDrop, type SteepDrop, WARM_SECONDS } from '../steep-drop/steep-drop.ts';
import type { History } from './history.ts';
import { NONE, type Panel } from './panel.ts';
import { knowSame } from './same.ts';
import { Sent, type SentPage } from './sent.ts';

/** A detector is saved so often: half a millisecond each, against 4 ms to play so much anew. */
const BLOCK_SECONDS = 1800;

/**
 * Limits of a branch that sent the same pages. Lanes of one branch differ in how bursty each takes its metric for: it decides nothing
 * until it passes a threshold.
 */
interface Lane {
  readonly limits: readonly number[];
  readonly sent: Sent;
  bursty: number;
  /** At the branch's last save. */
  savedBursty: number;
}

interface Branch {
  readonly detector: SteepDrop;
  /** The laxest limit, which is the detector's own, is in the first. */
  lanes: readonly Lane[];
  /** Of all lanes. */
  limits: readonly number[];
  readonly laxest: number;
  saved: SavedSteepDrop;
  savedAt: number;
}

export interface Played {
  /** Pages by limit, in order. */
  readonly pages: readonly (readonly SentPage[])[];
  /** Seconds in which each could have paged: with data, and not warming. */
  readonly judged: readonly number[];
  /** Detectors at once, at most, and all seconds that they took. */
  readonly branchesMost: number;
  readonly secondsPlayed: number;
}

export class Branches {
  readonly #history: History;
  readonly #panel: Panel;
  #branches: Branch[];
  #position = 0;
  #branchesMost = 1;
  #secondsPlayed = 0;
  readonly #asked: Int32Array;
  /** What each limit does in the second: equal numbers do the same. */
  readonly #does: Int32Array;
  readonly #joints: ReadonlySet<number>;
  readonly #count = { second: 0, n: 0, share: 1, expected: false };
  /** Those that leave the branch in this second. */
  #leaving: readonly (readonly Lane[])[] = [];

  constructor(history: History, panel: Panel) {
    this.#history = history;
    this.#panel = panel;
    this.#joints = new Set(history.joints);
    this.#asked = new Int32Array(panel.size);
    this.#does = new Int32Array(panel.size);
    const limits = Array.from({ length: panel.size }, (_, limit) => limit);
    const laxest = panel.laxest(limits);
    const detector = panel.detector(panel.pageWhen(laxest));
    const lanes = [{ limits, sent: new Sent(), bursty: 0, savedBursty: 0 }];
    this.#branches = [{ detector, lanes, limits, laxest, saved: detector.save(), savedAt: 0 }];
  }

  get isOver(): boolean {
    return this.#position >= this.#history.counts.length;
  }

  /** Plays the next half hour. @returns its seconds */
  next(): number {
    const from = this.#position;
    const to = Math.min(this.#history.counts.length, from + BLOCK_SECONDS);
    const isAlone = this.#branches.length === 1 && this.#branches[0]?.limits.length === 1;
    if (!isAlone) for (const branch of this.#branches) save(branch, from);
    const waiting = this.#joined().map((branch) => ({ branch, at: from }));
    this.#branches = [];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      this.#branches.push(next.branch);
      this.#play(next.branch, next.at, to, (branch, at) => waiting.push({ branch, at }));
    }
    this.#branchesMost = Math.max(this.#branchesMost, this.#branches.length);
    this.#position = to;
    return to - from;
  }

  end(): Played {
    const pages: SentPage[][] = Array.from({ length: this.#panel.size }, () => []);
    const judged: number[] = Array(this.#panel.size).fill(0);
    for (const { limits, sent } of this.#branches.flatMap(({ lanes }) => lanes)) {
      for (const limit of limits) {
        pages[limit] = sent.pages();
        judged[limit] = sent.judged;
      }
    }
    return { pages, judged, branchesMost: this.#branchesMost, secondsPlayed: this.#secondsPlayed };
  }

  /** All that were saved just now; those that know the same as one. */
  #joined(): Branch[] {
    const joined: Branch[] = [];
    for (const branch of [...this.#branches].sort((a, b) => this.#panel.sigmas(a.laxest) - this.#panel.sigmas(b.laxest))) {
      const same = joined.find((one) => areAsBursty([...one.lanes, ...branch.lanes]) && knowSame(one.saved, branch.saved));
      if (!same) joined.push(branch);
      else {
        same.lanes = [...same.lanes, ...branch.lanes];
        same.limits = [...same.limits, ...branch.limits];
      }
    }
    return joined;
  }

  #play(branch: Branch, from: number, to: number, divided: (branch: Branch, at: number) => void): void {
    const witness = (evidence: Evidence): void => {
      this.#leaving = this.#apart(branch, evidence);
    };
    for (let at = from; at < to; at++) {
      if (this.#joints.has(at)) branch.detector.beginAnew('counted elsewhere');
      if (!this.#counted(at)) continue;
      const finding = branch.detector.next(this.#count, this.#isClosed(at), branch.limits.length > 1 ? witness : undefined);
      this.#secondsPlayed++;
      const leaving = this.#leaving;
      this.#leaving = [];
      for (const lanes of leaving) divided(this.#divided(branch, lanes, at), at + 1);
      for (const { sent } of branch.lanes) sent.add(finding);
    }
  }

  /** Takes the second at a position. @returns false where it has no data */
  #counted(at: number): boolean {
    const { start, counts, shares, expected } = this.#history;
    const n = counts[at] as number;
    if (Number.isNaN(n)) return false;
    this.#count.second = start + at;
    this.#count.n = n;
    this.#count.share = shares ? (shares[at] as number) : 1;
    this.#count.expected = expected?.[at] === 1;
    return true;
  }

  #isClosed(at: number): boolean {
    return this.#history.closed?.[at] === 1;
  }

  /** Divides a branch whose limits do different things now. @returns those that leave it; what stays has the detector's own limit */
  #apart(branch: Branch, evidence: Evidence): readonly (readonly Lane[])[] {
    const { scan, circumstances } = evidence;
    if (branch.lanes.length > 1) turnBursty(branch.lanes, scan.steepest);
    const isQuiet = scan.sure.length === 0 && circumstances.alone === null;
    if (!isQuiet) this.#decide(branch, evidence);
    const isAsOne = (branch.lanes.length === 1 || areAsBursty(branch.lanes)) && (isQuiet || this.#isSame(branch.limits));
    if (isAsOne) return [];
    if (isQuiet) for (const limit of branch.limits) this.#does[limit] = 0;
    const parts = this.#parts(branch.lanes);
    if (parts.length === 1) return [];
    const staying = parts.find((lanes) => limitsOf(lanes).includes(branch.laxest)) as readonly Lane[];
    branch.lanes = staying;
    branch.limits = limitsOf(staying);
    return parts.filter((lanes) => lanes !== staying);
  }

  #decide({ limits, laxest }: Branch, evidence: Evidence): void {
    const { fall, closed, warmSeconds } = evidence;
    const isBack = fall !== undefined && this.#isBack(fall, laxest, evidence);
    const isHeld = closed || (fall !== undefined && heldAfterPage(this.#count.second - fall.at, isBack) !== null);
    if (isHeld) this.#asked.fill(NONE);
    else this.#panel.ask(evidence, limits, this.#asked);
    for (const limit of limits) {
      const pair = this.#asked[limit] as number;
      // What a warming detector would page for does not matter, that it would does. A fall ends at a line that its `drop` sets.
      const own = warmSeconds >= WARM_SECONDS ? 1 + pair * this.#panel.size + this.#panel.dropOf(limit) : 1;
      const page = pair === NONE ? 0 : own;
      // Where the minutes are back up, a second without anything sure counts as recovered.
      this.#does[limit] = isBack && this.#panel.isAnySure(limit, evidence) ? -1 - page : page;
    }
  }

  #isSame(limits: readonly number[]): boolean {
    const first = this.#does[limits[0] as number];
    for (let i = 1; i < limits.length; i++) if (this.#does[limits[i] as number] !== first) return false;
    return true;
  }

  /** All of a branch that is down have one drop. */
  #isBack({ rateBefore }: Readonly<Fall>, limit: number, { circumstances: { seconds }, recoveryDay, pagedAt }: Evidence): boolean {
    return isUpEachMinute(seconds, recoveryLine(rateBefore, recoveryDay, this.#panel.pageWhen(limit).drop), pagedAt);
  }

  /** Lanes of those that do the same and are taken to be bursty or not, alike. */
  #parts(lanes: readonly Lane[]): readonly (readonly Lane[])[] {
    const parts = new Map<string, Lane[]>();
    for (const lane of lanes) {
      const own = new Map<string, number[]>();
      for (const limit of lane.limits) {
        const does = `${this.#does[limit]} ${lane.bursty >= BURSTY_SHARE}`;
        own.set(does, [...(own.get(does) ?? []), limit]);
      }
      for (const [does, limits] of own)
        parts.set(does, [...(parts.get(does) ?? []), own.size === 1 ? lane : { ...lane, limits, sent: lane.sent.copy() }]);
    }
    return [...parts.values()];
  }

  /** A branch of its own, after the second at a position: its limits agreed until then with those that they leave. */
  #divided({ saved, savedAt }: Branch, lanes: readonly Lane[], at: number): Branch {
    const limits = limitsOf(lanes);
    const laxest = this.#panel.laxest(limits);
    const first = lanes.find((lane) => lane.limits.includes(laxest)) as Lane;
    const known = { ...saved, at: { ...saved.at, bursty: first.savedBursty } };
    const detector = this.#panel.detector(this.#panel.pageWhen(laxest), known);
    for (let position = savedAt; position <= at; position++) {
      if (this.#joints.has(position)) detector.beginAnew('counted elsewhere');
      if (!this.#counted(position)) continue;
      this.#secondsPlayed++;
      if (position < at) detector.next(this.#count, this.#isClosed(position));
      else goOn(lanes, detector, this.#count, this.#isClosed(position));
    }
    const ordered = [first, ...lanes.filter((lane) => lane !== first)];
    const branch = { detector, lanes: ordered, limits, laxest, saved, savedAt };
    save(branch, at + 1);
    return branch;
  }
}

/** The second in which they leave: from here on they are told of this detector. */
function goOn(lanes: readonly Lane[], detector: SteepDrop, count: Count, isClosed: boolean): void {
  const finding = detector.next(count, isClosed);
  for (const { sent } of lanes) sent.goOn(finding);
}

function save(branch: Branch, at: number): void {
  const { detector, lanes } = branch;
  branch.saved = detector.save();
  branch.savedAt = at;
  if (lanes.length === 1) (lanes[0] as Lane).bursty = branch.saved.at.bursty as number;
  for (const lane of lanes) lane.savedBursty = lane.bursty;
}

function limitsOf(lanes: readonly Lane[]): number[] {
  return lanes.flatMap(({ limits }) => limits);
}

function turnBursty(lanes: readonly Lane[], steepest: number): void {
  const low = steepest <= -FALLING_SIGMAS ? 1 : 0;
  for (const lane of lanes) lane.bursty += (low - lane.bursty) / BURSTY_SECONDS;
}

function areAsBursty(lanes: readonly Lane[]): boolean {
  const first = (lanes[0] as Lane).bursty >= BURSTY_SHARE;
  return lanes.every(({ bursty }) => bursty >= BURSTY_SHARE === first);
}

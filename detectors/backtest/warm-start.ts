/** Detectors that have lived as if a metric had been at its usual rate for a week: each kind of past is lived once and gone on from. */
import { detectorOf } from '../compound/detector-of.ts';
import { rescaled } from '../compound/rescaled.ts';
import type { SavedSumDrop } from '../compound/sum-drop.ts';
import type { SavedSteepDrop, SteepDrop } from '../steep-drop/steep-drop.ts';
import { rateOf } from './day-curve.ts';
import { Traffic } from './made-traffic.ts';
import type { RuleTest, Watched } from './rule-test.ts';
import { firstLevel, type Stretch } from './series.ts';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
/** Long enough to be warm and to fill every window; the noise of one that lived longer is learned once for all starts. */
const TAIL_SECONDS = 2 * HOUR_SECONDS;
/** A Monday: the noise of a level is learned at a time of its own. */
const LEARNED_AT = Date.UTC(2026, 0, 5) / 1000;
/** Detectors that are kept, some 60 kB each. */
const KEPT_MAX = 500;

/** What is expected of each second of the past. */
interface Habit {
  readonly key: string;
  readonly rate: (second: number) => number;
  readonly ofMinute: (minute: number) => number;
  /** Whether it is the same at any time of any day. */
  readonly isSteady: boolean;
}

export class WarmStarts {
  readonly #kept = new WeakMap<Watched, Map<string, SavedSteepDrop>>();

  /** A detector of its own that stands just before the test's first second. */
  detector(test: RuleTest): SteepDrop {
    const { watched, before } = test;
    if (before.isCold) return detectorOf(watched);
    const habit = habitOf(test);
    if (!habit) return detectorOf(watched);
    const kept = this.#keptOf(watched);
    return detectorOf(watched, this.#lived(test, habit, kept));
  }

  #keptOf(watched: Watched): Map<string, SavedSteepDrop> {
    const found = this.#kept.get(watched) ?? new Map<string, SavedSteepDrop>();
    this.#kept.set(watched, found);
    if (found.size > KEPT_MAX) found.clear();
    return found;
  }

  #lived(test: RuleTest, habit: Habit, kept: Map<string, SavedSteepDrop>): SavedSteepDrop {
    const { start, before } = test;
    const dispersion = test.noise === 'none' ? 1 : test.noise.dispersion;
    const isShort = !habit.isSteady || before.livedSeconds <= TAIL_SECONDS;
    const from = start - (isShort ? before.livedSeconds : TAIL_SECONDS);
    // What goes by the day is lived from a midnight on, so that tests at other times of the day go on from there.
    const origin = habit.isSteady || before.livedSeconds < DAY_SECONDS ? from : midnightBefore(from, test.offsetSeconds);
    const past: Past = { habit, dispersion, historyDays: before.historyDays, watched: test.watched };
    const life = `${habit.key} ${dispersion} ${before.historyDays} ${origin}`;
    const saved = goneOn(past, { life, origin, start }, kept);
    if (isShort) return saved;
    const noise = this.#learned(past, before.livedSeconds, kept);
    return withNoise(saved, noise);
  }

  /** The noise of a level is that of any day. */
  #learned(past: Past, livedSeconds: number, kept: Map<string, SavedSteepDrop>): SavedSteepDrop {
    const key = `noise of ${past.habit.key} ${past.dispersion} ${livedSeconds}`;
    const known = kept.get(key);
    if (known) return known;
    const detector = detectorOf(past.watched);
    live(detector, { ...past, watched: { pageWhen: past.watched.pageWhen } }, LEARNED_AT, LEARNED_AT + livedSeconds);
    const saved = detector.save();
    kept.set(key, saved);
    return saved;
  }
}

/** Noise is told in units: of a sum the one that it was learned in is taken with it. */
function withNoise(saved: SavedSumDrop, { dispersion, unit, at: { bursty } }: SavedSumDrop): SavedSumDrop {
  if (!unit || !saved.unit) return { ...saved, dispersion, at: { ...saved.at, bursty } };
  const inUnit = rescaled(saved, saved.unit.value / unit.value);
  return { ...inUnit, dispersion, unit, at: { ...saved.at, bursty } };
}

interface Past {
  readonly habit: Habit;
  readonly dispersion: number;
  readonly historyDays: number;
  readonly watched: Watched;
}

/** From the newest detector of the same life that is not past `start`, else from its beginning. */
function goneOn(
  past: Past,
  { life, origin, start }: { life: string; origin: number; start: number },
  kept: Map<string, SavedSteepDrop>,
): SavedSteepDrop {
  const known = kept.get(`${start} of ${life}`);
  if (known) return known;
  let at = Number.NEGATIVE_INFINITY;
  for (const key of kept.keys()) {
    if (!key.endsWith(` of ${life}`)) continue;
    const second = Number.parseInt(key, 10);
    if (second <= start && second > at) at = second;
  }
  const detector = detectorOf(past.watched, kept.get(`${at} of ${life}`));
  if (at === Number.NEGATIVE_INFINITY) {
    at = origin;
    remember(detector, past, origin);
  }
  live(detector, past, at, start);
  const saved = detector.save();
  kept.set(`${start} of ${life}`, saved);
  return saved;
}

/** A minute's mean of counts, drawn as a normal: history only needs its typical noise. */
function remember(detector: SteepDrop, { habit, dispersion, historyDays }: Past, until: number): void {
  const last = Math.floor(until / MINUTE_SECONDS);
  const traffic = new Traffic(last);
  for (let minute = last - historyDays * 1440; minute < last; minute++) {
    const rate = habit.ofMinute(minute);
    const spread = Math.sqrt((rate * dispersion) / MINUTE_SECONDS) * traffic.normal();
    detector.remember({ minute, rate: Math.max(0, rate + spread) });
  }
}

/** The counts of an hour are the same whoever lives through it, and from wherever. */
function live(detector: SteepDrop, { habit, dispersion, watched }: Past, from: number, to: number): void {
  const count = { second: 0, n: 0, share: 1, expected: false };
  let traffic = new Traffic(0);
  for (let second = from - (from % HOUR_SECONDS); second < to; second++) {
    if (second % HOUR_SECONDS === 0) traffic = new Traffic(second, { dispersion });
    count.second = second;
    count.n = traffic.count(habit.rate(second));
    if (second < from) continue;
    count.expected = watched.expected?.(second) ?? false;
    detector.next(count, watched.closed?.(second) ?? false);
  }
}

/** Null where nothing but no data is played. */
function habitOf({ usual, offsetSeconds, seriesOf, seed, start }: RuleTest): Habit | null {
  if (usual) {
    const rate = rateOf(usual, offsetSeconds);
    const isSteady = usual.day === 'steady' && usual.weekend === 1 && !usual.open;
    const ofMinute = (minute: number): number => rate(minute * MINUTE_SECONDS + 30);
    return { key: JSON.stringify([usual, offsetSeconds]), rate, ofMinute, isSteady };
  }
  const first = firstLevel(seriesOf(seed));
  if (!first) return null;
  const levels = levelsOf(first);
  const [only] = levels;
  const same = (): number => only as number;
  if (levels.length === 1) return { key: `level ${only}`, rate: same, ofMinute: same, isSteady: true };
  const rate = (second: number): number => levels[(((second - start) % levels.length) + levels.length) % levels.length] as number;
  const ofMinute = (minute: number): number =>
    meanOf(Array.from({ length: MINUTE_SECONDS }, (_, at) => rate(minute * MINUTE_SECONDS + at)));
  return { key: `levels ${levels.join(' ')} from ${start % levels.length}`, rate, ofMinute, isSteady: false };
}

/** Of each second of what repeats; a second without data has what the others have in the mean. */
function levelsOf(stretches: readonly Stretch[]): number[] {
  const levels = stretches.flatMap(({ level, step, seconds }) =>
    Array.from({ length: seconds }, (_, at) => (level === null ? Number.NaN : Math.max(0, level + step * at))),
  );
  const known = levels.filter((level) => !Number.isNaN(level));
  const mean = meanOf(known);
  return levels.map((level) => (Number.isNaN(level) ? mean : level));
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function midnightBefore(second: number, offsetSeconds: number): number {
  const local = second + offsetSeconds;
  return second - (((local % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS);
}

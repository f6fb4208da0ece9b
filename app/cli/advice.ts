/** What follows from how long a metric needs: what is too slow, what it would take, and what its limits mean. In sentences. */
import { inEvents } from '../../detectors/compound/sum-drop.ts';
import { POISSON, secondsToPage } from '../../detectors/steep-drop/delay.ts';
import { withinAt } from '../../detectors/steep-drop/judge.ts';
import { LOST } from '../../detectors/steep-drop/outlook.ts';
import { WARM_SECONDS } from '../../detectors/steep-drop/steep-drop.ts';
import { leastSeconds } from '../../detectors/steep-drop/time-to-sure.ts';
import type { SpeedFacts } from '../../platform/topics/signals.ts';
import { showClock } from '../../platform/units/clock-time.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { showRate } from '../../platform/units/rate.ts';
import { showShare } from '../../platform/units/share.ts';
import { falsePagesOf, type Needs, surenessOf } from './needs.ts';

/** The kinds are for programs and stay. */
export interface Advice {
  readonly kind: 'sum' | 'unknown' | 'warming' | 'noise-unknown' | 'bursty' | 'too-slow' | 'slow' | 'drop' | 'literal-derivative' | 'dip';
  /** Whom it is about. */
  readonly metrics: readonly string[];
  readonly text: string;
}

/** Half lost within so long is nothing to speak of. */
const SLOW_SECONDS = 60;
/** From here on noise is more than chance with its uncertainty; above the second number even what is believed at first is exceeded. */
const BURSTY_NOISE = 2;
const BURSTY_UNKNOWN_NOISE = 3.5;
/** What the noise costs is told from here on. */
const WORSE_TIMES = 1.2;
/** Slides that take up to so many times as long as half lost takes look steep more often than not: measured at 1, 3 and 10/s. */
const SLIDE_TIMES = 15;
/** Where half lost needs the longest window, slides of 20 min did in half of the cases. */
const LONG_SECONDS = 256;
const SLIDE_LONG_SECONDS = 1200;
/** From this `for` on a dip of 2 s paged in at most 1 % of cases. */
const FOR_SECONDS = 4;
const STEEP_PERCENT = 3;

export function adviceOf(needs: readonly Needs[], timezone: string): Advice[] {
  const found = needs.flatMap((one) => [unknown(one), warming(one), sum(one), ...speed(one, timezone), drop(one), literal(one), dip(one)]);
  const told = new Map<string, Said & { readonly metrics: string[] }>();
  for (const said of found) {
    if (!said) continue;
    const { kind, metric, words } = said;
    const same = told.get(`${kind} ${words}`);
    if (same) same.metrics.push(metric);
    else told.set(`${kind} ${words}`, { ...said, metrics: [metric] });
  }
  return [...told.values()].map(({ kind, metrics, words }) => ({ kind, metrics, text: `${metrics.join(', ')}: ${words}` }));
}

interface Said {
  readonly kind: Advice['kind'];
  readonly metric: string;
  readonly words: string;
}

const say = (kind: Advice['kind'], { name }: Needs, words: string): Said => ({ kind, metric: name, words });

/** Nothing false is said of a metric nobody counts: what to do to know it. */
function unknown(one: Needs): Said | null {
  if (one.from === null) return null;
  if (one.now === null && one.state === 'blind') return say('unknown', one, 'blind just now, so nothing is known of its rate. Ask again.');
  if (one.now === null && one.usual !== null) return say('unknown', one, 'the times are worked out within a minute. Ask again.');
  if (one.now === null) return say('unknown', one, 'no usual rate yet; it is known after a minute of counting. Ask again.');
  if (one.now.rate > 0 || one.quietest !== null) return null;
  return say('unknown', one, `nothing is counted, so it can never page. Does anybody publish ${one.event}?`);
}

function warming(one: Needs): Said | null {
  if (one.state !== 'warming') return null;
  const done = showDuration(Math.floor((one.warmSeconds ?? 0) / 60) * 60_000);
  const all = showDuration(WARM_SECONDS * 1000);
  return say('warming', one, `still warming, nobody is paged yet: ${done} of ${all} without a would-be page are done.`);
}

/** What a sum is worth as evidence: its values differ, so a second of it says less than as many events would. */
function sum(one: Needs): Said | null {
  const speed = one.day ?? one.now;
  if (one.unit === null || speed === null) return null;
  const like = showRate(surenessOf(one, speed.rate)).replace('/s', '\u00a0events/s');
  const when = one.day ? 'by day' : 'now';
  const because = `because single values differ (${showAmount(one.unit)} of it is as sure as one event)`;
  return say('sum', one, `like ${like} ${when}, ${because}. A metric that counts the same events is sure sooner: watch both.`);
}

/** At its slowest: the quietest hour where that is known. */
function speed(one: Needs, timezone: string): (Said | null)[] {
  const slowest = one.quietest ?? one.now;
  if (!slowest || (slowest.rate === 0 && one.quietest === null)) return [];
  const where = one.quietest ? `at ${showTime(one.quietest.at, timezone)}` : 'now';
  const isNever = slowest.seconds[0] === null;
  return [isNever ? tooSlow(one, slowest, where) : slow(one, slowest, where), noisy(one, slowest)];
}

function tooSlow(one: Needs, { rate: slowest }: SpeedFacts, where: string): Said {
  const { pageWhen, day, now } = one;
  // Of so slow an hour only the order of magnitude is known; the rate now says more where it is as useless.
  const rate = slowest === 0 && now !== null && now.seconds[0] === null ? now.rate : slowest;
  const all = day?.seconds[0] ?? null;
  const byDay = day !== null && all !== null ? ` By day (${showRate(day.rate)}) all lost takes ${show(all)}.` : '';
  const shown = showQuiet(rate);
  if (secondsToPage(surenessOf(one, rate), 1, pageWhen, POISSON) !== null) {
    return say('too-slow', one, `${shown} ${where} is too slow to be sure of anything with the noise it is believed to have.${byDay}`);
  }
  const least = showRate(leastRate(one) * (one.unit ?? 1));
  const isTold = byDay === '' ? ' Drawn, never paged.' : ` Drawn, not paged then.${byDay}`;
  const cure = `From ${least} on all lost can be found: count something earlier in the funnel that happens more often.`;
  return say('too-slow', one, `${shown} ${byDay === '' ? '' : `${where} `}is too slow to be sure of anything.${isTold} ${cure}`);
}

/** Events/s from which on the loss of everything is sure within the longest window, if noise is no more than chance. */
function leastRate({ pageWhen }: Needs): number {
  let [no, yes] = [0, 1];
  while (yes - no > 0.001) {
    const middle = (no + yes) / 2;
    if (secondsToPage(middle, 1, pageWhen, POISSON) === null) no = middle;
    else yes = middle;
  }
  return yes;
}

function slow(one: Needs, { rate, seconds }: SpeedFacts, where: string): Said | null {
  const { pageWhen, day } = one;
  const half = seconds[2] ?? null;
  const least = leastSeconds(surenessOf(one, rate), 0.5, falsePagesOf(one));
  if (pageWhen.drop > 0.5 || (half !== null && half < SLOW_SECONDS) || pageWhen.forSeconds >= SLOW_SECONDS) return null;
  const byDay = day?.seconds[2] ?? null;
  const isFaster = day !== null && byDay !== null && byDay < 0.8 * (half ?? Number.POSITIVE_INFINITY);
  const then = isFaster ? `; by day (${showRate(day.rate)}) it takes ${show(byDay)}` : '';
  const takes = half === null ? `half lost is not sure within 512 s ${where}` : `half lost takes ${show(half)} ${where}`;
  const steep = half !== null && half <= LONG_SECONDS ? SLIDE_TIMES * half : SLIDE_LONG_SECONDS;
  const slides = `Slides of up to about ${showDuration(Math.round(steep / 300) * 300_000)} look steep there.`;
  const cure = 'Faster only with more events: count something earlier in the funnel that happens more often.';
  return say('slow', one, `${takes}. No rule can be faster than ${show(least)} at ${showRate(rate)}${then}. ${slides} ${cure}`);
}

/** What its noise costs it, and whether that is known. */
function noisy(one: Needs, { rate, seconds, noise, window }: SpeedFacts): Said | null {
  const { pageWhen, isNoiseKnown } = one;
  const quiet = LOST.map((lost) => secondsToPage(surenessOf(one, rate), lost, inEvents(pageWhen, one.unit ?? 1), POISSON));
  const isWorse = (i: number): boolean => (seconds[i] ?? Number.POSITIVE_INFINITY) > WORSE_TIMES * (quiet[i] ?? Number.POSITIVE_INFINITY);
  const worst = seconds[0] === null && isWorse(0) ? 0 : [2, 1, 0].find(isWorse);
  if (worst === undefined) return null;
  const lost = ['all lost', '80% lost', 'half lost'][worst] as string;
  const found = seconds[worst] ?? null;
  const takes = found === null ? `${lost} is never sure` : `${lost} takes ${show(found)}`;
  const without = show(quiet[worst] as number);
  const times = noise.toFixed(1);
  if (noise >= BURSTY_NOISE && (isNoiseKnown || noise >= BURSTY_UNKNOWN_NOISE)) {
    const how = `bursty: over ${showDuration(window * 1000)} its counts have ${times} times the variance that chance gives them`;
    return say('bursty', one, `${how}, so ${takes}; without that, ${without}.`);
  }
  if (isNoiseKnown) return null;
  const careful = `its noise is not known yet; to be careful ${times} times the variance of chance is assumed`;
  const until = 'It is learned within hours where windows are short, within three days where they are long.';
  return say(
    'noise-unknown',
    one,
    `${careful} over ${showDuration(window * 1000)}, so ${takes}; if it is no more than chance, ${without}. ${until}`,
  );
}

function drop(one: Needs): Said | null {
  const { drop: share } = one.pageWhen;
  if (share <= 0.5) return null;
  const which = share > 0.8 ? '80% lost and half lost never page' : 'half lost never pages';
  return say('drop', one, `${which}: \`drop\` asks for ${showShare(share)}.`);
}

/** A derivative in events/s² is another steepness at every rate. */
function literal(one: Needs): Said | null {
  const { eventsPerSecond2, drop: share } = one.pageWhen;
  if (eventsPerSecond2 === undefined) return null;
  const rates = [one.quietest?.rate, one.now?.rate, one.day?.rate].filter((rate) => rate !== undefined && rate > 0) as number[];
  const ends =
    rates.length > 1 && Math.max(...rates) > 1.2 * Math.min(...rates) ? [Math.min(...rates), Math.max(...rates)] : rates.slice(0, 1);
  const means = ends.map((rate) => {
    const within = `${showShare(share)} gone within ${show(withinAt(rate, share, one.pageWhen))}`;
    return `${percent((100 * eventsPerSecond2) / rate)} at ${showRate(rate)} (${within})`;
  });
  const at = showRate(-eventsPerSecond2 / (STEEP_PERCENT / 100));
  const what = `\`derivative: ${eventsPerSecond2} events/s2\` is another steepness at every rate`;
  const here = means.length > 0 ? `: ${means.join(', ')}` : '';
  const was = one.recorded ? ` Its recorded counts gave ${pagesIn(one.recorded)} with it.` : '';
  return say(
    'literal-derivative',
    one,
    `${what}${here}. Only at ${at} is it ${percent(-STEEP_PERCENT)}.${was} Write \`derivative: -3\`: % of the usual rate per second.`,
  );
}

function pagesIn({ pages, more, days }: NonNullable<Needs['recorded']>): string {
  const count = pages.length + more;
  return `${count} ${count === 1 ? 'page' : 'pages'} in ${showDays(days)}`;
}

/** `9 days`, `1.5 days`, `7 h`. */
export function showDays(days: number): string {
  if (days < 1) return showDuration(Math.round(days * 1440) * 60_000);
  const shown = days < 10 ? Number(days.toFixed(1)) : Math.round(days);
  return `${shown.toLocaleString('en-US')} ${shown === 1 ? 'day' : 'days'}`;
}

/** Which dips of a deploy page. How often was measured at 20 to 1,000/s. */
function dip(one: Needs): Said | null {
  const { forSeconds } = one.pageWhen;
  if (forSeconds >= FOR_SECONDS) return null;
  const often = forSeconds === FOR_SECONDS - 1 ? 'up to every second time' : 'nearly every time';
  return say('dip', one, `a deploy's dip of 2 s pages ${often} on for: ${forSeconds}s, hardly ever on for: ${FOR_SECONDS}s.`);
}

const show = (seconds: number): string => showDuration(Math.round(seconds * 10) * 100);
const showAmount = (amount: number): string => Number(amount.toPrecision(2)).toLocaleString('en-US');
const percent = (value: number): string => `${Number(value.toPrecision(2)).toLocaleString('en-US')}\u00a0%/s`;

/** A quietest hour of rate 0 is one of which no minute is known to hold anything. */
export function showQuiet(rate: number): string {
  return rate === 0 ? '<0.03/s' : showRate(rate);
}

/** `03:30` on the wall of the YAML's time zone. */
export function showTime(second: number, timezone: string): string {
  return showClock(second * 1000, timezone).slice(0, 5);
}

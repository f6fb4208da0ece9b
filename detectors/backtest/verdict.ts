/** Why a second pages or not, in one sentence that a tired engineer understands. */
import { showDuration } from '../../platform/units/duration.ts';
import { showSigmas, showSlope } from '../../platform/units/numbers.ts';
import { showRate } from '../../platform/units/rate.ts';
import { showShare } from '../../platform/units/share.ts';
import { AGAIN_SECONDS } from '../steep-drop/recovery.ts';
import { WARM_SECONDS } from '../steep-drop/steep-drop.ts';
import type { BelowTimeOfDay, Explained } from './explain.ts';
import type { Depth, Questions } from './questions.ts';

/** What decided: that it pages, what held it back, or the first question of the closest window that was answered no. */
export type Reason =
  | 'pages'
  | 'warming'
  | 'closed'
  | 'page is out'
  | 'nothing fell'
  | 'too slow'
  | 'time of day alone'
  | 'not sure'
  | 'not deep'
  | 'not fast'
  | 'not still down';

export interface Verdict {
  readonly reason: Reason;
  readonly sentence: string;
}

/** The usual rate above this multiple of a normal is a spike. */
const SPIKE_TIMES = 1.3;

export function verdict(told: Explained): Verdict {
  const { pages, held, outSince } = told;
  if (pages) return { reason: 'pages', sentence: `Pages${outSince === null ? '' : ' again'}: ${pagesBecause(told)}.` };
  const say = (reason: Reason, because: string): Verdict => ({ reason, sentence: `Does not page: ${because}.` });
  const why = whyNot(told);
  if (held === 'warming') {
    const known = `${told.warmSeconds.toLocaleString('en-US')} of ${WARM_SECONDS.toLocaleString('en-US')} s`;
    const would = wouldPage(told) ? ' It would have paged, so warming begins anew' : '';
    return say('warming', `warming. ${known} are known, until then nobody is woken${would && `.${would}`}`);
  }
  if (held === 'closed')
    return say('closed', `a planned closing.${wouldPage(told) ? ' It would have paged' : ' Nor would it have paged otherwise'}`);
  if (outSince === null) return say(why.reason, why.because);
  return say('page is out', whileOut(outSince, told, why.because));
}

function whileOut(at: number, { second, held, isDown, recoveredSeconds }: Explained, because: string): string {
  const since = `a page is out since ${clock(at, second)}`;
  if (!isDown) return `the page of ${clock(at, second)} is over, in this second`;
  if (held === 'back') return `${since}, and the last minutes are back up`;
  if (recoveredSeconds > 0) return `${since}. It is recovering`;
  if (held === 'soon') return `${since}. From ${clock(at + AGAIN_SECONDS, second)} on a second fall would page, too`;
  return `${since}. It would take a second fall: ${because}`;
}

function pagesBecause({ questions, alone, fall }: Explained): string {
  const paging = questions.find(({ pages }) => pages);
  if (paging && fall) {
    const { drop, rateBefore, rateAfter, derivative } = fall;
    const fell = `${lost(drop)} below usual, ${showRate(rateBefore)} to ${showRate(rateAfter)} at ${showSlope(derivative)}`;
    return `${fell}; sure, deep, fast and still down`;
  }
  return alone ? sinceWords(alone) : 'every question is answered yes';
}

function wouldPage({ questions, alone }: Explained): boolean {
  return questions.some(({ pages }) => pages) || (alone?.isDeep === true && alone.isSure);
}

/** The first question that the closest window answers no. */
function whyNot(told: Explained): { reason: Reason; because: string } {
  const { questions, alone, state, rate, usual } = told;
  const closest = questions.at(-1);
  if (!closest?.sure.holds) {
    if (alone) return { reason: 'time of day alone', because: sinceWords(alone) };
    if (state === 'too slow') return { reason: 'too slow', because: 'too slow. At this rate no window can be sure of anything' };
  }
  if (!closest) {
    const now = usual === null ? `${showRate(rate)} come in` : `${showRate(rate)} come in, ${showRate(usual)} are usual`;
    if (told.isDown) return { reason: 'nothing fell', because: 'nothing fell since' };
    return {
      reason: 'nothing fell',
      because: told.pairs.known === 0 ? 'there is nothing before it to compare with' : `nothing fell. ${now}`,
    };
  }
  if (!closest.sure.holds) return { reason: 'not sure', because: notSure(closest) };
  if (!closest.deep.holds) return { reason: 'not deep', because: notDeep(closest) };
  if (!closest.fast.holds) return { reason: 'not fast', because: notFast(closest) };
  return { reason: 'not still down', because: notStillDown(closest) };
}

function notSure({ window, deep, sure }: Questions): string {
  const what = `${lost(deep.drop)} below usual over ${seconds(window)} is ${showSigmas(sure.steepness)}`;
  return `it is not sure: ${what}, ${showSigmas(sure.threshold)} asked`;
}

function notDeep({ usual, deep }: Questions): string {
  const asked = `${lost(deep.dropMin)} asked`;
  if (!deep.holdsUsual) return `it is not deep enough: ${lost(deep.drop)} below usual, ${asked}`;
  const isLikeTheHour = deep.hour !== null && !deep.hour.holds;
  const [name, low] = isLikeTheHour ? ['the last hour', deep.hour as Depth] : ['this time of day', deep.day as Depth];
  if (low.sigmas > 0) {
    const lies = `${lost(low.drop)} below ${name}, but only ${low.sigmas.toFixed(1)} σ below half the depth asked`;
    return `it is not sure to be deep: ${lies}, ${low.sigmasMin.toFixed(1)} σ needed`;
  }
  if (low.normal === 0) return `nothing falls below 0/s, which is normal for ${name}`;
  const against = low.drop >= 0 ? `only ${lost(low.drop)} below ${name}` : `still ${lost(-low.drop)} above ${name}`;
  if (usual <= SPIKE_TIMES * low.normal) return `it is not deep enough: ${against}, ${asked}`;
  // Low against the last hour, too: no spike of the last minutes, but what this time of day brings.
  if (deep.hour?.holds) return `it is as low at this time of earlier days: ${against}, ${asked}`;
  return `it is the end of a spike: ${against}, ${asked}`;
}

function notFast({ window, fast }: Questions): string {
  if (fast.alreadyLow > 0) return `it is not fast: the ${seconds(fast.alreadyLow)} before it were low already, so it came slowly`;
  return `it is not fast: it takes ${seconds(window)} to see it, ${seconds(fast.longest)} at most are allowed`;
}

function notStillDown({ stillDown }: Questions): string {
  const { recovered } = stillDown;
  if (!recovered) return 'it is not still down';
  if (recovered.ago > 0) return `it has lasted ${seconds(recovered.ago)} so far, ${seconds(stillDown.for)} are asked`;
  const held = `${round(recovered.count)} came in, at most ${round(recovered.countMax)} would still be down`;
  if (recovered.countMax === 0) return 'it is as high as the lowest normal';
  return `it recovered in the newest ${recovered.seconds === 1 ? 'second' : seconds(recovered.seconds)}: ${held}`;
}

function sinceWords({ after, seconds: since, window, dropMin, isDeep, isSure, steepness, threshold }: BelowTimeOfDay): string {
  const gap = after === 'gap' ? `data came back ${seconds(since)} ago after a long gap` : `the planned closing ended ${seconds(since)} ago`;
  if (!window) return `${gap}, and it is too soon to compare it with anything`;
  const low = window.drop >= 0 ? `${lost(window.drop)} below` : `${lost(-window.drop)} above`;
  const lies = `${gap}; it is ${low} this time of day over ${seconds(window.seconds)}`;
  if (isDeep && !isSure) return `${lies}, but only ${showSigmas(steepness)}, ${showSigmas(threshold)} asked`;
  return `${lies}, ${lost(dropMin)} asked`;
}

const lost = showShare;
const seconds = (length: number): string => showDuration(length * 1000);
const round = (count: number): string => (count < 10 ? Number(count.toFixed(1)) : Math.round(count)).toLocaleString('en-US');

/** `14:03:08`, with the day where it is another one than that of the second explained. In UTC. */
export function clock(at: number, second: number): string {
  const iso = new Date(at * 1000).toISOString();
  const isSameDay = Math.floor(at / 86_400) === Math.floor(second / 86_400);
  return isSameDay ? iso.slice(11, 19) : `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

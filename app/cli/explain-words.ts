/** What `plummet explain` tells a person of one second, in aligned lines. */
import type { BelowTimeOfDay, Explained } from '../../detectors/backtest/explain.ts';
import type { Explanation } from '../../detectors/backtest/explanation.ts';
import type { Depth, Questions } from '../../detectors/backtest/questions.ts';
import { clock } from '../../detectors/backtest/verdict.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { RECOVERY_SECONDS } from '../../detectors/steep-drop/recovery.ts';
import { WARM_SECONDS } from '../../detectors/steep-drop/steep-drop.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { showSigmas } from '../../platform/units/numbers.ts';
import { showRate } from '../../platform/units/rate.ts';
import { showShare } from '../../platform/units/share.ts';
import { ruleOf, showSecond } from './backtest-words.ts';
import { column, type Output } from './output.ts';

type AloneWindow = NonNullable<BelowTimeOfDay['window']>;

/** One second, as it is told to a person. */
export interface ExplainedSecond {
  /** The file, or the metric. */
  readonly file: string;
  readonly pageWhen: PageWhen;
  readonly explanation: Explanation;
  /** What is said under the verdict. */
  readonly notes?: readonly string[];
}

export function sayExplained({ file, pageWhen, explanation, notes = [] }: ExplainedSecond, output: Output): void {
  const { line, style } = output;
  line(`${style('bold', file)}  ${showSecond(explanation.second)} UTC (${explanation.second})`);
  line(style('dim', `  pages when ${ruleOf(pageWhen)}`));
  line();
  if (explanation.reason === 'no data') fact('state', 'no data', output);
  else sayQuestioned(explanation, output);
  line();
  sayVerdict(explanation.pages, explanation.verdict, output);
  for (const note of notes) line(style('dim', `  ${note}`));
}

function sayQuestioned(told: Explained, output: Output): void {
  sayNow(told, output);
  output.line();
  fact('sure', pairsOf(told), output);
  for (const [i, questions] of told.questions.entries()) sayQuestions(questions, told.unit, i, output);
  if (told.alone?.window && told.outSince === null) sayAlone(told.alone, told.alone.window, told.unit, output);
}

function sayVerdict(pages: boolean, sentence: string, { line, mark, style }: Output): void {
  line(`${pages ? mark.warning : mark.good} ${style('bold', sentence)}`);
}

function sayNow(told: Explained, output: Output): void {
  const { count, rate, usual, hour, day, fall } = told;
  const known = (normal: number | null, why: string): string => (normal === null ? `not known: ${why}` : showRate(normal));
  fact('state', stateOf(told), output);
  fact('count', count.toLocaleString('en-US'), output);
  fact('rate now', showRate(rate), output);
  if (fall) fact('before it fell', showRate(fall.rateBefore), output);
  else if (hour === null)
    fact('usual', usual === null ? 'not known: less than a minute yet' : `${showRate(usual)} (last 5 minutes)`, output);
  fact('last hour', known(hour, 'less than 10 minutes yet'), output);
  fact('time of day', `${known(day, 'no whole day yet')}${told.expected ? '; not asked in a planned event' : ''}`, output);
}

function stateOf({ state, warmSeconds, recoveredSeconds, fall, second, outSince, isDown, recoversAt }: Explained): string {
  const since = fall ? ` since ${clock(fall.at, second)}` : '';
  if (state === 'warming') return `warming, ${warmSeconds.toLocaleString('en-US')} of ${WARM_SECONDS.toLocaleString('en-US')} s`;
  if (state === 'recovering')
    return `recovering, ${recoveredSeconds} of ${RECOVERY_SECONDS} s above ${showRate(recoversAt ?? 0)}; dropped${since}`;
  if (state === 'dropped') return `dropped${since}; over when above ${showRate(recoversAt ?? 0)} for ${RECOVERY_SECONDS} s`;
  return outSince !== null && !isDown ? `${state}, recovered in this second` : state;
}

function pairsOf({ pairs: { all, known, sure, sureSinceLastEvent }, limits: { threshold }, outSince }: Explained): string {
  const last = sureSinceLastEvent > 0 ? `, and ${sureSinceLastEvent} of the time since the last event` : '';
  const since = outSince === null ? '' : ' since the page';
  if (known === 0) return `no window has enough seconds before it${since}`;
  const steep = `are ${showSigmas(threshold)} or steeper${last}`;
  if (known === all) return `${sure} of ${all} windows with their references ${steep}`;
  return `${sure} of ${known} windows with their references ${steep}; the other ${all - known} need more seconds${since}`;
}

function sayQuestions(questions: Questions, unit: number | undefined, place: number, output: Output): void {
  const { window, reference, count, expected, usual, sure } = questions;
  const { line, style } = output;
  line();
  const name = place === 0 ? 'steepest' : questions.pages ? 'the one that pages' : 'closer to a page';
  line(`  ${style('bold', name)}: the newest ${length(window)} against the ${length(reference)} before ${window === 1 ? 'it' : 'them'}`);
  const noise = `dispersion ${sure.dispersion.toFixed(1)}`;
  const events = `${countedOf(count, unit)}, ${events1(expected)} expected; ${noise}`;
  answer('sure', sure.holds, `${showSigmas(sure.steepness)}`, `${showSigmas(sure.threshold)} asked; ${events}`, output);
  sayDeep(questions, usual, output);
  sayFast(questions, output);
  sayStillDown(questions, unit, output);
}

/** `593 events`; of a sum `23,720 (593 times 40)`: as sure as so many events, of which each stands for so much. */
function countedOf(count: number, unit: number | undefined): string {
  return unit === undefined ? `${events1(count)} events` : `${events1(count)} (${events1(count / unit)} times ${events1(unit)})`;
}

/** Until the windows are full again the time of day is a reference of its own. */
function sayAlone(
  { after, seconds, dropMin, isDeep, isSure, steepness, threshold }: BelowTimeOfDay,
  window: AloneWindow,
  unit: number | undefined,
  output: Output,
): void {
  output.line();
  const since = `${after === 'gap' ? 'data came back' : 'it ended'} ${length(seconds)} ago`;
  output.line(`  ${output.style('bold', `after the ${after}`)}: ${since}; the newest ${length(window.seconds)} against this time of day`);
  const events = `${countedOf(window.count, unit)}, ${events1(window.expected)} expected`;
  answer('sure', isSure, showSigmas(steepness), `${showSigmas(threshold)} asked; ${events}`, output);
  answer('deep', isDeep, `${belowOf(window.drop)} the time of day`, `${showShare(dropMin)} asked, as it is a normal of other days`, output);
}

function sayDeep({ deep }: Questions, usual: number, output: Output): void {
  const asked = `${showShare(deep.dropMin)} asked`;
  answer('deep', deep.holdsUsual, `${belowOf(deep.drop)} just before`, `${asked}; it was ${showRate(usual)}`, output);
  sayDepth('last hour', deep.hour, asked, output);
  sayDepth('time of day', deep.day, asked, output);
}

function sayDepth(name: string, depth: Depth | null, asked: string, output: Output): void {
  if (depth === null) return;
  const { normal, drop, sigmas, sigmasMin, holds } = depth;
  const beyond = sigmas === 0 ? '' : `; ${sigmas.toFixed(1)} σ below half of that, ${sigmasMin.toFixed(1)} σ asked`;
  const limits = `${asked}${beyond}; it is ${showRate(normal)}`;
  if (normal === 0) answer('', false, `not below the ${name}`, 'which is 0/s', output);
  else answer('', holds, `${belowOf(drop)} the ${name}`, limits, output);
}

function sayFast({ window, fast }: Questions, output: Output): void {
  const why = { within: 'as asked', rate: 'at this rate fewer cannot be sure', gap: 'a gap may have hidden so much of it' }[fast.because];
  answer('fast', window <= fast.longest, `seen in ${length(window)}`, `${length(fast.longest)} at most, ${why}`, output);
  if (window > fast.longest) return;
  const low = fast.alreadyLow > 0;
  answer('', !low, low ? `low already ${length(fast.alreadyLow)} before` : 'not low before it', '', output);
}

function sayStillDown({ stillDown }: Questions, unit: number | undefined, output: Output): void {
  const { holds, recovered, for: asked } = stillDown;
  if (!recovered) {
    answer('still down', holds, `each of ${length(asked)}`, 'no newest second looks recovered', output);
    return;
  }
  if (recovered.countMax === 0) {
    answer('still down', holds, 'as high as a normal', 'the lowest of usual and normals', output);
    return;
  }
  const ago = recovered.ago === 0 ? '' : `, ${length(recovered.ago)} ago`;
  const limit = `${events1(recovered.countMax)} at most where it is down${holds ? ', but the rhythm of it is' : ''}`;
  answer(
    'still down',
    holds,
    `${events1(recovered.count)} ${unit === undefined ? 'events ' : ''}in ${length(recovered.seconds)}${ago}`,
    limit,
    output,
  );
}

function answer(question: string, holds: boolean, number: string, limit: string, { line, mark, style }: Output): void {
  line(`  ${column(holds ? mark.good : mark.bad, 2)} ${column(question, 12)}${column(number, 28)}${style('dim', limit)}`.trimEnd());
}

function fact(name: string, text: string, { line, style }: Output): void {
  line(`  ${style('dim', column(name, 15))}${text}`);
}

const length = (seconds: number): string => showDuration(seconds * 1000);
const belowOf = (drop: number): string => (drop >= 0 ? `${showShare(drop)} below` : `${showShare(-drop)} above`);
const events1 = (count: number): string => (count < 10 ? Number(count.toFixed(1)) : Math.round(count)).toLocaleString('en-US');

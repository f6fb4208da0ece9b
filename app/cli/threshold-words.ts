/** How sure each metric has to be, as `plummet check` says it: by its budget, by its share of its team's, and by its history. */
import { formulaOf } from '../../detectors/steep-drop/threshold.ts';
import type { HistoryFacts } from '../../platform/topics/signals.ts';
import { showSigmas } from '../../platform/units/numbers.ts';
import { falsePagesOf, type Needs } from './needs.ts';
import { type Output, wrap } from './output.ts';

const COLUMNS = 78;

/** @param needs  of the metrics that may page */
export function sayThresholds(needs: readonly Needs[], { line, mark }: Output): void {
  const said = new Map<string, string[]>();
  for (const one of needs) {
    const words = thresholdWords(one);
    said.set(words, [...(said.get(words) ?? []), one.name]);
  }
  for (const [words, names] of said) line(`${mark.good} ${wrap(`${names.join(', ')}: ${words}`, COLUMNS, '  ')}`);
}

/** `sure at −6.7 σ (0.083 false pages a year: a 12th of the budget of its team).` */
export function thresholdWords({ pageWhen, history, sharedBy }: Pick<Needs, 'pageWhen' | 'history' | 'sharedBy'>): string {
  const formula = formulaOf(pageWhen);
  if (pageWhen.sigmas !== undefined) return `sure at ${showSigmas(-formula)}, as written; its history changes nothing.`;
  const at = `sure at ${showSigmas(-(history?.raised ?? formula))}`;
  const raised = history?.raised == null ? '' : `, raised from ${showSigmas(-formula)} by its history`;
  return `${at}${raised} (${budgetWords({ pageWhen, sharedBy })}).${historyWords(history)}`;
}

function budgetWords(one: Pick<Needs, 'pageWhen' | 'sharedBy'>): string {
  const budget = Number(falsePagesOf(one).toPrecision(2));
  const pages = `${budget.toLocaleString('en-US', { maximumSignificantDigits: 2 })} false ${budget === 1 ? 'page' : 'pages'} a year`;
  if (one.sharedBy === null) return pages;
  return one.sharedBy === 1 ? `${pages}: the budget of its team` : `${pages}: 1/${one.sharedBy} of the budget of its team`;
}

function historyWords(history: HistoryFacts | null): string {
  if (!history) return '';
  const { days, ofDays, peaks, fit, limitedBy } = history;
  const of = `${Math.floor(days)} ${Math.floor(days) === 1 ? 'day' : 'days'} of history`;
  if (days < ofDays) return ` ${of} so far; from ${ofDays} on its own tail may raise it.`;
  if (!fit) return ` In ${of} it came near a page ${peaks} times: too seldom to raise anything.`;
  const asked = `${showSigmas(-fit.sigmas)} (90%: ${showSigmas(-fit.low)} to ${showSigmas(-fit.high)})`;
  const heavier = fit.isHeavier ? ' Its tail is heavier than that, so the upper end holds.' : '';
  const most = limitedBy === null ? '' : ' That is farther than a threshold is ever raised: look at what falls so often.';
  return ` In ${of} it came near a page ${peaks} times, which asks for ${asked}.${heavier}${most}`;
}

/** How sure a metric has to be before it pages, and what says so: its budget, its history, or whoever wrote the threshold. */

import type { PageWhen } from '../detectors/steep-drop/page-when.ts';
import { formulaOf, thresholdOf } from '../detectors/steep-drop/threshold.ts';
import type { OutlookFacts } from '../platform/topics/signals.ts';
import { showSigmas } from '../platform/units/numbers.ts';
import type { MetricInfo, ThresholdView } from './live-frames.ts';

/** The threshold of each metric, as told last. */
export class Thresholds {
  readonly #told = new Map<string, ThresholdView>();

  /** @returns whether it is another one than before */
  take(name: string, outlook: OutlookFacts): boolean {
    const threshold = thresholdView(outlook);
    const isOther = this.#told.get(name)?.text !== threshold.text;
    this.#told.set(name, threshold);
    return isOther;
  }

  of(metric: MetricInfo): MetricInfo {
    const threshold = this.#told.get(metric.name);
    return threshold ? { ...metric, threshold } : metric;
  }
}

export function thresholdView({ pageWhen, history }: OutlookFacts): ThresholdView {
  const limits = pageWhen as unknown as PageWhen;
  const [sigmas, formula] = [-thresholdOf(limits), -formulaOf(limits)];
  const isRaised = sigmas < formula;
  const from = limits.sigmas !== undefined ? 'written' : isRaised ? 'history' : 'formula';
  const { days = null, ofDays = null, peaks = null, fit = null, limitedBy = null } = history ?? {};
  const asked = fit && { sigmas: -fit.sigmas, low: -fit.low, high: -fit.high };
  const facts = { sigmas: short(sigmas), formula: short(formula), from, days, ofDays, peaks, asked, limitedBy } as const;
  return { ...facts, text: textOf(facts) };
}

/** `sure at −7.2 σ: raised from −6.0 σ by 21 days of history, which ask for −6.6 to −8.0 σ` */
function textOf({ sigmas, formula, from, days, asked, limitedBy }: Omit<ThresholdView, 'text'>): string {
  const at = `sure at ${showSigmas(sigmas)}`;
  if (from === 'written') return `${at}, as written`;
  if (from === 'formula') return `${at}, by its budget of false pages`;
  const raised = `${at}: raised from ${showSigmas(formula)} by ${Math.floor(days ?? 0)} days of history`;
  const most = limitedBy === null ? '' : ', as far as it may';
  return asked ? `${raised}${most}, which ask for ${showSigmas(asked.low)} to ${showSigmas(asked.high)}` : `${raised}${most}`;
}

const short = (value: number): number => Math.round(value * 1000) / 1000;

/** The past in words: what is read of one step, and of the whole picture. */
import { perSecond, showRate } from '../../../../platform/units/rate.ts';
import { overall, type PastFigure } from './figure.ts';
import type { Choice } from './spans.ts';
import { momentText } from './zoned.ts';

const grouped = new Intl.NumberFormat('en-US');

/** `Sat 14 Nov 14:00, least 0, mean 85/s, most 140, normal, usual 86/s` */
export function stepText(figure: PastFigure, i: number, timezone: string): string {
  const { begins, stepSeconds, min, max, mean, state, usual } = figure;
  const at = momentText(begins + i * stepSeconds, stepSeconds, timezone);
  const [least, most, rate, expected] = [min[i] ?? null, max[i] ?? null, mean[i] ?? null, usual[i] ?? null];
  if (least === null || most === null) return `${at}: nothing is known${state[i] === 'blind' ? ', blind' : ''}`;
  const counts = stepSeconds === 1 ? `${grouped.format(least)} in this second, ${meanText(rate)}` : rangeText(least, rate, most);
  return [`${at}: ${counts}`, state[i] ?? 'not judged', expected === null ? 'usual not known' : `usual ${showRate(expected)}`].join(', ');
}

function rangeText(least: number, mean: number | null, most: number): string {
  return `least ${grouped.format(least)}, ${meanText(mean)}, most ${grouped.format(most)}`;
}

function meanText(mean: number | null): string {
  return mean === null ? 'mean not known' : `mean ${showRate(mean)}`;
}

/** The picture in a sentence. @param value  as in `MetricInfo` */
export function pastText(name: string, figure: PastFigure, { words }: Choice, timezone: string, value?: string): string {
  const all = overall(figure);
  if (!all) return `Nothing is known of ${name} in the last ${words}.`;
  const gaps = figure.gaps.length > 0 ? ' There are gaps without data.' : '';
  const first = figure.begins + figure.min.findIndex((value) => value !== null) * figure.stepSeconds;
  const begins = first <= figure.from ? '' : ` Nothing is known before ${momentText(first, figure.stepSeconds, timezone)}.`;
  return `${name} in the last ${words}: ${rangeText(all.least, all.mean, all.most)} ${perSecond(value)}.${gaps}${begins}`;
}

/** `10 s`, `30 min`, `1 h`, `1 day`: what one step of the picture covers. */
export function stepWords(seconds: number): string {
  if (seconds === 1) return 'each second';
  if (seconds < 60) return `each ${seconds}\u00a0s`;
  if (seconds < 3600) return seconds === 60 ? 'each minute' : `each ${seconds / 60}\u00a0min`;
  if (seconds < 86_400) return seconds === 3600 ? 'each hour' : `each ${seconds / 3600}\u00a0h`;
  return seconds === 86_400 ? 'each day' : `each ${seconds / 86_400}\u00a0days`;
}

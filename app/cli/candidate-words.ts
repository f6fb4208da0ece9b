/** What `plummet backtest --candidate` tells: a table of the pages that differ for people, a JSON object for programs. */
import type { InBoth } from '../../detectors/backtest/compare.ts';
import type { Page } from '../../detectors/backtest/replay.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { showLoss, showSigmas, showSlope } from '../../platform/units/numbers.ts';
import { showRate } from '../../platform/units/rate.ts';
import type { ComparedAll, ComparedMetric } from './backtest-candidate.ts';
import { pageWhenJson, rounded, ruleOf, showSecond } from './backtest-words.ts';
import { column, type Output } from './output.ts';

const TABLE_PAGES_MAX = 200;

/**
 * One object: `{ inForce, candidate, metrics, sum, same, notPlayed, onlyInForce, onlyCandidate }`.
 *
 * `inForce` and `candidate` are the files. Each of `metrics` is `{ metric, from, to, seconds, countsOther, inForce: { pages, pageWhen },
 * candidate: { pages, pageWhen }, more, fewer, both, notes }`: `pages` is their number, `more` and `fewer` are the pages that only the
 * candidate and only the YAML in force sends, in the shape of `plummet backtest --json`, and `both` is `[{ inForce, candidate,
 * laterSeconds }, …]`. `sum` is `{ more, fewer, both, later, earlier }`, each a number of pages. `same` names the metrics whose pages
 * cannot differ, `notPlayed` is `[{ metric, why }, …]`, `onlyInForce` and `onlyCandidate` name what the other one lacks.
 */
export function candidateJson(all: ComparedAll): object {
  const { metrics, ...others } = all;
  return { ...others, metrics: metrics.map(metricJson), sum: sumOf(metrics) };
}

function metricJson({ candidate, from, to, seconds, pages, onlyInForce, onlyCandidate, both, notes }: ComparedMetric): object {
  return {
    metric: candidate.name,
    ...{ from, to, seconds },
    countsOther: candidate.countsOther,
    inForce: { pages: pages.inForce, pageWhen: pageWhenJson(candidate.inForce.pageWhen) },
    candidate: { pages: pages.candidate, pageWhen: pageWhenJson(candidate.candidate.pageWhen) },
    more: onlyCandidate.map(rounded),
    fewer: onlyInForce.map(rounded),
    both: both.map((one) => ({ ...one, inForce: rounded(one.inForce), candidate: rounded(one.candidate) })),
    notes,
  };
}

export interface Difference {
  /** Pages that only the candidate sends, only the YAML in force sends, and both send. */
  readonly more: number;
  readonly fewer: number;
  readonly both: number;
  /** Of those of both: sent later by the candidate, and earlier. */
  readonly later: number;
  readonly earlier: number;
}

export function sumOf(metrics: readonly ComparedMetric[]): Difference {
  const count = (of: (metric: ComparedMetric) => number): number => metrics.reduce((sum, metric) => sum + of(metric), 0);
  return {
    more: count(({ onlyCandidate }) => onlyCandidate.length),
    fewer: count(({ onlyInForce }) => onlyInForce.length),
    both: count(({ both }) => both.length),
    later: count(({ both }) => both.filter(({ laterSeconds }) => laterSeconds > 0).length),
    earlier: count(({ both }) => both.filter(({ laterSeconds }) => laterSeconds < 0).length),
  };
}

export function sayCandidate(all: ComparedAll, output: Output): void {
  const { line, mark, talk } = output;
  const { metrics, notPlayed, same, onlyInForce, onlyCandidate, inForce, candidate } = all;
  for (const { metric, why } of notPlayed) talk(`${mark.warning} ${metric} is not compared: ${why}`);
  for (const metric of metrics) sayMetric(metric, output);
  if (onlyInForce.length > 0) line(`${mark.warning} Only in force: ${onlyInForce.join(', ')}. The candidate would send no page of them.`);
  if (onlyCandidate.length > 0)
    line(`${mark.waiting} Only in the candidate: ${onlyCandidate.join(', ')}. Nothing in force compares with them.`);
  if (same.length > 0) line(`${mark.good} The same in both, so not played: ${same.join(', ')}.`);
  const differs = metrics.length + notPlayed.length + onlyInForce.length + onlyCandidate.length > 0;
  if (!differs) line(`${mark.good} Nothing differs: ${candidate} pages as ${inForce} does.`);
  else if (metrics.length > 0) line(`${markOf(metrics, output)} ${sentenceOf(metrics.length > 1 ? 'In all' : 'So', metrics)}`);
}

function sayMetric(one: ComparedMetric, output: Output): void {
  const { line, style, talk, mark } = output;
  const { candidate, from, to, seconds, notes, pages } = one;
  for (const note of notes) talk(`${mark.warning} ${candidate.name}: ${note}.`);
  const span = `${seconds.toLocaleString('en-US')} seconds from ${showSecond(from)} to ${showSecond(to)} UTC`;
  line(`${style('bold', candidate.name)}  ${span}`);
  line(style('dim', `  in force   ${pagesOf(pages.inForce)}; pages when ${ruleOf(candidate.inForce.pageWhen)}`));
  line(style('dim', `  candidate  ${pagesOf(pages.candidate)}; pages when ${ruleOf(candidate.candidate.pageWhen)}`));
  line();
  const rows = rowsOf(one);
  if (rows.length > 0) {
    line(style('dim', `  ${HEADS.map(([head, width]) => column(head, width)).join('')}`));
    for (const row of rows.slice(0, TABLE_PAGES_MAX)) line(`  ${cellsOf(row, output).join('')}`.trimEnd());
    if (rows.length > TABLE_PAGES_MAX) line(`  … and ${(rows.length - TABLE_PAGES_MAX).toLocaleString('en-US')} more`);
    line();
  }
  line(`${markOf([one], output)} ${sentenceOf(candidate.name, [one])}\n`);
}

const HEADS: readonly [string, number][] = [
  ['paged at (UTC)', 22],
  ['by', 32],
  ['from', 10],
  ['to', 10],
  ['lost', 8],
  ['derivative', 14],
  ['steepness', 12],
  ['resolved after', 0],
];

interface Row {
  readonly page: Page;
  readonly by: 'only the candidate' | 'only in force' | InBoth<Page>;
}

/** In the order of time. */
function rowsOf({ onlyInForce, onlyCandidate, both }: ComparedMetric): Row[] {
  const rows: Row[] = [
    ...onlyInForce.map((page): Row => ({ page, by: 'only in force' })),
    ...onlyCandidate.map((page): Row => ({ page, by: 'only the candidate' })),
    ...both.map((pair): Row => ({ page: pair.inForce, by: pair })),
  ];
  return rows.sort((a, b) => a.page.at - b.page.at);
}

function cellsOf({ page, by }: Row, { style }: Output): string[] {
  const who = typeof by === 'string' ? style(by === 'only the candidate' ? 'orange' : 'blue', by) : `both${laterWords(by.laterSeconds)}`;
  const texts = [
    showSecond(page.at),
    who,
    showRate(page.rateBefore),
    showRate(page.rateAfter),
    style('red', showLoss(page.drop)),
    showSlope(page.derivative),
    showSigmas(page.steepness),
    page.resolvedAt === null ? 'still down' : showDuration((page.resolvedAt - page.at) * 1000),
  ];
  return texts.map((text, i) => column(text, (HEADS[i] as [string, number])[1]));
}

/** Of a page that both send. */
function laterWords(laterSeconds: number): string {
  if (laterSeconds === 0) return '';
  return `, candidate ${showDuration(Math.abs(laterSeconds) * 1000)} ${laterSeconds > 0 ? 'later' : 'earlier'}`;
}

/** `orders: 3 pages fewer, 1 more, this one 4 s later.` */
function sentenceOf(name: string, metrics: readonly ComparedMetric[]): string {
  const { more, fewer } = sumOf(metrics);
  const shifts = metrics.flatMap(({ both }) => both.map(({ laterSeconds }) => laterSeconds));
  const parts: string[] = [];
  if (fewer > 0) parts.push(`${pagesOf(fewer)} fewer`);
  if (more > 0) parts.push(`${fewer > 0 ? more.toLocaleString('en-US') : pagesOf(more)} more`);
  const moved = movedOf(shifts);
  if (moved) parts.push(moved);
  if (parts.length > 0) return `${name}: ${parts.join(', ')}.`;
  if (shifts.length === 0) return `${name}: no page by either.`;
  return `${name}: the same ${pagesOf(shifts.length)}, in the same ${shifts.length === 1 ? 'second' : 'seconds'}.`;
}

/** Of the pages that both send. */
function movedOf(shifts: readonly number[]): string {
  const by = (kind: 'later' | 'earlier'): string => {
    const seconds = shifts.filter((shift) => (kind === 'later' ? shift > 0 : shift < 0)).map(Math.abs);
    if (seconds.length === 0) return '';
    const [least, most] = [Math.min(...seconds), Math.max(...seconds)].map((length) => showDuration(length * 1000));
    const how = least === most ? most : `${least} to ${most}`;
    const which = shifts.length === 1 ? 'the one in both' : `${seconds.length.toLocaleString('en-US')} of ${shifts.length} in both`;
    return `${which} ${how} ${kind}`;
  };
  return [by('later'), by('earlier')].filter((words) => words !== '').join(', ');
}

function markOf(metrics: readonly ComparedMetric[], { mark }: Output): string {
  return sumOf(metrics).more > 0 ? mark.warning : mark.good;
}

function pagesOf(count: number): string {
  if (count === 0) return 'no page';
  return count === 1 ? '1 page' : `${count.toLocaleString('en-US')} pages`;
}

/** What `plummet backtest` tells of one file: a table for people, a JSON object for programs. */
import type { Page } from '../../detectors/backtest/replay.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { sigmasOf } from '../../detectors/steep-drop/threshold.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { showLoss, showSigmas, showSlope } from '../../platform/units/numbers.ts';
import { showRate } from '../../platform/units/rate.ts';
import { showShare } from '../../platform/units/share.ts';
import type { Backtested } from './backtested.ts';
import { column, type Output } from './output.ts';

const DIGITS = 6;
const DAY_SECONDS = 86_400;
const TABLE_PAGES_MAX = 200;

/** Seconds since the epoch, rates in events/s, `drop` 0..1, `derivative` in %/s, `steepness` in sigmas. */
export function backtestJson(one: Backtested): object {
  const { file, seconds, pages, pagesNotListed, from, to, missing, missingAs, events, warmingSeconds, state, steepest, notes } = one;
  return {
    file,
    seconds,
    pages: pages.map(rounded),
    ...(pagesNotListed > 0 && { pagesNotListed }),
    from,
    to,
    missing,
    missingAs,
    events,
    warmingSeconds,
    state,
    steepest: steepest && rounded(steepest),
    pageWhen: pageWhenJson(one.pageWhen),
    notes,
  };
}

export function pageWhenJson(pageWhen: PageWhen): object {
  return { ...rounded(pageWhen), threshold: short(-thresholdOf(pageWhen)) };
}

export function sayBacktest(one: Backtested, output: Output): void {
  const { line, style, talk, mark } = output;
  for (const note of one.notes) talk(`${mark.warning} ${one.file}: ${note}.`);
  line(`${style('bold', one.file)}  ${spanOf(one)}`);
  line(style('dim', `  pages when ${ruleOf(one.pageWhen)}`));
  line();
  if (one.pages.length === 0) {
    line(`${mark.good} ${noneOf(one)}\n`);
    return;
  }
  line(style('dim', `  ${HEADS.map(([head, width]) => column(head, width)).join('')}`));
  for (const page of one.pages.slice(0, TABLE_PAGES_MAX)) line(`  ${cells(page, output).join('')}`);
  const all = one.pages.length + one.pagesNotListed;
  if (all > TABLE_PAGES_MAX) line(`  … and ${(all - TABLE_PAGES_MAX).toLocaleString('en-US')} more`);
  line();
  line(`${mark.warning} ${all === 1 ? 'One page' : `${all.toLocaleString('en-US')} pages`}${warmingOf(one)}.\n`);
}

const HEADS: readonly [string, number][] = [
  ['paged at (UTC)', 22],
  ['from', 10],
  ['to', 10],
  ['lost', 8],
  ['derivative', 14],
  ['steepness', 12],
  ['fall window', 14],
  ['resolved after', 0],
];

function cells(page: Page, { style }: Output): string[] {
  const texts = [
    showSecond(page.at),
    showRate(page.rateBefore),
    showRate(page.rateAfter),
    style('red', showLoss(page.drop)),
    showSlope(page.derivative),
    showSigmas(page.steepness),
    showDuration(page.fallWindow * 1000),
    page.resolvedAt === null ? 'still down' : showDuration((page.resolvedAt - page.at) * 1000),
  ];
  return texts.map((text, i) => column(text, (HEADS[i] as [string, number])[1]));
}

function spanOf({ seconds, from, to, missing, missingAs }: Backtested): string {
  const all = `${seconds.toLocaleString('en-US')} seconds from ${showSecond(from ?? 0)} to ${showSecond(to ?? 0)} UTC`;
  if (missing === 0) return all;
  const read = missingAs === 'zero' ? 'read as zero' : 'read as no data';
  return `${all}, ${missing.toLocaleString('en-US')} had no line (${read})`;
}

export function ruleOf(pageWhen: PageWhen): string {
  const { drop, withinSeconds, eventsPerSecond2, forSeconds, falsePagesPerYear, sigmas } = pageWhen;
  const steep =
    eventsPerSecond2 === undefined ? `within ${showDuration(withinSeconds * 1000)}` : `by ${eventsPerSecond2} events/s² or steeper`;
  const budget = Number(falsePagesPerYear.toPrecision(3));
  const accepted = sigmas === undefined ? `, ${budget} false ${budget === 1 ? 'page' : 'pages'} a year` : '';
  const sure = `${showSigmas(-thresholdOf(pageWhen))}${accepted}`;
  return `${showShare(drop)} is lost ${steep}, for ${showDuration(forSeconds * 1000)} (sure: ${sure})`;
}

function noneOf(one: Backtested): string {
  const { seconds, warmingSeconds, steepest, state } = one;
  if (warmingSeconds === seconds) return 'No page.';
  if (state === 'too slow' && !steepest) return 'No page: it is too slow to be sure of anything within 512 s.';
  const nearest = steepest ? `; its steepest second was ${showSecond(steepest.at)} with ${showSigmas(steepest.steepness)}` : '';
  return `No page${warmingOf(one)}${nearest}.`;
}

/** Pages could come from where it was warm on. */
function warmingOf({ seconds, warmingSeconds }: Backtested): string {
  if (warmingSeconds === 0 || warmingSeconds === seconds) return '';
  return ` in ${showLong(seconds - warmingSeconds)} after ${showLong(warmingSeconds)} of warming`;
}

function showLong(seconds: number): string {
  return seconds < 2 * DAY_SECONDS ? showDuration(seconds * 1000) : `${(seconds / DAY_SECONDS).toFixed(1)}\u00a0days`;
}

function thresholdOf({ sigmas, falsePagesPerYear }: PageWhen): number {
  return sigmas ?? sigmasOf(falsePagesPerYear);
}

/** `2026-01-05 14:03:08`, in UTC. */
export function showSecond(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, -5).replace('T', ' ');
}

export function short(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
}

export function rounded<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, typeof each === 'number' ? short(each) : each])) as T;
}

/** What `plummet test` tells of each test: a line where it passed, what was expected and what happened where it failed. */
import type { Difference } from '../../detectors/backtest/expected-pages.ts';
import type { Page } from '../../detectors/backtest/replay.ts';
import type { ExpectedPage } from '../../detectors/backtest/rule-test.ts';
import { type Explained, isEnough, type Outcome } from '../../detectors/backtest/run-rule-test.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { showLoss, showSigmas, showSlope } from '../../platform/units/numbers.ts';
import { showRate } from '../../platform/units/rate.ts';
import { showShare } from '../../platform/units/share.ts';
import { short, showSecond } from './backtest-words.ts';
import { column, type Output, wrap } from './output.ts';

/** One test with its place among the files. */
export interface Result {
  readonly file: number;
  readonly outcome: Outcome;
  /** On all threads together. */
  readonly tookMs: number;
}

const NAME_COLUMNS = 56;
const COLUMNS = 100;
const INDENT = '      ';
const DIFFERENCES_TOLD_MAX = 10;

export function sayOutcome({ outcome, tookMs }: Result, output: Output): void {
  const { line, mark, style } = output;
  const told = outcome.passed ? passedWords(outcome) : '';
  const took = style('dim', showMs(tookMs));
  line(`  ${outcome.passed ? mark.good : mark.bad} ${column(outcome.name, NAME_COLUMNS)} ${told}${told ? '  ' : ''}${took}`);
  if (outcome.passed) return;
  for (const text of failureLines(outcome)) {
    const begins = text.slice(0, 1);
    line(INDENT + (begins === '-' ? style('red', text) : begins === '+' ? style('green', text) : text));
  }
}

function passedWords({ delays, repeats, repeatsPassed }: Outcome): string {
  const came = delays.filter((delay) => delay !== null);
  const of = repeats > 1 ? `${repeatsPassed} of ${repeats}, ` : '';
  if (came.length === 0) return `${of}no page`;
  const mean = repeats > 1 ? ' in the mean' : '';
  return `${of}paged after ${came.map((delay) => showDuration(round(delay.mean) * 1000)).join(' and ')}${mean}`;
}

/** What was expected begins with `-`, what happened with `+`, what the detector says of it with a blank. */
export function failureLines(outcome: Outcome): string[] {
  const { failed, repeats, repeatsPassed, passes, slow, start } = outcome;
  const lines: string[] = [];
  for (const { after, mean, meanWithin } of slow) {
    lines.push(
      `- a mean delay of ${length(meanWithin)} at most, of the page after ${length(after)}`,
      `+ ${length(round(mean))} in the mean`,
    );
  }
  if (!failed || isEnough(repeatsPassed, outcome)) return lines;
  if (repeats > 1) {
    const share = `${repeatsPassed} of ${repeats} passed, ${showShare(passes)} must`;
    lines.push(`${share}. The first that failed has \`seed: ${failed.seed}\`:`);
  }
  for (const difference of failed.differences.slice(0, DIFFERENCES_TOLD_MAX)) lines.push(...differenceLines(difference, start));
  const more = failed.differences.length - DIFFERENCES_TOLD_MAX;
  if (more > 0) lines.push(`… and ${more.toLocaleString('en-US')} more`);
  return lines;
}

function differenceLines(difference: Explained, start: number): string[] {
  const lines = [`- ${expectedWords(difference)}`, `+ ${happenedWords(difference, start)}`];
  const { why } = difference;
  if (!why) return lines;
  const text = `  at ${length(why.at - start)} (${showSecond(why.at)} UTC): ${why.sentence}`;
  return [...lines, ...wrap(text, COLUMNS, '    ').split('\n')];
}

function expectedWords(difference: Difference): string {
  switch (difference.is) {
    case 'unexpected':
      return 'no page';
    case 'drop': {
      const { least, most } = difference.expected.drop as NonNullable<ExpectedPage['drop']>;
      return `a page that tells of ${showShare(Math.max(0, least))} to ${showShare(Math.min(1, most))} lost`;
    }
    case 'not resolved':
      return `it is over ${length(difference.expected.resolvedWithin as number)} after the page`;
    default: {
      const { after, within, notBefore } = difference.expected;
      const least = notBefore > 0 ? ` and not within ${length(notBefore)}` : '';
      return `a page within ${length(within)}${least} of ${length(after)}`;
    }
  }
}

function happenedWords(difference: Difference, start: number): string {
  switch (difference.is) {
    case 'missing':
      return 'no page';
    case 'late':
    case 'early':
      return `a page ${length(difference.delay)} after it, ${pageWords(difference.page, start)}`;
    case 'not resolved': {
      const { resolvedAt, at } = difference.page;
      return resolvedAt === null ? 'it is still down at the end' : `it was over after ${length(resolvedAt - at)}`;
    }
    default:
      return `a page ${pageWords(difference.page, start)}`;
  }
}

/** `at 30 min 4 s: 100/s to 0/s, −100%, −25 %/s, −23.4 σ` */
function pageWords({ at, rateBefore, rateAfter, drop, derivative, steepness }: Page, start: number): string {
  const fell = `${showRate(rateBefore)} to ${showRate(rateAfter)}, ${showLoss(drop)}`;
  return `at ${length(at - start)}: ${fell}, ${showSlope(derivative)}, ${showSigmas(steepness)}`;
}

/** Seconds since the epoch, delays in seconds, shares 0..1. */
export function outcomeJson({ outcome, tookMs }: Result, file: string): object {
  const { name, metric, passed, seconds, start, repeats, repeatsPassed, passes, delays, pages, failed, slow } = outcome;
  return {
    ...{ file, name, metric, passed, seconds, start, repeats, repeatsPassed, passes, tookMs: round(tookMs) },
    delays: delays.map((delay) => delay && { mean: round(delay.mean), most: delay.most }),
    pages: pages.map(pageJson),
    slow,
    failed: failed && {
      seed: failed.seed,
      pages: failed.pages.map(pageJson),
      differences: failed.differences.map((difference) => ({
        ...{ is: difference.is, expected: expectedWords(difference), happened: happenedWords(difference, start) },
        ...{ at: difference.why?.at ?? null, why: difference.why?.sentence ?? null },
      })),
    },
  };
}

const pageJson = (page: Page): object =>
  Object.fromEntries(Object.entries(page).map(([key, value]) => [key, typeof value === 'number' ? short(value) : value]));

const length = (seconds: number): string => showDuration(seconds * 1000);
const round = (value: number): number => Number(value.toFixed(1));
export const showMs = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

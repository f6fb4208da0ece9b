/** A tuning as a person reads it: the settings worth a look first, the one in force marked, what to commit last. */
import { raiseOf, thresholdOf } from '../../detectors/steep-drop/threshold.ts';
import type { Setting } from '../../detectors/tuning/grid.ts';
import type { Doubt } from '../../detectors/tuning/recommend.ts';
import { type Delay, type Part, type Row, realOf } from '../../detectors/tuning/rows.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { showSigmas } from '../../platform/units/numbers.ts';
import { showRate } from '../../platform/units/rate.ts';
import { showShare } from '../../platform/units/share.ts';
import { showSecond } from './backtest-words.ts';
import { column, type Output, wrap } from './output.ts';
import type { Tuned } from './tune-result.ts';

const DAY_SECONDS = 86_400;
const WIDTH = 110;
/** Lines of settings, and of pages. */
const ROWS_MAX = 12;
const PAGES_MAX = 10;
const COLUMNS: readonly [head: string, width: number][] = [
  ['', 3],
  ['drop', 6],
  ['steep', 12],
  ['false_pages', 12],
  ['for', 6],
  ['false a year', 20],
  ['100% lost', 11],
  ['80%', 9],
  ['50%', 15],
  ['30%', 12],
  ['busy 50%', 0],
];

export function sayTuned(tuned: Tuned, output: Output): void {
  const { style } = output;
  output.line(style('bold', `${tuned.name}: ${tuned.settings.length} settings`) + style('dim', ` on ${spanOf(tuned.whole)}`));
  sayReals(tuned, output);
  const { quiet, busy } = tuned.hours;
  const at = `the quiet hour (${clock(quiet.starts)} UTC, ${showRate(quiet.rate)})`;
  output.line(`  Delays: mean seconds until the page of falls made up in real traffic, at ${at}`);
  output.line(`  and the busy one (${clock(busy.starts)} UTC, ${showRate(busy.rate)}); in brackets the share found, where not all were.`);
  output.line();
  output.line(style('dim', `  ${COLUMNS.map(([head, width]) => column(head, width)).join('')}`.trimEnd()));
  for (const index of shown(tuned)) output.line(`  ${cells(tuned, index, output).join('')}`.trimEnd());
  output.line(style('dim', `  ${legend(tuned)}`));
  output.line();
  sayRaise(tuned, output);
  sayPages(tuned, output);
  sayRecommended(tuned, output);
  for (const note of tuned.notes) output.talk(`${output.mark.warning} ${note}`);
}

/** The frontier, and wherever they stand the setting in force and the recommended one. */
function shown({ frontier, inForce, recommended: { index } }: Tuned): number[] {
  const first = frontier.length <= ROWS_MAX ? frontier : frontier.filter((_, i) => i % Math.ceil(frontier.length / ROWS_MAX) === 0);
  return [...new Set([...first, inForce, index])];
}

function cells({ rows, inForce, recommended }: Tuned, index: number, { style }: Output): string[] {
  const row = rows[index] as Row;
  const { file } = row.setting;
  const { quiet, busy } = row.delay;
  const mark = index === recommended.index ? '>' : index === inForce ? '*' : '';
  const texts = [
    mark,
    file.drop ?? '',
    file.within === undefined ? String(file.derivative) : `within ${file.within}`,
    file.false_pages ?? (row.setting.pageWhen.sigmas === undefined ? "its team's" : ''),
    file.for ?? '',
    falseWords(row),
    seen(quiet['100']),
    seen(quiet['80']),
    seen(quiet['50']),
    seen(quiet['30']),
    seen(busy['50']),
  ];
  return texts.map((text, i) => column(i === 0 && mark ? style('bold', text) : text, (COLUMNS[i] as [string, number])[1]));
}

function legend({ inForce, recommended, frontier, settings }: Tuned): string {
  const marks = recommended.index === inForce ? '> in force and recommended' : '> recommended, * in force';
  return `${marks}; ${frontier.length} of ${settings.length} settings are beaten by no other in both. All are in --json.`;
}

/** `0 (< 78)`: what was seen, and what it may be at 95 %. */
function falseWords({ perYear, falsePages }: Row): string {
  if (falsePages === 0) return `0 (less than ${figure(perYear.high)})`;
  return `${figure(perYear.value)} (${figure(perYear.low)} to ${figure(perYear.high)})`;
}

function seen(delay: Delay | undefined): string {
  if (!delay || delay.tries === 0) return 'not tried';
  if (delay.mean === null) return 'never';
  const found = delay.found < 1 ? ` (${showShare(delay.found)})` : '';
  return `${figure(delay.mean)}\u00a0s${found}`;
}

const figure = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(2))));

function sayReals({ reals, isUnjudged }: Tuned, output: Output): void {
  if (isUnjudged) output.line('  Nobody said which outages were real, so every page counts as false; --real FROM..TO names one.');
  else if (reals.length === 0) output.line('  No outage is known in it: every page counts as false.');
  else {
    const list = reals.slice(0, 3).map(({ from, to, what }) => `${showSecond(from)} (${showDuration((to - from) * 1000)}, ${what})`);
    const more = reals.length > 3 ? ` and ${reals.length - 3} more` : '';
    output.line(`  ${wrap(`Real outages, whose pages are not false: ${list.join('; ')}${more}.`, WIDTH - 2, '  ')}`);
  }
}

function sayRaise({ rows, inForce }: Tuned, output: Output): void {
  const { pageWhen, isInForce } = (rows[inForce] as Row).setting;
  const { raisedFrom, raisedByDays } = raiseOf(pageWhen);
  if (!isInForce || raisedFrom === undefined) return;
  const raised = `The history of what is in force has raised how sure it must be, from ${showSigmas(raisedFrom)} to `;
  const by = `${showSigmas(-thresholdOf(pageWhen))}, by ${raisedByDays} days of it: so it is played here.`;
  const others = 'Other settings are played by their budget alone; once in force, history may raise them as well.';
  output.line(wrap(`${raised}${by} ${others}`, WIDTH, ''));
  output.line();
}

function sayPages({ rows, inForce, reals, isUnjudged }: Tuned, output: Output): void {
  const { pages } = rows[inForce] as Row;
  const howMany = pages.length === 0 ? 'no page.' : pages.length === 1 ? 'a page:' : `${pages.length} pages:`;
  output.line(`The setting in force would have sent ${howMany}`);
  for (const page of pages.slice(0, PAGES_MAX)) {
    const real = realOf(page, reals);
    output.line(`  ${showSecond(page.at)} UTC  ${showShare(page.drop)} lost  ${real ? `true: ${real.what}` : 'false, as far as is known'}`);
  }
  if (pages.length > PAGES_MAX) output.line(`  … ${pages.length - PAGES_MAX} more, in --json.`);
  const [page] = pages;
  if (page && isUnjudged)
    output.line(`  Was it an outage? Then say so: --real ${stamp(page.from)}..${stamp(page.resolvedAt ?? page.at + 60)}`);
  output.line();
}

function sayRecommended(tuned: Tuned, output: Output): void {
  const { style, mark } = output;
  const { recommended, rows, inForce, budget, first } = tuned;
  const { index, isForWant, among, heldOut } = recommended;
  const row = rows[index] as Row;
  const why = isForWant
    ? `No setting kept within ${budgetWords(budget)} in the first ${spanOf(first)}: the one in force stays, for want of a better one.`
    : `Of ${among} settings that keep within ${budgetWords(budget)} and miss no outage, it sees half lost at the quiet hour soonest. ` +
      `The first ${spanOf(first)} chose; what is as good, within 5 % or half a second, stays as it is.`;
  output.line(style('bold', index === inForce ? 'Recommended: what is in force' : 'Recommended'));
  output.line(`  ${wrap(why, WIDTH - 2, '  ')}`);
  output.line();
  for (const line of yamlOf(row.setting).split('\n')) output.line(`    ${line}`);
  output.line();
  const sign = heldOut.isConfirmed && !isForWant ? mark.good : mark.warning;
  output.line(`${sign} ${wrap(heldOutWords(tuned), WIDTH - 2, '  ')}`);
}

const DOUBTS: Readonly<Record<Doubt, string>> = {
  'false pages': 'it sent more false pages than the budget allows',
  'missed an outage': 'it missed an outage that the setting in force found',
  slower: 'it was slower than the setting in force',
  'not tried': 'there were no seconds in which a fall could be tried',
};

function heldOutWords({ recommended, last }: Tuned): string {
  const { row, inForce, isConfirmed, doubts } = recommended.heldOut;
  const half = row.delay.quiet['50'];
  const pages = row.falsePages === 0 ? 'no false page' : row.falsePages === 1 ? 'one false page' : `${row.falsePages} false pages`;
  const delay = half?.mean == null ? '' : `, half lost at the quiet hour in ${seen(half)} (in force: ${seen(inForce.delay.quiet['50'])})`;
  const reals = row.realOf > 0 ? `, ${row.realFound} of ${row.realOf} outages found` : '';
  const told = `The last ${spanOf(last)}, which had no say, showed ${pages}${delay}${reals}`;
  if (recommended.isForWant) return `${told}.`;
  return isConfirmed
    ? `${told}: it confirms this.`
    : `${told}. It does not confirm this: ${doubts.map((doubt) => DOUBTS[doubt]).join(', and ')}.`;
}

/** The lines to commit. */
export function yamlOf({ file }: Setting): string {
  const keys = Object.entries(file).map(([key, value]) => `${key}: ${/sigma|events/.test(String(value)) ? JSON.stringify(value) : value}`);
  return `page_when: { ${keys.join(', ')} }`;
}

function budgetWords(budget: number): string {
  const short = Number(budget.toPrecision(3));
  return `${short} false ${short === 1 ? 'page' : 'pages'} a year`;
}

function spanOf({ from, to }: Pick<Part, 'from' | 'to'>): string {
  const seconds = to - from;
  return seconds < 2 * DAY_SECONDS ? showDuration(seconds * 1000) : `${Number((seconds / DAY_SECONDS).toFixed(1))}\u00a0days`;
}

const stamp = (second: number): string => `${showSecond(second).replace(' ', 'T')}Z`;

/** `03:15` */
function clock(starts: number): string {
  return `${String(Math.floor(starts / 3600)).padStart(2, '0')}:${String(Math.floor((starts % 3600) / 60)).padStart(2, '0')}`;
}

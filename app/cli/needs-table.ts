/** The times of `plummet check` as people read them: at the quietest hour, below it now, then what follows from them. */
import { LOST } from '../../detectors/steep-drop/outlook.ts';
import type { SpeedFacts } from '../../platform/topics/signals.ts';
import { showClock, showDay } from '../../platform/units/clock-time.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { showRate } from '../../platform/units/rate.ts';
import { type Advice, showDays, showQuiet, showTime } from './advice.ts';
import { budgetOf, canPage, type Needs } from './needs.ts';
import { column, type Output, widthOf, wrap } from './output.ts';

const COLUMNS = 78;
const GAP = '   ';
/** Of a metric, in one line. */
const SEGMENTS_NAMED_MAX = 8;

/** The column after those of the shares lost. */
const LOST_HEADS_END = 5;
/** Falls found within so long of each other are one incident. */
const TOGETHER_SECONDS = 60;
/** Below it not even a dip of a second is told from a fall. */
const FOR_SECONDS_MIN = 2;

/** @param needs  of the metrics that are shown */
export function sayTimes(needs: readonly Needs[], timezone: string, output: Output): void {
  const withPages = needs.some(({ recorded }) => recorded);
  const withQuietest = needs.some(({ quietest }) => quietest);
  const pagesOf = (one: Needs): string[] => (withPages ? [pages(one, needs, timezone)] : []);
  const names = needs.map(({ name, critical }) => (critical ? output.style('bold', name) : name));
  if (withQuietest) {
    output.line("  Time to be sure, at each metric's quietest hour");
    const hours = quietestHours(needs, timezone);
    const rows = needs.map((one, i) => [names[i] as string, hours[i] as string, ...times(one.quietest, one), ...pagesOf(one)]);
    sayTable('quietest hour', withPages, rows, output);
  }
  output.line('  Time to be sure, now');
  const alsoPages = withPages && !withQuietest;
  const rows = needs.map((one, i) => {
    const rate = one.now ? showRate(one.now.rate) : '–';
    return [names[i] as string, rate, ...times(one.now, one), ...(alsoPages ? pagesOf(one) : [])];
  });
  sayTable('usual rate', alsoPages, rows, output);
}

function sayTable(rateHead: string, withPages: boolean, rows: readonly string[][], { line, style }: Output): void {
  const heads = ['metric', rateHead, '100%', '80%', '50%', ...(withPages ? ['pages'] : [])];
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => widthOf(row[i] as string))));
  const [name = 0, rate = 0] = widths;
  const shown = (row: readonly string[]): string => {
    const cells = row.map((text, i) => column(text, widths[i] as number, i === 0 || i === LOST_HEADS_END ? 'left' : 'right'));
    return `  ${cells.join(GAP)}`.trimEnd();
  };
  line(style('dim', `  ${' '.repeat(name + rate)}${GAP}${GAP}share lost`));
  line(style('dim', shown(heads)));
  for (const row of rows) line(shown(row));
  line();
}

/** `21/s  04:00`, the rates and the times each under the others. */
function quietestHours(needs: readonly Needs[], timezone: string): string[] {
  const rates = needs.map(({ quietest }) => (quietest ? showQuiet(quietest.rate) : ''));
  const width = Math.max(...rates.map(({ length }) => length));
  return needs.map(({ quietest }, i) =>
    quietest ? `${column(rates[i] as string, width, 'right')}  ${showTime(quietest.at, timezone)}` : 'not known yet',
  );
}

export function sayAdvice(advice: readonly Advice[], { line, mark }: Output): void {
  for (const { text } of advice) line(`${mark.warning} ${wrap(text, COLUMNS, '  ')}`);
}

/** Which dips are ignored, and how often it may be wrong. */
export function sayPromises(needs: readonly Needs[], { line, mark }: Output): void {
  const paging = needs.filter(canPage);
  const say = (text: string): void => line(`${mark.good} ${wrap(text, COLUMNS, '  ')}`);
  const all = new Set(paging.map(({ pageWhen }) => pageWhen.forSeconds));
  for (const forSeconds of all) {
    if (forSeconds < FOR_SECONDS_MIN) continue;
    const names = paging.filter(({ pageWhen }) => pageWhen.forSeconds === forSeconds).map(({ name }) => name);
    const whose = all.size === 1 ? 'Dips' : `${names.join(', ')}: dips`;
    say(`${whose} of a deploy shorter than ${showDuration((forSeconds - 1.5) * 1000)} seldom page (for: ${forSeconds}s).`);
  }
  for (const { name, segmentsTooSlow = [] } of needs) {
    if (segmentsTooSlow.length === 0) continue;
    const more = segmentsTooSlow.length - SEGMENTS_NAMED_MAX;
    const names = [...segmentsTooSlow.slice(0, SEGMENTS_NAMED_MAX), ...(more > 0 ? [`${more} more`] : [])].join(', ');
    say(`Segments of ${name} that are too slow to page by themselves: ${names}.`);
  }
  if (paging.length === 0) return;
  const budget = paging.reduce((sum, one) => sum + budgetOf(one), 0);
  const those = paging.length === needs.length ? `all ${needs.length} metrics` : `the ${paging.length} metrics that can page`;
  const over = paging.length === 1 ? `of ${paging[0]?.name}` : `over ${those}`;
  say(`Expected false pages: ${Number(budget.toPrecision(2)).toLocaleString('en-US')} a year at most, ${over}.`);
}

function times(speed: SpeedFacts | null, { pageWhen }: Needs): string[] {
  return LOST.map((lost, i) => {
    if (!speed) return '–';
    const seconds = speed.seconds[i] ?? null;
    if (seconds !== null) return showDuration(Math.round(seconds * 10) * 100);
    return lost < pageWhen.drop ? 'no page' : 'never';
  });
}

/** `1 in 30 days  20 Nov 14:03`: the newest; or with whose page it came. */
function pages(one: Needs, all: readonly Needs[], timezone: string): string {
  const { recorded } = one;
  if (!recorded) return '–';
  const count = `${(recorded.pages.length + recorded.more).toLocaleString('en-US')} in ${showDays(recorded.days)}`;
  const newest = recorded.pages.at(-1);
  if (newest === undefined) return count;
  const before = all.slice(0, all.indexOf(one));
  const first = before.find((other) => recorded.pages.every((at) => other.recorded?.pages.some((its) => isTogether(at, its))));
  if (first) return `${count}  with ${first.name}`;
  const [, day, month] = showDay(newest * 1000, timezone).split(' ');
  return `${count}  ${day} ${month} ${showClock(newest * 1000, timezone).slice(0, 5)}`;
}

const isTogether = (one: number, other: number): boolean => Math.abs(one - other) <= TOGETHER_SECONDS;

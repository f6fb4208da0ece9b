/** `plummet backtest`: what would have paged, on a CSV of counts or on a metric's own history. */
import { Command, Option } from 'commander';
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import { type Missing, type Page, Replay } from '../../detectors/backtest/replay.ts';
import type { Around } from '../../detectors/backtest/surroundings.ts';
import type { JudgedMetric } from '../../detectors/compound/detector-of.ts';
import { backtestJson, sayBacktest } from './backtest-words.ts';
import { type Backtested, doubtsOf, PICTURES_MAX } from './backtested.ts';
import { closedFlag, demandMissing, expectFlag, notesOf, sayCsvProblem } from './csv-flags.ts';
import { readCsv, shownCsv, sizeOf } from './csv-source.ts';
import { type Output, UserError } from './output.ts';
import type { PagePictures, Pictured } from './page-pictures.ts';
import { pageWhenFlag } from './page-when-flag.ts';
import { progress } from './progress.ts';

interface BacktestFlags {
  csv?: string[];
  metric?: string[];
  all?: boolean;
  candidate?: string;
  expectNoMore?: boolean;
  from?: string;
  to?: string;
  config: string;
  data: string;
  final?: boolean;
  pageWhen?: string;
  missing?: Missing;
  sum?: boolean;
  closed?: string[];
  expect?: string[];
  timezone?: string;
  pictures?: string;
  expectNone?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  plummet backtest --csv orders.csv
  plummet backtest --csv orders.csv.gz --page-when drop=40%,derivative=-3,false_pages=1/year,for=4s --json
  plummet backtest --csv revenue.csv --sum
  plummet backtest --csv january.csv february.csv --pictures falls --expect-none
  plummet backtest --metric orders --from 2026-11-20T00:00:00Z --to 2026-11-21T00:00:00Z
  plummet backtest --candidate plummet.new.yaml --pictures differences --expect-no-more
  cut -d' ' -f1 times.txt | uniq -c | awk '{print $2","$1}' | plummet backtest --csv - --missing zero

The CSV: lines of epoch_second,count in ascending order, plain or gzip. A second without a line is no data.
A metric: its history in the store, as each second was decided on, by a detector that was given its past before --from.
A candidate: another YAML; both are played on the same history, and told is what differs. Pages are of one fall where their times
overlap or the falls begin within 60 s.
Exit codes: 0 good, 1 it paged and --expect-none was given, or the candidate sends more and --expect-no-more was; 2 usage, or a CSV
or a history that cannot be read.`;

export function backtestCommand(output: Output): Command {
  return new Command('backtest')
    .description("what would have paged, on a CSV of counts or on a metric's history")
    .option('--csv <file...>', 'lines of epoch_second,count, plain or gzip; - is stdin; one result for each file')
    .option('--metric <name...>', 'metrics of the YAML, played from the store on all cores; one result for each')
    .option('--all', 'all metrics of the YAML')
    .option('--candidate <file>', 'another YAML, played beside the one in force: what differs? Without --metric: of all metrics')
    .option('--from <time>', 'the first second of it that is played, like 2026-11-20T14:00:00Z; left out: its oldest')
    .option('--to <time>', 'the first second that is not played; left out: now')
    .option('--config <file>', 'the YAML that says what the metric is', 'plummet.yaml')
    .option('--data <dir>', 'where its history is kept, unless the YAML names a ClickHouse server', 'data')
    .option('--final', 'play the counts as they are known now, with what came late')
    .option(
      '--page-when <keys>',
      "the YAML's page_when: drop=40%,derivative=-3,false_pages=1/year,for=4s; what is left out has its default (with --metric, left " +
        "out altogether: the YAML's own)",
    )
    .addOption(new Option('--missing <how>', 'how to read a second without a line').choices(['zero', 'nodata']))
    .option('--sum', 'the counts are sums of values, like revenue: single values differ, which is noise of its own')
    .option('--closed <closing...>', 'nothing pages in it: "Sun 02:00-04:00", "daily 23:30-05:00", holidays.ics')
    .option('--expect <event...>', 'a planned sale: "2026-11-27 08:00 to 2026-11-30 23:59"; falls in it are judged by itself')
    .option('--timezone <name>', "whose clock --closed, --expect and the pictures mean; left out: UTC, of a metric the YAML's")
    .option('--pictures <dir>', 'write an SVG and a PNG of each page into this folder; with --candidate of those that one alone sends')
    .option('--expect-none', 'end with 1 where anything would have paged')
    .option('--expect-no-more', 'end with 1 where the candidate sends a page that the YAML in force does not')
    .option('--json', 'one line of JSON a file or metric')
    .addHelpText('after', EXAMPLES)
    .action((flags: BacktestFlags) => backtest(output, flags));
}

async function backtest(output: Output, flags: BacktestFlags): Promise<void> {
  const { metric, csv, candidate, all } = flags;
  if (candidate !== undefined) return ofCandidate(output, candidate, flags);
  if (flags.expectNoMore) {
    throw new UserError('--expect-no-more needs --candidate.', {
      hint: 'Name the YAML that may send no more pages than the one in force.',
    });
  }
  const isOfMetrics = metric !== undefined || all === true;
  if (isOfMetrics === (csv !== undefined)) {
    throw new UserError(csv ? '--csv and --metric exclude each other.' : 'there is nothing to play.', {
      hint: 'Name recorded counts with --csv FILE, or metrics of the YAML with --metric NAME or --all.',
    });
  }
  const { pages, failed } = csv ? await ofFiles(output, csv, flags) : await ofMetrics(output, flags);
  if (failed > 0) process.exitCode = 2;
  else if (flags.expectNone && pages > 0) {
    throw new UserError(`no page was expected, ${pages === 1 ? '1 was' : `${pages.toLocaleString('en-US')} were`} found.`, { exit: 1 });
  }
}

/** What was found, and of how many files nothing could be. */
interface Sum {
  readonly pages: number;
  readonly failed: number;
}

async function ofMetrics(output: Output, flags: BacktestFlags): Promise<Sum> {
  const { metric, all } = flags;
  if (metric && all) throw new UserError('--metric and --all exclude each other.', { hint: 'Leave one of them out.' });
  demandHistoryFlags(flags);
  // Loaded only here: a CSV needs no store.
  const { backtestMetrics } = await import('./backtest-metric.ts');
  let [pages, failed] = [0, 0];
  await backtestMetrics({ ...flags, metrics: all ? undefined : metric }, drawnBy(flags), output, (name, one) => {
    if ('message' in one) {
      failed++;
      sayNotPlayed(name, one, flags, output);
      return;
    }
    tell(one, flags, output);
    pages += one.pages.length + one.pagesNotListed;
  });
  return { pages, failed };
}

async function ofCandidate(output: Output, candidate: string, flags: BacktestFlags): Promise<void> {
  const { csv, pageWhen, expectNone, expectNoMore, metric, all } = flags;
  const misplaced = (flag: string, hint: string) => new UserError(`${flag} and --candidate exclude each other.`, { hint });
  if (csv) {
    throw misplaced('--csv', 'Both are played on the history of the store: `plummet import --metric NAME --csv FILE` makes a CSV history.');
  }
  if (pageWhen !== undefined) throw misplaced('--page-when', 'Write it into the candidate, as page_when of its metrics.');
  if (expectNone) throw misplaced('--expect-none', 'Say --expect-no-more: it ends with 1 where the candidate adds a page.');
  if (metric && all) throw new UserError('--metric and --all exclude each other.', { hint: 'Leave one of them out.' });
  demandHistoryFlags(flags);
  const { backtestCandidate } = await import('./backtest-candidate.ts');
  const { candidateJson, sayCandidate, sumOf } = await import('./candidate-words.ts');
  const found = await backtestCandidate({ ...flags, candidate, metrics: metric }, drawnBy(flags), output);
  if (flags.json) output.json(candidateJson(found));
  else sayCandidate(found, output);
  const { more } = sumOf(found.metrics);
  if (expectNoMore && more > 0) {
    const pages = more === 1 ? '1 page more' : `${more.toLocaleString('en-US')} pages more`;
    throw new UserError(`the candidate sends ${pages} than the YAML in force.`, { exit: 1 });
  }
  if (found.notPlayed.length > 0 && (metric || found.metrics.length === 0)) process.exitCode = 2;
}

/** @throws UserError */
function demandHistoryFlags(flags: BacktestFlags): void {
  const misplaced = (['closed', 'expect', 'missing', 'sum'] as const).find((flag) => flags[flag] !== undefined);
  if (!misplaced) return;
  throw new UserError(`--${misplaced} says how to read a CSV.`, {
    hint: "Leave it out: a metric's history and the YAML say it themselves.",
  });
}

function drawnBy({ pictures, timezone }: BacktestFlags): (ofYaml: string) => Promise<PagePictures> | undefined {
  return (ofYaml) => (pictures === undefined ? undefined : picturesIn(pictures, timezone ?? ofYaml));
}

function sayNotPlayed(metric: string, { message, hint }: UserError, { json }: BacktestFlags, output: Output): void {
  if (json) output.json({ file: metric, error: { message, hint } });
  output.talk(`${output.mark.bad} ${metric}: ${message}`);
  if (hint) output.talk(`  ${hint}`);
}

async function ofFiles(output: Output, files: readonly string[], flags: BacktestFlags): Promise<Sum> {
  const misplaced = (['from', 'to', 'final'] as const).find((flag) => flags[flag] !== undefined);
  if (misplaced)
    throw new UserError(`--${misplaced} needs --metric: a CSV is played as it is.`, { hint: 'Cut the CSV, or name a metric.' });
  const { timezone = 'UTC', missing, sum } = flags;
  const pageWhen = pageWhenFlag(flags.pageWhen);
  const closed = closedFlag(flags.closed ?? [], timezone);
  const expected = expectFlag(flags.expect ?? [], timezone);
  if (files.filter((file) => file === '-').length > 1) {
    throw new UserError('--csv - is said twice.', { hint: 'There is one stdin; name files for the others.' });
  }
  const pictures = flags.pictures === undefined ? undefined : await picturesIn(flags.pictures, timezone);
  let failed = 0;
  let pages = 0;
  for (const file of files) {
    try {
      const one = await backtestOne(file, { pageWhen, value: sum ? 'value' : undefined, closed, expected, missing, pictures });
      tell(one, flags, output);
      pages += one.pages.length + one.pagesNotListed;
    } catch (error) {
      if (!(error instanceof CsvProblem)) throw error;
      failed++;
      sayCsvProblem(error, shownCsv(file), flags.json === true, output);
    }
  }
  if (failed > 0 && files.length > 1) throw new UserError(`${failed} of ${files.length} files could not be read.`);
  return { pages, failed };
}

function tell(one: Backtested, { json }: BacktestFlags, output: Output): void {
  if (json) output.json(backtestJson(one));
  else sayBacktest(one, output);
}

interface Asked extends JudgedMetric {
  readonly closed: ((second: number) => boolean) | undefined;
  readonly expected: ((second: number) => boolean) | undefined;
  readonly missing: Missing | undefined;
  readonly pictures: PagePictures | undefined;
}

async function backtestOne(file: string, { pageWhen, value, closed, expected, missing, pictures }: Asked): Promise<Backtested> {
  const name = shownCsv(file);
  const missingAs = missing ?? 'nodata';
  const kept: Pictured[] = [];
  const keep = (page: Page, around: Around): void => {
    if (kept.length < PICTURES_MAX) kept.push({ page, around });
  };
  const replay = new Replay({ pageWhen, value, missing: missingAs, closed, expected, pictured: pictures && keep });
  const bar = await progress(name, sizeOf(file));
  try {
    const { notes } = await readCsv(
      file,
      (rows) => replay.take(rows),
      (bytes) => bar.add(bytes),
    );
    const replayed = replay.end();
    if (missing === undefined) demandMissing(replayed);
    await pictures?.draw(name, kept, pageWhen);
    const doubts = doubtsOf(replayed, pictures ? kept.length : null);
    return { ...replayed, file: name, pageWhen, missingAs, notes: [...notesOf(notes, value), ...doubts] };
  } finally {
    bar.stop();
  }
}

/** Loaded only here: without pictures no raster is needed. */
async function picturesIn(folder: string, timezone: string): Promise<PagePictures> {
  const { PagePictures: Pictures } = await import('./page-pictures.ts');
  return new Pictures(folder, timezone);
}

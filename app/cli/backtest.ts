/** `plummet backtest`: what would have paged, on a CSV of counts. */
import { Command, Option } from 'commander';
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import { type Missing, type Page, Replay, type Replayed } from '../../detectors/backtest/replay.ts';
import type { Around } from '../../detectors/backtest/surroundings.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { WARM_SECONDS } from '../../detectors/steep-drop/steep-drop.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { backtestJson, sayBacktest } from './backtest-words.ts';
import { closedFlag, demandMissing, farApart, sayCsvProblem } from './csv-flags.ts';
import { readCsv, shownCsv, sizeOf } from './csv-source.ts';
import { type Output, UserError } from './output.ts';
import type { PagePictures, Pictured } from './page-pictures.ts';
import { pageWhenFlag } from './page-when-flag.ts';
import { progress } from './progress.ts';

interface BacktestFlags {
  csv: string[];
  pageWhen?: string;
  missing?: Missing;
  closed?: string[];
  timezone: string;
  pictures?: string;
  expectNone?: boolean;
  json?: boolean;
}

/** What one file gave. */
export interface Backtested extends Replayed {
  readonly file: string;
  readonly pageWhen: PageWhen;
  /** How its missing seconds were read. */
  readonly missingAs: Missing;
  readonly notes: readonly string[];
}

/** Pages of one file that get a picture: nobody looks at more. */
const PICTURES_MAX = 100;

const EXAMPLES = `
Examples:
  plummet backtest --csv orders.csv
  plummet backtest --csv orders.csv.gz --page-when drop=40%,derivative=-3,false_pages=1/year,for=4s --json
  plummet backtest --csv january.csv february.csv --pictures falls --expect-none
  cut -d' ' -f1 times.txt | uniq -c | awk '{print $2","$1}' | plummet backtest --csv - --missing zero

The CSV: lines of epoch_second,count in ascending order, plain or gzip. A second without a line is no data.
Exit codes: 0 good, 1 it paged and --expect-none was given, 2 usage or a CSV that cannot be read.`;

export function backtestCommand(output: Output): Command {
  return new Command('backtest')
    .description('what would have paged, on a CSV of counts')
    .requiredOption('--csv <file...>', 'lines of epoch_second,count, plain or gzip; - is stdin; one result for each file')
    .option(
      '--page-when <keys>',
      "the YAML's page_when: drop=40%,derivative=-3,false_pages=1/year,for=4s; what is left out has its default",
    )
    .addOption(new Option('--missing <how>', 'how to read a second without a line').choices(['zero', 'nodata']))
    .option('--closed <closing...>', 'nothing pages in it: "Sun 02:00-04:00", "daily 23:30-05:00"')
    .option('--timezone <name>', 'whose clock --closed and the pictures mean', 'UTC')
    .option('--pictures <dir>', 'write an SVG and a PNG of each page into this folder')
    .option('--expect-none', 'end with 1 where anything would have paged')
    .option('--json', 'one line of JSON a file')
    .addHelpText('after', EXAMPLES)
    .action((flags: BacktestFlags) => backtest(output, flags));
}

async function backtest(output: Output, flags: BacktestFlags): Promise<void> {
  const pageWhen = pageWhenFlag(flags.pageWhen);
  const closed = closedFlag(flags.closed ?? [], flags.timezone);
  if (flags.csv.filter((file) => file === '-').length > 1) {
    throw new UserError('--csv - is said twice.', { hint: 'There is one stdin; name files for the others.' });
  }
  const pictures = flags.pictures === undefined ? undefined : await picturesIn(flags.pictures, flags.timezone);
  let failed = 0;
  let pages = 0;
  for (const file of flags.csv) {
    try {
      const one = await backtestOne(file, { pageWhen, closed, missing: flags.missing, pictures });
      if (flags.json) output.json(backtestJson(one));
      else sayBacktest(one, output);
      pages += one.pages.length + one.pagesNotListed;
    } catch (error) {
      if (!(error instanceof CsvProblem)) throw error;
      failed++;
      sayCsvProblem(error, shownCsv(file), flags.json === true, output);
    }
  }
  if (failed > 0 && flags.csv.length > 1) throw new UserError(`${failed} of ${flags.csv.length} files could not be read.`);
  if (failed > 0) process.exitCode = 2;
  else if (flags.expectNone && pages > 0) {
    throw new UserError(`no page was expected, ${pages === 1 ? '1 was' : `${pages.toLocaleString('en-US')} were`} found.`, { exit: 1 });
  }
}

interface Asked {
  readonly pageWhen: PageWhen;
  readonly closed: ((second: number) => boolean) | undefined;
  readonly missing: Missing | undefined;
  readonly pictures: PagePictures | undefined;
}

async function backtestOne(file: string, { pageWhen, closed, missing, pictures }: Asked): Promise<Backtested> {
  const name = shownCsv(file);
  const missingAs = missing ?? 'nodata';
  const kept: Pictured[] = [];
  const keep = (page: Page, around: Around): void => {
    if (kept.length < PICTURES_MAX) kept.push({ page, around });
  };
  const replay = new Replay({ pageWhen, missing: missingAs, closed, pictured: pictures && keep });
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
    return { ...replayed, file: name, pageWhen, missingAs, notes: [...notes, ...doubts] };
  } finally {
    bar.stop();
  }
}

/** Loaded only here: without pictures no raster is needed. */
async function picturesIn(folder: string, timezone: string): Promise<PagePictures> {
  const { PagePictures: Pictures } = await import('./page-pictures.ts');
  return new Pictures(folder, timezone);
}

/** What makes a result worth less than it looks. */
function doubtsOf({ seconds, warmingSeconds, stepSeconds, pages, pagesNotListed }: Replayed, drawn: number | null): string[] {
  const doubts: string[] = [];
  if (stepSeconds !== null && stepSeconds > 1) doubts.push(farApart(stepSeconds));
  if (warmingSeconds === seconds) {
    const warm = showDuration(WARM_SECONDS * 1000);
    doubts.push(`nothing could have paged: a metric is new until it had ${warm} in which it would not have paged`);
  }
  const all = pages.length + pagesNotListed;
  if (drawn !== null && drawn < all) doubts.push(`only the first ${drawn} of ${all.toLocaleString('en-US')} pages have a picture`);
  return doubts;
}

/** `plummet backtest`: what would have paged, on a CSV of counts. */
import { Command, Option } from 'commander';
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import { MISSING_SHARE_MAX, type Missing, Replay, type Replayed } from '../../detectors/backtest/replay.ts';
import { closedBy, parseClosing } from '../../detectors/counting/closed.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { backtestJson, sayBacktest } from './backtest-words.ts';
import { readCsv, shownCsv, sizeOf } from './csv-source.ts';
import { type Output, UserError } from './output.ts';
import { pageWhenFlag } from './page-when-flag.ts';
import { progress } from './progress.ts';

interface BacktestFlags {
  csv: string[];
  pageWhen?: string;
  missing?: Missing;
  closed: string[];
  timezone: string;
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

const several = (value: string, before: string[]): string[] => [...before, value];

const EXAMPLES = `
Examples:
  plummet backtest --csv orders.csv
  plummet backtest --csv orders.csv.gz --page-when drop=40%,derivative=-3,false_pages=1/year,for=4s --json
  zcat logs.gz | awk '{print $1}' | uniq -c | awk '{print $2","$1}' | plummet backtest --csv - --missing zero

The CSV: lines of epoch_second,count in ascending order, plain or gzip. A second without a line is no data.
Exit codes: 0 good, 1 it paged and --expect-none was given, 2 usage or a CSV that cannot be read.`;

export function backtestCommand(output: Output): Command {
  return new Command('backtest')
    .description('what would have paged, on a CSV of counts')
    .requiredOption('--csv <file>', 'lines of epoch_second,count, plain or gzip; - is stdin; several times for several files', several, [])
    .option(
      '--page-when <keys>',
      "the YAML's page_when: drop=40%,derivative=-3,false_pages=1/year,for=4s; what is left out has its default",
    )
    .addOption(new Option('--missing <how>', 'read a second without a line as').choices(['zero', 'nodata']))
    .option('--closed <closing>', 'nothing pages in it: "Sun 02:00-04:00", "daily 23:30-05:00"; several times for several', several, [])
    .option('--timezone <name>', 'whose clock --closed means', 'UTC')
    .option('--expect-none', 'end with 1 where anything would have paged')
    .option('--json', 'one line of JSON a file')
    .addHelpText('after', EXAMPLES)
    .action((flags: BacktestFlags) => backtest(output, flags));
}

async function backtest(output: Output, flags: BacktestFlags): Promise<void> {
  const pageWhen = pageWhenFlag(flags.pageWhen);
  const closed = closedFlag(flags.closed, flags.timezone);
  if (flags.csv.filter((file) => file === '-').length > 1) {
    throw new UserError('--csv - is said twice.', { hint: 'There is one stdin; name files for the others.' });
  }
  let failed = 0;
  let pages = 0;
  for (const file of flags.csv) {
    try {
      const one = await backtestOne(file, { pageWhen, closed, missing: flags.missing });
      if (flags.json) output.json(backtestJson(one));
      else sayBacktest(one, output);
      pages += one.pages.length + one.pagesNotListed;
    } catch (error) {
      if (!(error instanceof CsvProblem)) throw error;
      failed++;
      sayProblem(error, shownCsv(file), flags.json === true, output);
    }
  }
  if (failed > 0 && flags.csv.length > 1) throw new UserError(`${failed} of ${flags.csv.length} files could not be read.`);
  if (failed > 0) process.exitCode = 2;
  else if (flags.expectNone && pages > 0) {
    throw new UserError(`no page was expected, ${pages === 1 ? '1 was' : `${pages.toLocaleString('en-US')} were`} found.`, { exit: 1 });
  }
}

interface Rule {
  readonly pageWhen: PageWhen;
  readonly closed: ((second: number) => boolean) | undefined;
  readonly missing: Missing | undefined;
}

async function backtestOne(file: string, { pageWhen, closed, missing }: Rule): Promise<Backtested> {
  const name = shownCsv(file);
  const missingAs = missing ?? 'nodata';
  const replay = new Replay({ pageWhen, missing: missingAs, closed });
  const bar = await progress(name, sizeOf(file));
  try {
    const { notes } = await readCsv(
      file,
      (rows) => replay.take(rows),
      (bytes) => bar.add(bytes),
    );
    const replayed = replay.end();
    if (missing === undefined) demandMissing(replayed);
    return { ...replayed, file: name, pageWhen, missingAs, notes };
  } finally {
    bar.stop();
  }
}

/** @throws CsvProblem where too many seconds have no row to guess what that means */
export function demandMissing({ missing, from, to, stepSeconds }: Pick<Replayed, 'missing' | 'from' | 'to' | 'stepSeconds'>): void {
  if (from === null || to === null) return;
  const span = to - from + 1;
  const share = missing / span;
  if (share <= MISSING_SHARE_MAX) return;
  const shown = `${missing.toLocaleString('en-US')} of ${span.toLocaleString('en-US')} seconds (${(share * 100).toFixed(1)}%)`;
  const step =
    stepSeconds !== null && stepSeconds > 1 ? ` No two lines are less than ${stepSeconds} s apart: is this a count a second?` : '';
  throw new CsvProblem(
    null,
    `${shown} have no line, which can mean two things.${step}`,
    'Say --missing zero where a second without a line had no events, --missing nodata where nothing is known of it.',
  );
}

export function closedFlag(texts: readonly string[], timezone: string): ((second: number) => boolean) | undefined {
  if (texts.length === 0) return undefined;
  const closings = texts.map((text) => {
    const closing = parseClosing(text);
    if (closing) return closing;
    throw new UserError(`--closed "${text}" is no planned closing.`, { hint: 'Write it like "Sun 02:00-04:00" or "daily 23:30-05:00".' });
  });
  try {
    return closedBy(closings, timezone);
  } catch {
    throw new UserError(`--timezone ${timezone} is no time zone.`, { hint: 'Write an IANA name like Europe/Berlin.' });
  }
}

/** With --json the file has its line on stdout all the same, so that lines and files stay pairs. */
function sayProblem({ line, message, hint }: CsvProblem, file: string, json: boolean, output: Output): void {
  if (json) output.json({ file, error: { line, message, hint } });
  output.talk(`${output.mark.bad} ${line === null ? `${file}:` : `${file}:${line} `} ${message}`);
  output.talk(`  ${hint}`);
}

/** `plummet explain`: every question of the rule with its number for one second, also why it did not page. */
import { Command, Option } from 'commander';
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import { explanationOf } from '../../detectors/backtest/explanation.ts';
import type { Missing } from '../../detectors/backtest/replay.ts';
import { type Reached, Until } from '../../detectors/backtest/until.ts';
import type { ExplanationAnswer } from '../../platform/store/explain-answer.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { showSigmas, showSlope } from '../../platform/units/numbers.ts';
import { showSecond } from './backtest-words.ts';
import { closedFlag, demandMissing, expectFlag, sayCsvProblem } from './csv-flags.ts';
import { readCsv, shownCsv, sizeOf } from './csv-source.ts';
import { sayExplained } from './explain-words.ts';
import { momentNear } from './moment.ts';
import { type Output, UserError } from './output.ts';
import { pageWhenFlag } from './page-when-flag.ts';
import { progress } from './progress.ts';

interface ExplainFlags {
  csv?: string;
  config: string;
  data: string;
  url?: string;
  pageWhen?: string;
  missing?: Missing;
  sum?: boolean;
  closed: string[];
  expect: string[];
  timezone?: string;
  json?: boolean;
}

/** Ends the reading where no further row is needed. */
class Enough extends Error {}

const several = (value: string, before: string[]): string[] => [...before, value];

const EXAMPLES = `
Examples:
  plummet explain orders 14:03:08
  plummet explain orders -5m --url http://127.0.0.1:8080 --json
  plummet explain --csv orders.csv 2026-11-20T14:03:08Z
  plummet explain --csv orders.csv.gz 1795183388 --page-when drop=30%,for=8s --json

TIME is ISO 8601 (without a zone it is UTC), a second since 1970, 14:03:08 (the last one, by the YAML's zone), -5m or now.
A METRIC is explained from its history in the store, by a detector that is given its past; seconds that are not there yet by the
Plummet that runs at the YAML's address, or at --url. Of a CSV what stands before the second is replayed, what follows is not read.
Exit codes: 0 explained, whether it pages or not; 1 nobody answers; 2 usage, a TIME of which nothing is known, or a CSV that cannot
be read.`;

export function explainCommand(output: Output): Command {
  return (
    new Command('explain')
      .description('why a second pages or not: every question of the rule with its number')
      .usage('[options] <metric> <time> | --csv <file> <time>')
      .argument('[metric]', 'a metric of the YAML; left out with --csv')
      .argument('[time]', 'the second: 14:03:08, -5m, now, 2026-11-20T14:03:08Z (UTC where no zone is given) or 1795183388')
      .option('--config <file>', 'the YAML that says what the metric is', 'plummet.yaml')
      .option('--data <dir>', 'where its history is kept, unless the YAML names a ClickHouse server', 'data')
      .option('--url <url>', 'a running Plummet, which is asked alone; left out: the store, then the address of the YAML')
      .option('--csv <file>', 'lines of epoch_second,count, plain or gzip; - is stdin')
      .option(
        '--page-when <keys>',
        "with --csv, the YAML's page_when: drop=40%,derivative=-3,false_pages=1/year,for=4s; what is left out has its default",
      )
      .addOption(new Option('--missing <how>', 'with --csv, read a second without a line as').choices(['zero', 'nodata']))
      .option('--sum', 'with --csv, the counts are sums of values, like revenue: single values differ, which is noise of its own')
      .option('--closed <closing>', 'with --csv, nothing pages in it: "Sun 02:00-04:00", "daily 23:30-05:00"; several times', several, [])
      .option('--expect <event>', 'with --csv, a planned sale, written like --closed; several times for several', several, [])
      .option('--timezone <name>', 'with --csv, whose clock --closed, --expect and a TIME like 14:03:08 mean; left out: UTC')
      .option('--json', 'the same facts as one line of JSON')
      .addHelpText('after', EXAMPLES)
      // A time like -5m looks like an option.
      .allowUnknownOption()
      .action((_metric: string, _time: string | undefined, flags: ExplainFlags, command: Command) => explain(output, command.args, flags))
  );
}

async function explain(output: Output, words: readonly string[], flags: ExplainFlags): Promise<void> {
  const unknown = words.find((word) => /^-\D/.test(word));
  if (unknown !== undefined) throw new UserError(`there is no option ${unknown}.`, { hint: '`plummet explain --help` names them.' });
  const [metric, time] = flags.csv === undefined ? words : [undefined, words[0]];
  if (flags.csv !== undefined && words.length > 1) {
    throw new UserError('--csv and a metric exclude each other.', { hint: 'Name one of them, and one TIME.' });
  }
  if (time === undefined || words.length > 2) {
    const hint = 'Write it like `plummet explain orders 14:03:08`, or `plummet explain --csv FILE TIME` for recorded counts.';
    throw new UserError(time === undefined ? 'a TIME is missing.' : 'one METRIC and one TIME are explained at once.', { hint });
  }
  if (metric !== undefined) return ofMetric(output, metric, time, flags);
  return ofCsv(output, time, { ...flags, csv: flags.csv as string });
}

async function ofMetric(output: Output, metric: string, time: string, flags: ExplainFlags): Promise<void> {
  const { pageWhen, missing, sum, closed, expect, timezone, json } = flags;
  const misplaced = Object.entries({
    '--page-when': pageWhen,
    '--missing': missing,
    '--sum': sum,
    '--closed': closed[0],
    '--expect': expect[0],
    '--timezone': timezone,
  });
  for (const [flag, value] of misplaced) {
    if (value === undefined) continue;
    throw new UserError(`${flag} needs --csv: of a metric the YAML says it.`, { hint: 'Leave it out, or change the YAML of --config.' });
  }
  // Loaded only here: a CSV needs no store.
  const { explainMetric } = await import('./explain-metric.ts');
  const { answer, by } = await explainMetric({ ...flags, metric, time }, output);
  if (json) output.json(answer);
  else sayExplained({ file: metric, pageWhen: answer.pageWhen, explanation: answer, notes: notesOn(answer, by) }, output);
}

/** What was said live, which incident it is of, and who says so. */
function notesOn({ decided, incident, source, reason, ...told }: ExplanationAnswer, by: string): string[] {
  const notes: string[] = [];
  if (incident !== null) notes.push(`It lies in incident ${incident}.`);
  if (decided) {
    const { state, steepness, derivative } = decided;
    const numbers = steepness === null || derivative === null ? '' : `, ${showSigmas(steepness)} and ${showSlope(derivative)}`;
    const differs = reason !== 'no data' && 'state' in told && state !== told.state;
    notes.push(`Decided live: ${state}${numbers}${differs ? '. Other limits were in force, or less was known of its past' : ''}.`);
  }
  return [
    ...notes,
    `Answered by ${by}${by === 'the store' ? '' : `, from ${source === 'memory and store' ? 'memory and its store' : `its ${source}`}`}.`,
  ];
}

async function ofCsv(output: Output, time: string, flags: ExplainFlags & { csv: string }): Promise<void> {
  const { url, timezone = 'UTC' } = flags;
  if (url !== undefined) throw new UserError('--url needs a metric: a CSV is explained by itself.', { hint: 'Leave it out.' });
  const pageWhen = pageWhenFlag(flags.pageWhen);
  const closed = closedFlag(flags.closed, timezone);
  const expected = expectFlag(flags.expect, timezone);
  const second = momentNear(time, { timezone, now: systemClock.wall() });
  const file = shownCsv(flags.csv);
  const value = flags.sum ? 'value' : undefined;
  const until = new Until({ second, pageWhen, value, closed, expected, missing: flags.missing ?? 'nodata' });
  try {
    await readUntil(flags.csv, until);
    const reached = until.end();
    if (reached.is === 'outside') throw outside(second, reached, file);
    if (flags.missing === undefined) demandMissing(until.read);
    const explanation = explanationOf(second, reached);
    if (flags.json) output.json({ file, ...explanation });
    else sayExplained({ file, pageWhen, explanation }, output);
  } catch (error) {
    if (!(error instanceof CsvProblem)) throw error;
    sayCsvProblem(error, file, flags.json === true, output);
    process.exitCode = 2;
  }
}

/** @throws CsvProblem */
async function readUntil(file: string, until: Until): Promise<void> {
  const bar = await progress(shownCsv(file), sizeOf(file));
  try {
    await readCsv(
      file,
      (rows) => {
        if (until.take(rows)) throw new Enough();
      },
      (bytes) => bar.add(bytes),
    );
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  } finally {
    bar.stop();
  }
}

function outside(second: number, { from, to }: Extract<Reached, { is: 'outside' }>, file: string): UserError {
  const where = second < from ? 'before' : 'after';
  const reaches = `${file} reaches from ${showSecond(from)} to ${showSecond(to)} UTC (${from} to ${to}).`;
  return new UserError(`${showSecond(second)} UTC is ${where} the file.`, { hint: reaches });
}

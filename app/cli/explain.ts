/** `plummet explain`: every question of the rule with its number for one second, also why it did not page. */
import { Command, Option } from 'commander';
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import type { Missing } from '../../detectors/backtest/replay.ts';
import { type Reached, Until } from '../../detectors/backtest/until.ts';
import { showSecond } from './backtest-words.ts';
import { closedFlag, demandMissing, expectFlag, sayCsvProblem } from './csv-flags.ts';
import { readCsv, shownCsv, sizeOf } from './csv-source.ts';
import { explainJson, sayExplained } from './explain-words.ts';
import { momentOf } from './moment.ts';
import { type Output, UserError } from './output.ts';
import { pageWhenFlag } from './page-when-flag.ts';
import { progress } from './progress.ts';

interface ExplainFlags {
  csv: string;
  pageWhen?: string;
  missing?: Missing;
  closed: string[];
  expect: string[];
  timezone: string;
  json?: boolean;
}

/** Ends the reading where no further row is needed. */
class Enough extends Error {}

const several = (value: string, before: string[]): string[] => [...before, value];

const EXAMPLES = `
Examples:
  plummet explain --csv orders.csv 2026-11-20T14:03:08Z
  plummet explain --csv orders.csv.gz 1795183388 --page-when drop=30%,for=8s --json

TIME is a second since 1970 or ISO 8601; without a zone it is UTC. What stands in the file before it is replayed, what follows is not read.
Exit codes: 0 explained, whether it pages or not; 2 usage, a TIME outside the file or a CSV that cannot be read.`;

export function explainCommand(output: Output): Command {
  return new Command('explain')
    .description('why a second pages or not: every question of the rule with its number')
    .argument('<time>', 'the second: 2026-11-20T14:03:08Z (UTC where no zone is given) or 1795183388')
    .requiredOption('--csv <file>', 'lines of epoch_second,count, plain or gzip; - is stdin')
    .option(
      '--page-when <keys>',
      "the YAML's page_when: drop=40%,derivative=-3,false_pages=1/year,for=4s; what is left out has its default",
    )
    .addOption(new Option('--missing <how>', 'read a second without a line as').choices(['zero', 'nodata']))
    .option('--closed <closing>', 'nothing pages in it: "Sun 02:00-04:00", "daily 23:30-05:00"; several times for several', several, [])
    .option('--expect <event>', 'a planned sale, written like --closed; several times for several', several, [])
    .option('--timezone <name>', 'whose clock --closed and --expect mean', 'UTC')
    .option('--json', 'the same facts as one line of JSON')
    .addHelpText('after', EXAMPLES)
    .action((time: string, flags: ExplainFlags) => explain(output, time, flags));
}

async function explain(output: Output, time: string, flags: ExplainFlags): Promise<void> {
  const second = momentOf(time);
  const pageWhen = pageWhenFlag(flags.pageWhen);
  const closed = closedFlag(flags.closed, flags.timezone);
  const expected = expectFlag(flags.expect, flags.timezone);
  const file = shownCsv(flags.csv);
  const until = new Until({ second, pageWhen, closed, expected, missing: flags.missing ?? 'nodata' });
  try {
    await readUntil(flags.csv, until);
    const reached = until.end();
    if (reached.is === 'outside') throw outside(second, reached, file);
    if (flags.missing === undefined) demandMissing(until.read);
    const one = { file, second, pageWhen, reached };
    if (flags.json) output.json(explainJson(one));
    else sayExplained(one, output);
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

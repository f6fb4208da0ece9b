/** `plummet tune`: which threshold gives which pages a year and which delay, on one's own history. */
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import type { Missing } from '../../detectors/backtest/replay.ts';
import { randomOf } from '../../detectors/backtest/spread.ts';
import { falsePagesPerYearOf } from '../../detectors/steep-drop/threshold.ts';
import { LOST, waitSeconds } from '../../detectors/tuning/falls.ts';
import { gridOf, type Setting } from '../../detectors/tuning/grid.ts';
import { type History, knownSeconds } from '../../detectors/tuning/history.ts';
import { hoursOf, momentsOf } from '../../detectors/tuning/moments.ts';
import { parseDuration, showDuration } from '../../platform/units/duration.ts';
import { sayCsvProblem } from './csv-flags.ts';
import { shownCsv } from './csv-source.ts';
import { type Output, UserError } from './output.ts';
import { progress } from './progress.ts';
import { demandLength, historyOfCsv, historyOfMetric, type Source } from './tune-history.ts';
import { tuneJson } from './tune-json.ts';
import { Kept, keyOf, nothingDone } from './tune-kept.ts';
import { drawTradeOff } from './tune-picture.ts';
import { realsFlag } from './tune-real.ts';
import { type Tuned, tunedOf } from './tune-result.ts';
import type { Common } from './tune-tasks.ts';
import { sayTuned } from './tune-words.ts';
import { type Done, leftToDo, workAll } from './tune-work.ts';

interface TuneFlags {
  metric?: string;
  csv?: string;
  config: string;
  data: string;
  drop?: string;
  derivative?: string;
  within?: string;
  falsePages?: string;
  for?: string;
  pageWhen?: string;
  real?: string[];
  holdOut?: string;
  picture?: string;
  missing?: Missing;
  closed?: string[];
  timezone?: string;
  fresh?: boolean;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  plummet tune --metric orders
  plummet tune --metric orders --drop 30%,40%,50% --derivative -2,-3 --picture orders-tuning.svg
  plummet tune --csv orders.csv --real 2026-11-20T14:03:00Z..2026-11-20T14:20:00Z --json

Every setting of the grid is played over the history, and falls of 30, 50, 80 and 100 % are made up in its quiet and its busy hours.
Ctrl-C stops it; the same command goes on where it stopped. Exit codes: 0 good, 2 usage, or a history that cannot be tuned on.`;

export function tuneCommand(output: Output): Command {
  return new Command('tune')
    .description('which threshold gives which pages a year and which delay, on your own history')
    .option('--metric <name>', 'a metric of the YAML, on its history in the store')
    .option('--csv <file>', 'lines of epoch_second,count, plain or gzip; - is stdin')
    .option('--config <file>', 'the YAML that says what the metric is', 'plummet.yaml')
    .option('--data <dir>', 'where its history is kept; what is done so far is kept there, too', 'data')
    .option('--drop <shares>', 'the grid: 30%,40%,50%')
    .option('--derivative <numbers>', 'the grid: -2,-3,-6, or "-6 sigma"')
    .option('--within <durations>', 'the grid, instead of the derivative: 13s,30s')
    .option('--false-pages <budgets>', 'the grid: 1/month,1/year,1/10 years')
    .option('--for <durations>', 'the grid: 3s,4s,6s')
    .option('--page-when <keys>', "what is in force: drop=40%,for=4s; left out: the YAML's own, of a CSV the defaults")
    .option('--real <stretch...>', 'outages that were real, FROM..TO, or none; left out: those of the journal')
    .option('--hold-out <duration>', 'how much at the end has no say, like 7d; left out: a week of two or more, else a third')
    .option('--picture <file>', 'write the trade-off as an SVG, and a PNG beside it')
    .addOption(new Option('--missing <how>', 'how to read a second without a line').choices(['zero', 'nodata']))
    .option('--closed <closing...>', 'of a CSV: nothing pages in it: "Sun 02:00-04:00", "daily 23:30-05:00"')
    .option('--timezone <name>', 'whose clock --closed means; left out: UTC')
    .option('--fresh', 'find everything anew, whatever is known of an earlier run')
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXAMPLES)
    .action((flags: TuneFlags) => tune(output, flags));
}

async function tune(output: Output, flags: TuneFlags): Promise<void> {
  const { metric, csv } = flags;
  if ((metric === undefined) === (csv === undefined)) {
    throw new UserError(csv ? '--csv and --metric exclude each other.' : 'there is nothing to tune.', {
      hint: 'Name a metric of the YAML with --metric NAME, or recorded counts with --csv FILE.',
    });
  }
  const reals = flags.real && realsFlag(flags.real);
  // What is wrong with a grid is told before an hour of history is read.
  settingsOf(flags);
  let source: Source;
  try {
    source = metric === undefined ? await historyOfCsv(csv as string, flags) : await ofMetric(metric, flags, output);
  } catch (error) {
    if (!(error instanceof CsvProblem)) throw error;
    process.exitCode = 2;
    return sayCsvProblem(error, shownCsv(csv as string), flags.json === true, output);
  }
  demandLength(source);
  const tuned = await tuneSource({ ...source, reals: reals ?? source.reals }, csv !== undefined && !reals, flags, output);
  if (!tuned) return;
  if (flags.picture !== undefined) await drawTradeOff(flags.picture, tuned);
  if (flags.json) output.json(tuneJson(tuned));
  else sayTuned(tuned, output);
}

async function ofMetric(metric: string, flags: TuneFlags, output: Output): Promise<Source> {
  const misplaced = (['missing', 'closed', 'timezone'] as const).find((flag) => flags[flag] !== undefined);
  if (misplaced) {
    throw new UserError(`--${misplaced} says how to read a CSV.`, {
      hint: "Leave it out: a metric's history and the YAML say it themselves.",
    });
  }
  return await historyOfMetric(metric, flags, output);
}

/** @throws UserError where the grid means nothing */
function settingsOf(flags: TuneFlags, { inForce, share }: Partial<Pick<Source, 'inForce' | 'share'>> = {}): readonly Setting[] {
  const list = (text: string | undefined): string[] | undefined => text?.split(',').map((each) => each.trim());
  const { drop, derivative, within, falsePages } = flags;
  const axes = { drop: list(drop), derivative: list(derivative), within: list(within), falsePages: list(falsePages), for: list(flags.for) };
  const settings = gridOf(axes, inForce, share);
  if (!('message' in settings)) return settings;
  const { key, message, hint } = settings;
  const flag = key ? `--${key.replace('_', '-')}: ` : '';
  throw new UserError(`${flag}${message}`, hint === undefined ? {} : { hint: hint.replaceAll(/`(\w+): ([^`]+)`/g, '`$2`') });
}

/** Moments of each hour at which falls are tried. */
const MOMENTS = 120;
const DAY_SECONDS = 86_400;
/** Of seconds played, on one core. */
const PLAYED_A_SECOND = 250_000;

/** @returns null where it was ended before its end */
async function tuneSource(source: Source, isUnjudged: boolean, flags: TuneFlags, output: Output): Promise<Tuned | null> {
  const { name, history, inForce, reals, notes } = source;
  const settings = settingsOf(flags, source);
  const hours = hoursOf(history);
  if (!hours)
    throw new UserError(`nothing was ever counted of ${name}.`, { hint: 'Look at what its filter lets through: `plummet check`.' });
  const heldOutSeconds = heldOutOf(flags.holdOut, history);
  const moments = momentsOf(history, { hours, most: MOMENTS, from: DAY_SECONDS }, randomOf(history.start));
  const waits = LOST.map((lost) => ({ quiet: waitSeconds(hours.quiet.rate, lost), busy: waitSeconds(hours.busy.rate, lost) }));
  const index = settings.findIndex((setting) => setting.isInForce);
  const common: Common = { history, pageWhens: settings.map(({ pageWhen }) => pageWhen), inForce: index, moments, waits };
  const found = await doneOf(name, common, flags, output);
  if (!found) return null;
  const budget = inForce.sigmas === undefined ? inForce.falsePagesPerYear : falsePagesPerYearOf(inForce.sigmas);
  const all = found.problem === null ? notes : [...notes, `what was found could not be kept (${found.problem}): the next run begins anew`];
  return tunedOf({ name, settings, common, done: found.done, hours, reals, isUnjudged, budget, heldOutSeconds, notes: all });
}

/** Plays and tries what an earlier run has not. */
async function doneOf(
  name: string,
  common: Common,
  flags: TuneFlags,
  output: Output,
): Promise<{ done: Done; problem: string | null } | null> {
  const kept = new Kept(flags.data, keyOf(common));
  const known = flags.fresh ? null : kept.read(common);
  const done = known ?? nothingDone(common);
  const left = leftToDo({ common, done });
  if (left > 0) {
    const days = (knownSeconds(common.history) / DAY_SECONDS).toFixed(1);
    const about = Math.ceil(left / PLAYED_A_SECOND / availableParallelism()) * 1000;
    const again = known ? ', going on where an earlier run stopped' : '';
    output.talk(
      `${name}: ${common.pageWhens.length} settings on ${days} days${again}; about ${showDuration(about)}, Ctrl-C loses nothing.`,
    );
  }
  const bar = await progress(`tuning ${name}`, left);
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once('SIGINT', end);
  try {
    const isWhole = await workAll({
      common,
      done,
      kept: () => kept.write(done),
      heard: (seconds) => bar.add(seconds),
      signal: ending.signal,
    });
    kept.tidy();
    if (isWhole) return { done, problem: kept.problem };
  } finally {
    process.removeListener('SIGINT', end);
    bar.stop();
  }
  output.talk(`Stopped. ${kept.problem === null ? 'What was found is kept: the same command goes on from here.' : ''}`);
  process.exitCode = 130;
  return null;
}

/** Seconds at the end: a week where there are about two, else a third. @throws UserError */
function heldOutOf(text: string | undefined, { counts }: History): number {
  if (text === undefined) return counts.length >= 13.5 * DAY_SECONDS ? 7 * DAY_SECONDS : Math.floor(counts.length / 3);
  const ms = parseDuration(text);
  const seconds = ms === null ? 0 : ms / 1000;
  if (seconds >= 3600 && seconds <= counts.length - DAY_SECONDS) return Math.floor(seconds);
  const most = showDuration((counts.length - DAY_SECONDS) * 1000);
  throw new UserError(`--hold-out ${text}: allowed is 1h to ${most}, so that a day is left to choose by.`, {
    hint: 'Write it like --hold-out 7d.',
  });
}

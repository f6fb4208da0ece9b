/** `--csv NAME=FILE` of `plummet check`: a metric's recorded counts, through the very same detector. */
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import { type Missing, Replay } from '../../detectors/backtest/replay.ts';
import type { Config, ConfiguredMetric } from '../../platform/config/load.ts';
import { nearest } from '../../platform/config/problem.ts';
import type { OutlookFacts } from '../../platform/topics/signals.ts';
import { demandMissing, notesOf, sayCsvProblem } from './csv-flags.ts';
import { readCsv, shownCsv, sizeOf } from './csv-source.ts';
import { type Output, UserError } from './output.ts';
import { progress } from './progress.ts';

const DAY_SECONDS = 86_400;

export interface Recorded {
  readonly file: string;
  readonly outlook: OutlookFacts;
  /** Days from the first to the last row, and how many of them it was too new to page. */
  readonly days: number;
  readonly warmingDays: number;
  /** The seconds (epoch) of its pages. */
  readonly pages: readonly number[];
  /** Pages beyond those. */
  readonly more: number;
  readonly notes: readonly string[];
}

export interface Reading {
  readonly missing: Missing | undefined;
  readonly json: boolean;
}

/**
 * @returns null where a file cannot be read, which has been said
 * @throws UserError where a name is none
 */
export async function readRecorded(
  texts: readonly string[],
  { metrics }: Config,
  { missing, json }: Reading,
  output: Output,
): Promise<Map<string, Recorded> | null> {
  const asked = texts.map((text) => askedOf(text, metrics));
  if (asked.filter(([, file]) => file === '-').length > 1) {
    throw new UserError('--csv names stdin twice.', { hint: 'There is one stdin; name files for the others.' });
  }
  const read = new Map<string, Recorded>();
  for (const [metric, file] of asked) {
    if (read.has(metric.name)) throw new UserError(`--csv names ${metric.name} twice.`, { hint: 'One file holds all of its counts.' });
    try {
      read.set(metric.name, await replayed(metric, file, missing));
    } catch (error) {
      if (!(error instanceof CsvProblem)) throw error;
      sayCsvProblem(error, shownCsv(file), json, output);
      return null;
    }
  }
  return read;
}

function askedOf(text: string, metrics: readonly ConfiguredMetric[]): [metric: ConfiguredMetric, file: string] {
  const at = text.indexOf('=');
  const [name, file] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || file === '') {
    throw new UserError(`--csv "${text}" is not NAME=FILE.`, { hint: 'Write it like --csv orders=orders.csv' });
  }
  const metric = metrics.find((each) => each.name === name);
  if (metric) return [metric, file];
  const names = metrics.map((each) => each.name);
  const near = nearest(name, names);
  const hint = near ? `Did you mean ${near}=${file}?` : `There are ${names.join(', ')}.`;
  throw new UserError(`--csv: the YAML has no metric "${name}".`, { hint });
}

async function replayed(metric: ConfiguredMetric, file: string, missing: Missing | undefined): Promise<Recorded> {
  const { pageWhen, value, closed, expected } = metric;
  const replay = new Replay({ pageWhen, value, missing: missing ?? 'nodata', closed, expected });
  const bar = await progress(shownCsv(file), sizeOf(file));
  try {
    const { notes } = await readCsv(
      file,
      (rows) => replay.take(rows),
      (bytes) => bar.add(bytes),
    );
    const found = replay.end();
    if (missing === undefined) demandMissing(found);
    return {
      file: shownCsv(file),
      outlook: replay.outlook(),
      days: ((found.to ?? 0) - (found.from ?? 0) + 1) / DAY_SECONDS,
      warmingDays: found.warmingSeconds / DAY_SECONDS,
      pages: found.pages.map(({ at }) => at),
      more: found.pagesNotListed,
      notes: notesOf(notes, value),
    };
  } finally {
    bar.stop();
  }
}

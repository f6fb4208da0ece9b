/** The history that is tuned on: a CSV of counts, or a metric's own from the store, read into memory that threads share. */
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import { demandFewZeros, type Missing } from '../../detectors/backtest/replay.ts';
import type { Stretch } from '../../detectors/backtest/stretch.ts';
import { WHOLE_SHARE } from '../../detectors/segments/budget.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { sharing } from '../../detectors/tuning/grid.ts';
import { HISTORY_DAYS_MAX, type History, knownSeconds, Recording } from '../../detectors/tuning/history.ts';
import type { Real } from '../../detectors/tuning/rows.ts';
import type { ConfiguredMetric } from '../../platform/config/load.ts';
import type { Store } from '../../platform/store/store.ts';
import { STRETCH_SECONDS, stretchesOf } from '../../platform/store/stretches.ts';
import { metricOf } from './backtest-metric.ts';
import { readConfig } from './config-file.ts';
import { closedFlag, demandMissing } from './csv-flags.ts';
import { readCsv, shownCsv, sizeOf } from './csv-source.ts';
import { openHistoryStore } from './history-store.ts';
import { type Output, UserError } from './output.ts';
import { pageWhenFlag } from './page-when-flag.ts';
import { rangeOf } from './play-metric.ts';
import { progress } from './progress.ts';
import { incidentsOf } from './tune-real.ts';

export interface Source {
  /** The file, or the metric. */
  readonly name: string;
  readonly history: History;
  readonly inForce: PageWhen;
  /** Of the false pages that its YAML writes, what its whole has: the rest is its segments'. */
  readonly share: number;
  /** Outages that are known; empty where nobody knows. */
  readonly reals: readonly Real[];
  readonly notes: readonly string[];
}

const DAY_SECONDS = 86_400;
/** Below it no day is known to compare with, and nothing could be held out. */
const HISTORY_SECONDS_MIN = 2 * DAY_SECONDS;

interface CsvFlags {
  readonly missing?: Missing | undefined;
  readonly closed?: readonly string[] | undefined;
  readonly timezone?: string | undefined;
  readonly pageWhen?: string | undefined;
}

/** @throws CsvProblem, UserError */
export async function historyOfCsv(file: string, { missing, closed, timezone = 'UTC', pageWhen }: CsvFlags): Promise<Source> {
  const inForce = pageWhenFlag(pageWhen);
  const isClosed = closedFlag(closed ?? [], timezone);
  const recording = new Recording();
  const read = { from: null as number | null, to: 0, rows: 0, stepSeconds: Number.POSITIVE_INFINITY };
  const bar = await progress(shownCsv(file), sizeOf(file));
  try {
    const { notes } = await readCsv(
      file,
      ({ seconds, counts, lines, length }) => {
        for (let i = 0; i < length; i++) {
          const second = seconds[i] as number;
          if (read.from !== null) {
            read.stepSeconds = Math.min(read.stepSeconds, second - read.to);
            if (missing === 'zero' && second > read.to + 1) {
              demandFewZeros(second - read.to - 1, second, lines[i] as number);
              for (let at = read.to + 1; at < second; at++) recording.add(at, 0);
            }
          }
          read.from ??= second;
          read.to = second;
          read.rows++;
          if (!recording.add(second, counts[i] as number)) throw tooLong(lines[i] as number);
        }
      },
      (bytes) => bar.add(bytes),
    );
    const missed = read.to - (read.from ?? 0) + 1 - read.rows;
    const { from, to } = read;
    const stepSeconds = Number.isFinite(read.stepSeconds) ? read.stepSeconds : null;
    if (missing === undefined) demandMissing({ from, to, missing: missed, stepSeconds });
    return { name: shownCsv(file), history: recording.end(isClosed), inForce, share: 1, reals: [], notes };
  } finally {
    bar.stop();
  }
}

function tooLong(line: number): CsvProblem {
  const most = `${HISTORY_DAYS_MAX} days`;
  return new CsvProblem(
    line,
    `this row is more than ${most} after the first.`,
    `Cut the file: the newest ${most} say more than all before.`,
  );
}

interface MetricFlags {
  readonly config: string;
  readonly data: string;
  readonly pageWhen?: string | undefined;
}

/** @throws UserError where there is nothing to tune on */
export async function historyOfMetric(name: string, { config: file, data, pageWhen }: MetricFlags, output: Output): Promise<Source> {
  const config = await readConfig(file, process.env, output);
  const metric = metricOf(name, config.metrics);
  const store = await openHistoryStore({ config, folder: data, write: output.talk });
  try {
    const known = await rangeOf(store, metric, { from: null, to: null, as: 'decided' });
    const from = Math.max(known.from, known.to - HISTORY_DAYS_MAX * DAY_SECONDS + 1);
    const recording = new Recording();
    const bar = await progress(`reading ${name}`, known.to + 1 - from);
    try {
      for await (const stretch of stretchesOf(store, metric, { from, to: known.to, as: 'decided' })) {
        take(recording, stretch);
        bar.add(STRETCH_SECONDS);
      }
    } finally {
      bar.stop();
    }
    return await sourceOf(store, metric, pageWhen, recording.end(metric.closed));
  } finally {
    await store.close();
  }
}

async function sourceOf(store: Store, metric: ConfiguredMetric, pageWhen: string | undefined, history: History): Promise<Source> {
  const { name, by } = metric;
  const reals = await incidentsOf(store, name, history.start, history.start + history.counts.length);
  const isShared = by?.segmentsFalsePagesPerYear !== undefined && metric.pageWhen.sigmas === undefined;
  const share = isShared ? WHOLE_SHARE : 1;
  const inForce = pageWhen === undefined ? metric.pageWhen : sharing(pageWhenFlag(pageWhen), share);
  const notes = isShared
    ? [`${name} by ${by.field}: half of each false_pages is its segments'; the whole is played here, with the other half.`]
    : [];
  return { name, history, inForce, share, reals, notes };
}

function take(recording: Recording, { seconds, counts, shares, anewAt }: Stretch): void {
  for (let i = 0; i < seconds.length; i++) {
    if (seconds[i] === anewAt) recording.beginAnew();
    recording.add(seconds[i] as number, counts[i] as number, shares[i] as number);
  }
}

/** @throws UserError where it is too short; says how much there is and how much is missing */
export function demandLength({ name, history }: Source): void {
  const known = knownSeconds(history);
  if (known >= HISTORY_SECONDS_MIN) return;
  const missing = HISTORY_SECONDS_MIN - known;
  throw new UserError(
    `${name} has too short a history to tune on: ${span(known)} of counts are there, ${span(missing)} more are needed (2 days at least).`,
    { hint: '`plummet import` brings what is known elsewhere (CSV, ClickHouse, Prometheus); a week or two say far more than two days.' },
  );
}

/** Never rounded up to what would be enough. */
function span(seconds: number): string {
  if (seconds < 120) return `${seconds}\u00a0s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}\u00a0min`;
  const hours = Math.floor(seconds / 3600);
  return hours < 48 ? `${hours}\u00a0h` : `${(Math.floor(seconds / 8640) / 10).toFixed(1)}\u00a0days`;
}

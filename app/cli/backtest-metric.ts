/** `plummet backtest --metric`: a metric's history in the store, played as it was decided on, or as it is known now. */
import type { Rows } from '../../detectors/backtest/csv.ts';
import { type Page, Replay } from '../../detectors/backtest/replay.ts';
import type { Around } from '../../detectors/backtest/surroundings.ts';
import { seriesOf } from '../../detectors/counting/metric.ts';
import { Training } from '../../detectors/past/training.ts';
import { tunings } from '../../detectors/tail/learned.ts';
import type { ConfiguredMetric } from '../../platform/config/load.ts';
import { nearest } from '../../platform/config/problem.ts';
import { type As, isOurs, type Known, knownOf, readPast, type StoredSeconds, secondsOf } from '../../platform/store/past.ts';
import type { Store } from '../../platform/store/store.ts';
import { readRaises } from '../../platform/store/thresholds.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { showSecond } from './backtest-words.ts';
import { type Backtested, doubtsOf, PICTURES_MAX } from './backtested.ts';
import { readConfig } from './config-file.ts';
import { openHistoryStore } from './history-store.ts';
import { momentOf } from './moment.ts';
import { type Output, UserError } from './output.ts';
import type { PagePictures, Pictured } from './page-pictures.ts';
import { pageWhenFlag } from './page-when-flag.ts';
import { progress } from './progress.ts';

export interface MetricFlags {
  readonly metric: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly config: string;
  readonly data: string;
  readonly final?: boolean | undefined;
  readonly pageWhen?: string | undefined;
}

/** Read ahead while what came before is played. */
const PAGE_SECONDS = 86_400;

/** @throws UserError where there is nothing to play */
export async function backtestMetric(
  flags: MetricFlags,
  picturesIn: (timezone: string) => Promise<PagePictures> | undefined,
  output: Output,
): Promise<Backtested> {
  const from = flags.from === undefined ? null : momentOf(flags.from);
  const to = flags.to === undefined ? null : momentOf(flags.to);
  if (from !== null && to !== null && from >= to) {
    throw new UserError(`--from ${flags.from} is not before --to ${flags.to}.`, { hint: 'Second --to is the first that is not played.' });
  }
  const config = await readConfig(flags.config, process.env, output);
  const found = metricOf(flags.metric, config.metrics);
  const metric = flags.pageWhen === undefined ? found : { ...found, pageWhen: pageWhenFlag(flags.pageWhen) };
  const store = await openHistoryStore({ config, folder: flags.data, write: output.talk });
  try {
    const range = await rangeOf(store, metric, from, to);
    const pictures = await picturesIn(config.timezone);
    // Limits that are tried out hold throughout: of them nothing was learned.
    const raises = flags.pageWhen === undefined ? await readRaises(store, seriesOf(metric), range.to + 1) : [];
    const tuned = tunings(metric.pageWhen, raises);
    return await play(store, { metric, ...range, as: flags.final ? 'final' : 'decided', pictures, tuned });
  } finally {
    await store.close();
  }
}

function metricOf(name: string, metrics: readonly ConfiguredMetric[]): ConfiguredMetric {
  const metric = metrics.find((each) => each.name === name);
  if (metric) return metric;
  const names = metrics.map((each) => each.name);
  const near = nearest(name, names);
  throw new UserError(`--metric: the YAML has no metric "${name}".`, {
    hint: near ? `Did you mean ${near}?` : `There are ${names.join(', ')}.`,
  });
}

/** What of the wanted seconds there is. */
async function rangeOf(store: Store, metric: ConfiguredMetric, from: number | null, to: number | null): Promise<Known> {
  const end = Math.floor(systemClock.wall() / 1000);
  const all = await knownOf(store, metric, 0, end + 1);
  if (all.rows === 0) {
    const hint =
      '`plummet start` keeps it from now on; `plummet import` brings what is known elsewhere. A changed filter begins a new one.';
    throw new UserError(`there is no history of ${metric.name} as the YAML counts it.`, { hint });
  }
  const found = await knownOf(store, metric, from ?? all.from, to ?? all.to + 1);
  if (found.rows > 0) return found;
  const span = `${showSecond(from ?? all.from)} to ${showSecond(to ?? all.to)}`;
  const hint = `Its history reaches from ${showSecond(all.from)} to ${showSecond(all.to)} UTC.`;
  throw new UserError(`there is no second of ${metric.name} from ${span} UTC.`, { hint });
}

interface Asked extends Known {
  readonly metric: ConfiguredMetric;
  readonly as: As;
  readonly pictures: PagePictures | undefined;
  /** What held from which second on, by what its history had raised. */
  readonly tuned: ReturnType<typeof tunings>;
}

async function play(store: Store, asked: Asked): Promise<Backtested> {
  const { metric, from, to, pictures, tuned } = asked;
  const { name, pageWhen, closed } = metric;
  const training = new Training(metric, await readPast(store, metric, from));
  training.learn(Number.POSITIVE_INFINITY);
  const kept: Pictured[] = [];
  const keep = (page: Page, around: Around): void => {
    if (kept.length < PICTURES_MAX) kept.push({ page, around });
  };
  const bar = await progress(name, to + 1 - from);
  try {
    let replay: Replay | null = null;
    let wasElsewhere = false;
    let before: string[] = [];
    for await (const page of pagesOf(store, asked)) {
      const [first] = page.seconds;
      if (first !== undefined && !replay) {
        training.begin(first, page.startsElsewhere);
        wasElsewhere = page.startsElsewhere;
        before = outBefore(training);
        replay = new Replay({ pageWhen, missing: 'nodata', closed, pictured: pictures && keep, learned: training, tunings: tuned });
      }
      const joint = first !== undefined && wasElsewhere && !page.startsElsewhere ? first : page.joint;
      if (replay) take(replay, page, joint !== null && !(await isOurs(store, metric, joint)) ? joint : null);
      if (first !== undefined) wasElsewhere = page.endsElsewhere;
      bar.add(PAGE_SECONDS);
    }
    if (!replay) throw new UserError(`nothing of ${name} is known in these seconds: Plummet was blind.`, { hint: 'Name others.' });
    const replayed = replay.end();
    await pictures?.draw(name, kept, pageWhen);
    const doubts = doubtsOf(replayed, pictures ? kept.length : null);
    const notes = [...before, ...raisesIn(tuned, from, to), ...doubts];
    return { ...replayed, file: name, pageWhen, missingAs: 'nodata', notes };
  } finally {
    bar.stop();
  }
}

/** What its history had raised, by seconds of the range. */
function raisesIn(tuned: Asked['tuned'], from: number, to: number): string[] {
  const held = tuned.filter((one, i) => one.from <= to && (tuned[i + 1]?.from ?? to + 1) > from);
  return held.flatMap(({ from: since, pageWhen }) => {
    const { raisedSigmas } = pageWhen;
    return raisedSigmas === undefined
      ? []
      : [`its history had raised how sure it must be to ${-raisedSigmas} sigma, from ${showSecond(since)} on`];
  });
}

async function* pagesOf(store: Store, { metric, from, to, as }: Asked): AsyncGenerator<StoredSeconds> {
  const read = (at: number) => secondsOf(store, metric, { from: at, to: Math.min(to + 1, at + PAGE_SECONDS), as, atOnce: PAGE_SECONDS });
  let coming = read(from);
  for (let at = from; at <= to; at += PAGE_SECONDS) {
    const page = await coming;
    if (at + PAGE_SECONDS <= to) {
      coming = read(at + PAGE_SECONDS);
      // It is waited for later: until then nobody hears of its failure.
      coming.catch(() => undefined);
    }
    yield page;
  }
}

/** @param joint  the second from which on Plummet itself counted what another had counted before; as live, they are not compared */
function take(replay: Replay, page: StoredSeconds, joint: number | null): void {
  const at = joint === null ? 0 : page.seconds.indexOf(joint);
  if (at > 0) replay.take(rowsOf(page, 0, at));
  if (joint !== null) replay.beginAnew();
  replay.take(rowsOf(page, at, page.seconds.length));
}

function rowsOf({ seconds, counts, shares }: StoredSeconds, from: number, to: number): Rows {
  return {
    seconds: Float64Array.from(seconds.slice(from, to)),
    counts: Float64Array.from(counts.slice(from, to)),
    shares: Float64Array.from(shares.slice(from, to)),
    lines: new Float64Array(0),
    length: to - from,
  };
}

function outBefore({ finding }: Training): string[] {
  const { fall } = finding ?? {};
  return fall ? [`a page was out before the first of these seconds, since ${showSecond(fall.at)}; it is not among these`] : [];
}

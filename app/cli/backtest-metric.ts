/** `plummet backtest --metric`: metrics' histories in the store, played as they were decided on, or as they are known now. */
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import type { Config, ConfiguredMetric } from '../../platform/config/load.ts';
import { nearest } from '../../platform/config/problem.ts';
import type { Store } from '../../platform/store/store.ts';
import { showSecond } from './backtest-words.ts';
import { type Backtested, doubtsOf, PICTURES_MAX } from './backtested.ts';
import { type ReadYaml, readYaml } from './config-file.ts';
import { openHistoryStore } from './history-store.ts';
import { momentOf } from './moment.ts';
import { type Output, UserError } from './output.ts';
import type { PagePictures } from './page-pictures.ts';
import { pageWhenFlag } from './page-when-flag.ts';
import { type Play, playAll, rangeOf, type Wanted } from './play-metric.ts';
import type { Played } from './play-thread.ts';

export interface MetricFlags {
  /** Left out: all of the YAML. */
  readonly metrics: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly config: string;
  readonly data: string;
  readonly final?: boolean | undefined;
  readonly pageWhen?: string | undefined;
}

export type PicturesIn = (timezone: string) => Promise<PagePictures> | undefined;

/**
 * @param tell  is told of each metric in the order in which they are named, or why it could not be played
 * @throws UserError where the one metric that is named cannot be played
 */
export async function backtestMetrics(
  flags: MetricFlags,
  picturesIn: PicturesIn,
  output: Output,
  tell: (metric: string, one: Backtested | UserError) => void,
): Promise<void> {
  const wanted = wantedOf(flags);
  const pageWhen = flags.pageWhen === undefined ? undefined : pageWhenFlag(flags.pageWhen);
  const yaml = await readYaml(flags.config, process.env, output);
  const metrics = flags.metrics?.map((name) => metricOf(name, yaml.config.metrics)) ?? yaml.config.metrics;
  const store = await openHistoryStore({ config: yaml.config, folder: flags.data, write: output.talk });
  try {
    const pictures = await picturesIn(yaml.config.timezone);
    const asked = await Promise.all(metrics.map((metric) => playOf(store, metric, { wanted, yaml, pageWhen, pictured: !!pictures })));
    const plays = asked.filter((one): one is Play => !(one instanceof UserError));
    const label = metrics.length === 1 ? (metrics[0] as ConfiguredMetric).name : `${metrics.length} metrics`;
    const results = await playAll(store, plays, label);
    for (const [i, metric] of metrics.entries()) {
      const play = asked[i] as Play | UserError;
      const result = play instanceof UserError ? play : (results[plays.indexOf(play)] as readonly Played[] | UserError);
      if (result instanceof UserError && metrics.length === 1) throw result;
      tell(
        metric.name,
        result instanceof UserError ? result : await backtested(metric.name, pageWhen ?? metric.pageWhen, result[0] as Played, pictures),
      );
    }
  } finally {
    await store.close();
  }
}

/** @throws UserError where the times are none, or the wrong way round */
export function wantedOf({ from, to, final }: Pick<MetricFlags, 'from' | 'to' | 'final'>): Wanted {
  const wanted: Wanted = {
    from: from === undefined ? null : momentOf(from),
    to: to === undefined ? null : momentOf(to),
    as: final ? 'final' : 'decided',
  };
  if (wanted.from !== null && wanted.to !== null && wanted.from >= wanted.to) {
    throw new UserError(`--from ${from} is not before --to ${to}.`, { hint: 'Second --to is the first that is not played.' });
  }
  return wanted;
}

/** @throws UserError with the nearest name */
export function metricOf(name: string, metrics: Config['metrics'], flag = '--metric'): ConfiguredMetric {
  const metric = metrics.find((each) => each.name === name);
  if (metric) return metric;
  const names = metrics.map((each) => each.name);
  const near = nearest(name, names);
  throw new UserError(`${flag}: the YAML has no metric "${name}".`, {
    hint: near ? `Did you mean ${near}?` : `There are ${names.join(', ') || 'none'}.`,
  });
}

interface Asked {
  readonly wanted: Wanted;
  readonly yaml: ReadYaml;
  readonly pageWhen: PageWhen | undefined;
  readonly pictured: boolean;
}

async function playOf(store: Store, metric: ConfiguredMetric, { wanted, yaml, pageWhen, pictured }: Asked): Promise<Play | UserError> {
  try {
    const { from, to } = await rangeOf(store, metric, wanted);
    const { text, file } = yaml;
    return { metric, from, to, as: wanted.as, sides: [{ text, file, metric: metric.name, pageWhen }], pictured };
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

async function backtested(name: string, pageWhen: PageWhen, played: Played, pictures: PagePictures | undefined): Promise<Backtested> {
  const { replayed, kept } = played;
  const drawn = kept.slice(0, PICTURES_MAX);
  await pictures?.draw(name, drawn, pageWhen);
  const notes = [...outBefore(played), ...raisesIn(played), ...doubtsOf(replayed, pictures ? drawn.length : null)];
  return { ...replayed, file: name, pageWhen, missingAs: 'nodata', notes };
}

export function outBefore({ outSince }: Played): string[] {
  if (outSince === null) return [];
  return [`a page was out before the first of these seconds, since ${showSecond(outSince)}; it is not among these`];
}

/** What its history had raised, by seconds of the range. */
function raisesIn({ tuned, replayed: { from, to } }: Played): string[] {
  if (from === null || to === null) return [];
  const held = tuned.filter((one, i) => one.from <= to && (tuned[i + 1]?.from ?? to + 1) > from);
  return held.flatMap(({ from: since, pageWhen: { raisedSigmas } }) => {
    const raised = raisedSigmas === undefined ? [] : [`its history had raised how sure it must be to ${-raisedSigmas} sigma`];
    return raised.map((what) => `${what}, from ${showSecond(since)} on`);
  });
}

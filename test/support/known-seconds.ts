/** What is known of each second of a metric by all that was written about it: the reading rule once more, in another language. */
import { addSeconds, noRates } from '../../dashboards/seconds/rates.ts';
import { type Moment, UNKNOWN } from '../../dashboards/seconds/series-seconds.ts';
import type { HistorySteps } from '../../platform/store/metric-history.ts';
import { closingRows, countRows } from '../../platform/store/rates.ts';
import type { Signal } from '../../platform/topics/signals.ts';
import { elsewhereRow } from './stored-rates.ts';

export type Written =
  | { is: 'counted'; series: string; second: number; partition: number; block: number; to: number; n: number; sum: number }
  | { is: 'closed'; series: string; second: number; offset: number; signal: Omit<Signal, 'series' | 'rate' | 'drop'> }
  | { is: 'elsewhere'; series: string; second: number; n: number; sum: number; at: number };

export function rowOf(written: Written): string {
  const { series, second } = written;
  switch (written.is) {
    case 'counted': {
      const { partition, block, to, n, sum } = written;
      return countRows({ partition, block, to, progress: 0, waits: [], rows: [[series, second, n, sum, 0]] });
    }
    case 'closed':
      return closingRows(second, [{ series, rate: null, drop: null, ...written.signal }], written.offset);
    case 'elsewhere':
      return elsewhereRow(series, second, written, written.at);
  }
}

type Range = Pick<Parameters<typeof noRates>[0], 'from' | 'to' | 'stepSeconds'>;

export function knownSteps(all: readonly Written[], { from, to, stepSeconds }: Range, isSum: boolean): HistorySteps {
  const range = { from, to, stepSeconds, step: '' };
  const series = inOrder(all);
  const known = new Map<number, Moment>();
  for (const one of series.toReversed()) {
    const written = all.filter((each) => each.series === one);
    for (const second of new Set(written.map((each) => each.second))) {
      const moment = momentOf(
        written.filter((each) => each.second === second),
        isSum,
      );
      if (moment.n !== null || moment.state !== null) known.set(second, moment);
    }
  }
  const steps = noRates(range);
  addSeconds(steps, range, range, (second) => known.get(second) ?? UNKNOWN);
  return steps;
}

/** The series that began to close last comes first; before all those that never did. */
function inOrder(all: readonly Written[]): string[] {
  const began = (series: string): number =>
    Math.min(4_294_967_295, ...all.filter((each) => each.is === 'closed' && each.series === series).map(({ second }) => second));
  return [...new Set(all.map(({ series }) => series))].sort((a, b) => began(b) - began(a) || (a < b ? -1 : 1));
}

/** @param written  about one second of one series */
function momentOf(written: readonly Written[], isSum: boolean): Moment {
  const of = <Is extends Written['is']>(is: Is): Extract<Written, { is: Is }>[] => {
    return written.filter((each): each is Extract<Written, { is: Is }> => each.is === is);
  };
  const [closing] = of('closed').sort(
    (a, b) => Number(a.signal.state === 'blind') - Number(b.signal.state === 'blind') || a.offset - b.offset,
  );
  const [newest] = of('elsewhere').sort((a, b) => b.at - a.at);
  const blocks = new Map<string, { n: number; sum: number }>();
  for (const each of of('counted').sort((a, b) => a.to - b.to)) blocks.set(`${each.partition} ${each.block}`, each);
  const live = [...blocks.values()].reduce((sum, each) => ({ n: sum.n + each.n, sum: sum.sum + each.sum }), { n: 0, sum: 0 });
  const amount = ({ n, sum }: { n: number; sum: number }): number => (isSum ? sum : n);
  const { n: closed = null, state = null, usual = null, derivative = null, steepness = null } = closing?.signal ?? {};
  const n = !closing && newest ? amount(newest) : live.n > 0 ? amount(live) : closed;
  return { n, state, usual, derivative, closed, steepness };
}

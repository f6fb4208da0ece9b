/** Each metric on a line: its rate, how it is, its rule. */
import type { MetricNow } from '../../dashboards/live-frames.ts';
import type { ConfiguredMetric } from '../../platform/config/load.ts';
import { showRate } from '../../platform/units/rate.ts';
import { ruleOf } from '../hello.ts';
import { column, type Output, widthOf } from './output.ts';

/** Those that wake people come first; the rest of many is on the wall. */
const SHOWN_MAX = 12;
const COLUMNS = 80;
/** What was decided longer ago says nothing of now. */
const FRESH_MS = 10_000;

interface Told {
  readonly name: string;
  readonly rate: string;
  readonly state: string;
  readonly rule: string;
}

export function sayMetrics(metrics: readonly ConfiguredMetric[], known: readonly MetricNow[], now: number, output: Output): void {
  const { line, style } = output;
  const ordered = [...metrics.filter(({ critical }) => critical), ...metrics.filter(({ critical }) => !critical)];
  const told = ordered.slice(0, SHOWN_MAX).map((metric) => {
    const latest = known.find(({ name }) => name === metric.name);
    return tell(metric, latest && isFresh(latest, now) ? latest : null, output);
  });
  const width = (of: keyof Told): number => Math.max(...told.map((one) => widthOf(one[of])));
  const [name, rate, state] = [width('name'), width('rate'), width('state')];
  for (const one of told) {
    const first = `  ${column(style('bold', one.name), name)}  ${column(one.rate, rate, 'right')}  ${column(one.state, state)}`;
    const isLong = widthOf(first) + 2 + one.rule.length > COLUMNS;
    line(`${first}${isLong ? '\n      ' : '  '}${style('dim', one.rule)}`);
  }
  if (ordered.length > SHOWN_MAX) line(style('dim', `  and ${ordered.length - SHOWN_MAX} more, on the wall`));
}

function isFresh({ second }: MetricNow, now: number): boolean {
  return second !== null && now - second * 1000 < FRESH_MS;
}

function tell(metric: ConfiguredMetric, latest: MetricNow | null, output: Output): Told {
  const rate = latest?.rate == null ? '' : showRate(latest.rate);
  return { name: metric.name, rate, state: stateOf(latest, output), rule: ruleFor(metric, latest) };
}

function stateOf(latest: MetricNow | null, { mark, style }: Output): string {
  switch (latest?.state) {
    case undefined:
    case null:
      return `${mark.waiting} ${style('blue', 'starting')}`;
    case 'normal':
      return `${mark.good} ${style('green', 'normal')}`;
    case 'warming':
    case 'recovering':
    case 'too slow':
      return `${mark.waiting} ${style('blue', latest.state)}`;
    case 'falling':
    case 'blind':
      return `${mark.warning} ${style('orange', latest.state)}`;
    case 'dropped':
      return `${mark.bad} ${style('red', 'dropped')}`;
  }
}

/** One that warms pages nobody, whatever its rule. */
function ruleFor(metric: ConfiguredMetric, latest: MetricNow | null): string {
  if (latest?.state !== 'warming' || latest.progressSeconds === null) return ruleOf(metric);
  return `${Math.floor(latest.progressSeconds / 60)} of 60 min, pages nobody until then`;
}

/** What `plummet check` says of the windows that are planned next. */
import type { ConfiguredMetric } from '../../platform/config/load.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { column, type Output, widthOf } from './output.ts';

/** Seconds since the epoch. */
export interface PlannedNext {
  readonly metric: string;
  readonly is: 'closed' | 'expected';
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** The window that holds, and the next, of each metric and key. */
export function plannedNext(metrics: readonly ConfiguredMetric[], second: number): PlannedNext[] {
  return metrics.flatMap(({ name: metric, plans }) =>
    (['closed', 'expected'] as const).flatMap((is) => {
      const plan = is === 'closed' ? plans.closed : plans.expect;
      const found = [plan.at(second), plan.next(second)].filter((window) => window !== null);
      return found.map(({ name, from, to }) => ({ metric, is, name, from, to }));
    }),
  );
}

export function sayPlanned(
  planned: readonly PlannedNext[],
  { second, timezone }: { second: number; timezone: string },
  output: Output,
): void {
  const { line, style } = output;
  if (planned.length === 0) return;
  const name = Math.max(...planned.map(({ metric }) => widthOf(metric)));
  for (const { metric, is, name: what, from, to } of planned) {
    const isOn = from <= second;
    const when = isOn ? `until ${shown(to, timezone)}` : `${shown(from, timezone)} to ${shown(to, timezone)}, in ${away(from - second)}`;
    line(`  ${column(style('bold', metric), name)}  ${is} ${isOn ? 'now' : 'next'}: ${what} (${when})`);
  }
  line();
}

/** `Sun 22 Nov 02:00` */
function shown(second: number, timeZone: string): string {
  const parts: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' };
  return new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', ...parts }).format(second * 1000).replaceAll(',', '');
}

/** To the whole day, hour or minute. */
function away(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${Math.floor(seconds / 86_400)} d`;
  const unit = seconds >= 3600 ? 3600 : 60;
  return showDuration(Math.max(1, Math.floor(seconds / unit)) * unit * 1000);
}

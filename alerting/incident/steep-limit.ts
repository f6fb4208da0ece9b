/** How steep a fall must be to page, in the unit in which somebody wrote it. */
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import type { SteepLimit } from '../../platform/topics/incidents.ts';
import { showDuration } from '../../platform/units/duration.ts';
import { showTenths } from '../../platform/units/numbers.ts';
import { showShare } from '../../platform/units/share.ts';

/** @param isWithin  the YAML says `within:`, the same knob as `derivative:` */
export function steepLimitOf({ drop, withinSeconds, eventsPerSecond2 }: PageWhen, isWithin: boolean): SteepLimit {
  if (eventsPerSecond2 !== undefined) return { unit: 'events/s²', value: eventsPerSecond2 };
  if (isWithin) return { unit: 's', value: withinSeconds, drop };
  // Two roundings lie between the -3 that was written and this.
  return { unit: '%/s', value: Number(((-100 * drop) / withinSeconds).toPrecision(6)) };
}

/** `pages at −3`, beside a derivative in % of usual per second; `pages at −3 events/s²`; `pages when 40% is gone within 13 s`. */
export function showSteepLimit(limit: SteepLimit): string {
  switch (limit.unit) {
    case '%/s':
      return `pages at ${showTenths(limit.value)}`;
    case 'events/s²':
      return `pages at ${showTenths(limit.value)}\u00a0events/s²`;
    case 's':
      return `pages when ${showShare(limit.drop)} is gone within ${showDuration(limit.value * 1000)}`;
  }
}

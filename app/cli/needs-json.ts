/** `plummet check --json`: the same times and sentences for programs. The names stay. */

import { LOST } from '../../detectors/steep-drop/outlook.ts';
import { formulaOf } from '../../detectors/steep-drop/threshold.ts';
import { leastSeconds } from '../../detectors/steep-drop/time-to-sure.ts';
import type { Config } from '../../platform/config/load.ts';
import { type Advice, showTime } from './advice.ts';
import { type Answered, budgetOf, canPage, falsePagesOf, type Needs, surenessOf } from './needs.ts';
import type { PlannedNext } from './planned-lines.ts';

export interface Checked {
  readonly warnings: readonly string[];
  readonly advice: readonly Advice[];
  readonly config: Config;
  readonly answered: Answered;
  /** Windows that hold or come next. */
  readonly planned: readonly PlannedNext[];
}

/**
 * Rates in events/s; `seconds` to be sure of 100, 80 and 50 % lost, null = never (or, with a `drop` above it, not meant to);
 * `leastSeconds` is what no rule can beat. `rate` and `seconds` of a metric are those of `now`. Where `unit` is a number, rates are
 * sums of values/s, and divided by it they are as sure as so many events/s.
 */
export function needsJson(needs: readonly Needs[], { warnings, advice, config, answered, planned }: Checked): object {
  const paging = needs.filter(canPage);
  return {
    valid: true,
    warnings,
    timezone: config.timezone,
    running: answered.metrics ? answered.base : null,
    lost: LOST,
    metrics: needs.map((one) => metricJson(one, config.timezone)),
    falsePagesPerYear: paging.reduce((sum, one) => sum + budgetOf(one), 0),
    advice,
    planned,
  };
}

function metricJson(one: Needs, timezone: string): object {
  const { name, critical, from, state, usual, now, quietest, day, isNoiseKnown, unit, history, sharedBy, pageWhen, recorded } = one;
  const slowest = quietest ?? now;
  return {
    name,
    critical,
    from,
    state,
    rate: now?.rate ?? usual,
    seconds: now?.seconds ?? LOST.map(() => null),
    now,
    quietest: quietest && { ...quietest, time: showTime(quietest.at, timezone) },
    day,
    isNoiseKnown,
    unit,
    leastSeconds:
      slowest && slowest.rate > 0 ? LOST.map((lost) => leastSeconds(surenessOf(one, slowest.rate), lost, falsePagesOf(one))) : null,
    ignoresDipsSeconds: Math.max(0, pageWhen.forSeconds - 1.5),
    falsePagesPerYear: canPage(one) ? budgetOf(one) : 0,
    budgetSharedBy: sharedBy,
    threshold: -(history?.raised ?? formulaOf(pageWhen)),
    history,
    recorded: recorded && { file: recorded.file, days: recorded.days, pages: recorded.pages, morePages: recorded.more },
  };
}

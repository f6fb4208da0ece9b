/** What is planned for a metric, as people and programs are told it. */
import type { PlannedInfo } from '../dashboards/live-frames.ts';
import type { ConfiguredMetric } from '../platform/config/load.ts';

const TOLD = { days: 8, most: 8 } as const;

/** @param second  since the epoch */
export function plannedOf({ plans }: Pick<ConfiguredMetric, 'plans'>, second: number): PlannedInfo[] {
  const closed = plans.closed.coming(second, TOLD).map((window): PlannedInfo => ({ is: 'closed', ...window }));
  const expected = plans.expect.coming(second, TOLD).map((window): PlannedInfo => ({ is: 'expected', ...window }));
  return [...closed, ...expected].sort((a, b) => a.from - b.from);
}

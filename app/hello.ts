/** What the dashboard is told of the configuration in force. */
import { onCall, type Plan } from '../alerting/oncall/escalation.ts';
import type { HelloFrame, MetricInfo } from '../dashboards/live-frames.ts';
import type { Config, ConfiguredMetric } from '../platform/config/load.ts';
import { showShare } from '../platform/units/share.ts';
import { plannedOf } from './planned.ts';
import { version } from './version.ts';

export interface HelloParts {
  readonly config: Config;
  readonly plan: Plan;
  /** Of an edited YAML that is not in force. */
  readonly configErrors: readonly string[];
  /** What of the YAML is not in force yet. */
  readonly warnings: readonly string[];
  readonly demo: { readonly startedAt: number } | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function helloFrame({ config, plan, configErrors, warnings, demo, now }: HelloParts): HelloFrame {
  return {
    version,
    timezone: config.timezone,
    metrics: config.metrics.map((metric) => metricInfo(metric, Math.floor(now / 1000))),
    configErrors,
    warnings,
    onCall: [...onCall(plan, now)],
    demo,
  };
}

/** `pages when 40% is gone within 13 s` */
export function ruleOf({ critical, pageWhen: { drop, withinSeconds } }: Pick<ConfiguredMetric, 'critical' | 'pageWhen'>): string {
  const gone = `${showShare(drop)} is gone within ${Math.round(withinSeconds)} s`;
  return critical ? `pages when ${gone}` : `wakes nobody when ${gone}`;
}

function metricInfo(metric: ConfiguredMetric, second: number): MetricInfo {
  const { name, event, kind, critical, value } = metric;
  const { drop, withinSeconds } = metric.pageWhen;
  const planned = plannedOf(metric, second);
  return {
    name,
    event,
    kind,
    critical,
    ...(value !== undefined && { value }),
    rule: ruleOf(metric),
    derivativeThreshold: (-drop * 100) / withinSeconds,
    ...(planned.length > 0 && { planned }),
  };
}

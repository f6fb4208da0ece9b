/** A Plummet whose detectors are warm: topic `state` as a week of steady traffic would have left it, written before the first start. */
import { openEventLog } from '../../app/event-log.ts';
import { seriesOf } from '../../detectors/counting/metric.ts';
import type { PageWhen } from '../../detectors/steep-drop/page-when.ts';
import { steepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import { poisson } from '../../examples/shop/traffic.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { silentTelemetry } from '../../platform/telemetry/catalogue.ts';
import { stateRecord } from '../../platform/topics/state.ts';
import { systemClock } from '../../platform/units/clock.ts';

const LEARNED_SECONDS = 2 * 3600;
const WEEK_MINUTES = 7 * 24 * 60;

export interface Taught {
  /** The folder that is given as `--data`. */
  readonly data: string;
  readonly yaml: string;
  /** Events a second by metric name; a metric left out starts without a past. */
  readonly rates: Readonly<Record<string, number>>;
  readonly random: () => number;
  /** Environment that the YAML refers to. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Every metric that has a rate has decided on each second up to now, and found it normal. */
export async function teach({ data, yaml, rates, random, env = {} }: Taught): Promise<void> {
  const { config, errors } = loadConfig(yaml, { file: 'plummet.yaml', env });
  if (!config) throw new Error(`the YAML of the test is wrong: ${JSON.stringify(errors)}`);
  const end = Math.floor(Date.now() / 1000);
  /** Metrics of one rate and one rule have learned the same. */
  const learned = new Map<string, unknown>();
  const records = config.metrics.flatMap((metric) => {
    const rate = rates[metric.name];
    if (rate === undefined) return [];
    const like = `${rate} ${JSON.stringify(metric.pageWhen)}`;
    const detector = learned.get(like) ?? learn(metric.pageWhen, rate, end, random);
    learned.set(like, detector);
    return [stateRecord({ series: seriesOf(metric), second: end - 1, detector, usual: [], spokeAt: null })];
  });
  const { log, topics } = await openEventLog({ config, folder: data, clock: systemClock, telemetry: silentTelemetry });
  await log.append(topics.state, records);
  await log.close();
}

function learn(pageWhen: PageWhen, rate: number, end: number, random: () => number): unknown {
  const detector = steepDrop(pageWhen);
  const first = Math.floor((end - LEARNED_SECONDS) / 60);
  for (let minute = first - WEEK_MINUTES; minute < first; minute++) detector.remember({ minute, rate });
  for (let second = end - LEARNED_SECONDS; second < end; second++) detector.next({ second, n: poisson(rate, random), share: 1 });
  return detector.save();
}

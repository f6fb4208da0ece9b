/** What the detectors of the shop's countries had learned, as if each had been watched for some hours. */
import { seriesOf } from '../../detectors/counting/metric.ts';
import { pageWhenOfSegment } from '../../detectors/segments/budget.ts';
import { steepDrop } from '../../detectors/steep-drop/steep-drop.ts';
import { mulberry32 } from '../../examples/shop/history.ts';
import { COUNTRY_SHARES, poisson, usualLevel } from '../../examples/shop/traffic.ts';
import type { ConfiguredMetric } from '../../platform/config/load.ts';
import type { LogRecord } from '../../platform/eventlog/eventlog.ts';
import { stateRecord } from '../../platform/topics/state.ts';

/** As the whole has: the noise of half a minute is known then. */
const LEARNED_SECONDS = 8 * 3600;
const FIELD = 'country';
const EVENT = 'order.placed';

/**
 * @param end     the first second after them, since the epoch
 * @param orders  events/s of all countries at the week's mean
 */
export function segmentStates(metric: ConfiguredMetric, end: number, orders: number): LogRecord[] {
  const { by } = metric;
  if (metric.event !== EVENT || by?.field !== FIELD || by.segmentsFalsePagesPerYear === undefined) return [];
  const countries = Object.entries(COUNTRY_SHARES).slice(0, by.max);
  const pageWhen = pageWhenOfSegment(metric.pageWhen, by.segmentsFalsePagesPerYear, countries.length);
  return countries.map(([segment, share], i) => {
    const detector = steepDrop(pageWhen);
    const random = mulberry32(end + i);
    for (let second = end - LEARNED_SECONDS; second < end; second++) {
      detector.next({ second, n: poisson(orders * share * usualLevel(second), random), share: 1 });
    }
    const traffic = orders * share * usualLevel(end);
    return stateRecord({
      series: seriesOf({ ...metric, segment }),
      second: end - 1,
      detector: detector.save(),
      usual: [],
      spokeAt: null,
      traffic,
    });
  });
}

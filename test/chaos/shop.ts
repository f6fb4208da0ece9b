/** What the apps of a chaos run do: many metrics that may fall, one after the other, and a broad river of views. */

/** At a commit a third of it: what is promised at full load is tried at night, and by `npm run chaos`. */
const IS_SHORT = Boolean(process.env.VITEST) && !process.env.PLUMMET_NIGHTLY;
/** Each round lets another metric fall, because one that fell takes a minute to recover. */
const METRICS = IS_SHORT ? 12 : 36;
/** Of each metric as many in both forms, so that it is as sure as soon. */
const EVENTS_PER_SECOND = IS_SHORT ? 7000 : 21_000;
const VIEWS = 'page.view';
/** Of all events; the metrics share the rest alike. */
const VIEWS_SHARE = 0.5;

/** Metric names by event type. */
export const METRIC_OF: ReadonlyMap<string, string> = new Map([
  [VIEWS, 'views'],
  ...Array.from({ length: METRICS }, (_, i) => [`step${i + 1}.done`, `step${i + 1}`] as const),
]);

export const CRITICAL: readonly string[] = [...METRIC_OF.values()].filter((metric) => metric !== 'views');

export const typeOf = (metric: string): string => [...METRIC_OF].find(([, name]) => name === metric)?.[0] as string;

/** Events a second by type, of all apps together. */
export const RATES: Readonly<Record<string, number>> = Object.fromEntries(
  [...METRIC_OF.keys()].map((type) => [type, EVENTS_PER_SECOND * (type === VIEWS ? VIEWS_SHARE : (1 - VIEWS_SHARE) / METRICS)]),
);

export interface ShopYaml {
  readonly smtp: string;
  readonly topicPrefix: string;
  readonly partitions: number;
}

/** The addresses of the brokers and the store are each process's own. */
export function shopYaml({ smtp, topicPrefix, partitions }: ShopYaml): string {
  const metrics = [...METRIC_OF].map(([type, metric]) => {
    return `  ${metric}: { event: ${type}, kind: ${metric === 'views' ? 'read' : 'write, critical: true'} }`;
  });
  return `metrics:
${metrics.join('\n')}
people: { ana: { email: ana@shop.example } }
mail: { smtp: "${smtp}", from: plummet@shop.example }
eventlog:
  kafka: { brokers: ["\${KAFKA_BROKERS}"], topic_prefix: "${topicPrefix}", partitions: { events: ${partitions} } }
store: { clickhouse: { url: "\${STORE_URL}" } }
`;
}

/** The flags of `plummet import` → what is imported, from where; every mistake in them is told before anything is read. */
import type { Missing } from '../../detectors/backtest/replay.ts';
import type { Config, ConfiguredMetric } from '../../platform/config/load.ts';
import { nearest } from '../../platform/config/problem.ts';
import { parseDuration } from '../../platform/units/duration.ts';
import type { ClickHouseSource } from './import-clickhouse.ts';
import { demandFitting, type PrometheusSource, STEP_SECONDS_MAX } from './import-prometheus.ts';
import { momentOf } from './moment.ts';
import { UserError } from './output.ts';
import { addressFlag, secretFlag } from './secret-flag.ts';

export interface ImportFlags {
  config: string;
  data: string;
  metric: string;
  csv?: string[];
  clickhouse?: string;
  prometheus?: string;
  query?: string;
  from?: string;
  to?: string;
  step: string;
  bearer?: string;
  missing?: Missing;
  json?: boolean;
}

export type Source =
  | { readonly is: 'csv'; readonly files: readonly string[] }
  | ({ readonly is: 'clickhouse' } & ClickHouseSource)
  | ({ readonly is: 'prometheus' } & PrometheusSource);

const LIKE = {
  clickhouse: 'http://user:password@clickhouse:8123/shop',
  prometheus: 'http://prometheus:9090',
};

/** @throws UserError */
export function metricNamed(name: string, { metrics }: Config): ConfiguredMetric {
  const found = metrics.find((metric) => metric.name === name);
  if (found) return found;
  const names = metrics.map((metric) => metric.name);
  const near = nearest(name, names);
  const hint = near ? `Did you mean ${near}?` : `There are ${names.join(', ')}.`;
  throw new UserError(`--metric: the YAML has no metric "${name}".`, { hint });
}

/** @throws UserError */
export function sourceOf(flags: ImportFlags, metric: ConfiguredMetric): Source {
  const { csv, clickhouse, prometheus } = flags;
  const named = [csv && '--csv', clickhouse !== undefined && '--clickhouse', prometheus !== undefined && '--prometheus'].filter(Boolean);
  if (named.length !== 1) {
    const found = named.length === 0 ? 'no source is named' : `${named.join(' and ')} are named`;
    throw new UserError(`${found}; one is wanted.`, {
      hint: 'Say --csv FILE, or --clickhouse URL --query SQL, or --prometheus URL --query PROMQL.',
    });
  }
  if (csv) return csvOf(csv, flags);
  const query = flags.query?.trim() ?? '';
  if (query === '') throw new UserError(`${named[0]} needs a --query.`, { hint: 'plummet import --help shows one.' });
  if (clickhouse === undefined) return prometheusOf(flags, query, metric);
  refuse(flags, ['from', 'to', 'bearer'], '--clickhouse', 'Say it in the SQL.');
  return { is: 'clickhouse', ...addressFlag('--clickhouse', clickhouse, LIKE.clickhouse), query };
}

function csvOf(files: readonly string[], flags: ImportFlags): Source {
  refuse(flags, ['query', 'from', 'to', 'bearer'], '--csv', 'A file is imported whole.');
  if (files.filter((file) => file === '-').length > 1) {
    throw new UserError('--csv - is said twice.', { hint: 'There is one stdin; name files for the others.' });
  }
  return { is: 'csv', files };
}

function prometheusOf({ prometheus = '', from, to, step: text, bearer }: ImportFlags, query: string, metric: ConfiguredMetric): Source {
  if (from === undefined || to === undefined) {
    throw new UserError('--prometheus needs --from and --to.', { hint: 'Like --from 2026-11-01T00:00:00Z --to 2026-11-20T00:00:00Z' });
  }
  const step = stepOf(text, metric);
  demandFitting(query, step);
  // The same steps whatever is asked for, so that the same seconds get the same counts.
  const range = { from: Math.floor(momentOf(from) / step) * step, to: Math.floor(momentOf(to) / step) * step };
  if (range.from >= range.to) throw new UserError(`--from ${from} is not before --to ${to}.`, { hint: 'From the earlier to the later.' });
  return {
    is: 'prometheus',
    ...addressFlag('--prometheus', prometheus, LIKE.prometheus),
    bearer: bearer === undefined ? null : secretFlag('--bearer', bearer),
    query,
    ...range,
    step,
    whole: metric.value === undefined,
  };
}

function stepOf(text: string, { name, value }: ConfiguredMetric): number {
  const ms = parseDuration(text);
  const step = (ms ?? 0) / 1000;
  if (!Number.isInteger(step) || step < 1 || step > STEP_SECONDS_MAX) {
    throw new UserError(`--step "${text}" is not 1s to ${STEP_SECONDS_MAX / 60}m in whole seconds.`, {
      hint: 'Write it like 1s, 15s or 60s.',
    });
  }
  if (step > 1 && value !== undefined) {
    const hint = 'How many events a sum of minutes stands for is not known. Import it with --step 1s, or from a CSV or ClickHouse.';
    throw new UserError(`--step ${text}: ${name} adds up \`${value}\`, and only counts can be spread over seconds.`, { hint });
  }
  return step;
}

function refuse(flags: ImportFlags, keys: readonly (keyof ImportFlags)[], source: string, hint: string): void {
  const key = keys.find((each) => flags[each] !== undefined);
  if (key) throw new UserError(`--${key} does not go with ${source}.`, { hint });
}
